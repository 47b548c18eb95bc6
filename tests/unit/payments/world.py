"""Payments on twins: real turns, real views, and a driver that runs the workflows as Dapr would."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from finnest.context import Caller
from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import resting
from finnest.feature import Fact, Kit
from finnest.ids import StreamKey
from finnest.manifest import read
from finnest.ports import Answer
from finnest.records import Command
from finnest.testing.bus import MemoryCommands
from finnest.testing.reach import MemoryPeers, MemoryProcesses
from finnest.testing.stage import Stage
from finnest.testing.stores import MemoryBlobs
from finnest.turn import Outcome
from finnest.turns import announced
from finnest.views import Views
from services.payments import main
from services.payments.domain.commands import JudgePayment, ProposePayment, SchedulePayment
from tests.unit.payments.bills import MONDAY, TENANT, bill

FOLDER = Path(main.__file__).parent
ADA = Caller(tenant=TENANT, user="ada", roles=("treasurer",))


Answers = Mapping[str, Callable[[bytes], Awaitable[Answer]]]
"""What other features answer, by `METHOD /feature/path`; the rest is away."""


class Lost(Exception):
    """The workflow's instance is gone."""


def _in_memory() -> sa.Engine:
    return sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})


class World:
    """One feature on twins."""

    def __init__(self, home: Path, answers: Answers | None = None) -> None:
        settings = resting(FOLDER.parent, home)
        deciders = main.rules(settings)
        self.processes = MemoryProcesses()
        self.stage = Stage("payments", deciders, tenant=TENANT)
        self.stage.clock.advance((MONDAY - self.stage.clock.now()).total_seconds())
        self.commands = DyingCommands("payments", self.stage.turns, self.stage.clock)
        self.blobs = MemoryBlobs()
        self.views = Views(_in_memory())
        self.kit = Kit(
            manifest=read(FOLDER / "feature.yaml"),
            manifests=(),
            settings=settings,
            clock=self.stage.clock,
            commands=self.commands,
            streams=TurnStreams("payments", self.stage.turns),
            blobs=self.blobs,
            store=self.stage.store,
            peers=MemoryPeers(answers or {}),
            processes=self.processes,
            views=self.views,
            context_key="key",
        )
        self.feature = main.build(self.kit, deciders)
        for name, effect in self.feature.effects.items():
            self.stage.give(name, effect)
        self.views.create(*self.feature.projections)
        self._workflows = {workflow.name: workflow for workflow in self.feature.workflows}
        self._applied: set[str] = set()

    async def see(self) -> None:
        """Let the views hear what was published."""
        for id_, (_, event) in list(self.stage.bus.sent.items()):
            if id_ not in self._applied and "streamversion" in event:
                self._applied.add(id_)
                await self.views.apply(_fact(event))

    async def say(self, thing: str, command: Command, caller: Caller = ADA) -> dict[str, Any]:
        """Take a command."""
        number = len(self.commands.sent)
        outcome = await self.commands.send(thing, command, caller, request=f"request-{number}")
        return outcome.reply if outcome else {}

    async def payable(self, number: int, cents: int = 50_000, **changes: Any) -> str:
        """Return a payment that is scheduled, or waits for people when it is a large one."""
        proposal: ProposePayment = bill(
            cents, **{"invoice": f"inv-{number}", "due_date": "2026-03-03", **changes}
        )
        thing = proposal.address()
        await self.say(thing, proposal)
        await self.say(thing, JudgePayment())
        if (await self.stage.state(thing)).status == "approved":
            await self.say(thing, SchedulePayment())
        return thing

    async def run(
        self,
        workflow: str,
        thing: str,
        generation: int = 1,
        *,
        dies_after: int | None = None,
        events: int = 0,
    ) -> Any:
        """Run a workflow to its end, or to an event that nobody raised ("waits").

        Raises:
            Lost: It died after so many acts.
        """
        declared = self._workflows[workflow]
        acts = {activity.__name__: activity for activity in declared.activities}
        instance = f"{TENANT}_{thing}-p{generation}"
        argument = json.dumps({"tenant": TENANT, "thing": thing, "instance": instance})
        body = declared.body(_Tasks(), argument)
        answer: Any = None
        done = 0
        try:
            while True:
                kind, name, given = body.send(answer)
                answer = None
                if kind == "act":
                    if done == dies_after:
                        raise Lost
                    answer = json.dumps(await acts[name](json.loads(given)))
                    done += 1
                elif kind == "event":
                    if not events:
                        return "waits"
                    events -= 1
                else:
                    self.stage.clock.advance(given.total_seconds())
        except StopIteration as end:
            return json.loads(end.value)


class DyingCommands(MemoryCommands):
    """Kills who sends after so many commands: before the next is taken, or before its answer arrives."""

    left: int | None = None
    answer_lost = False

    async def send(
        self, thing: str, command: Command, caller: Caller, *, request: str, wait_s: float = 2.0
    ) -> Outcome | None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0 and not self.answer_lost:
                raise Lost
        outcome = await super().send(thing, command, caller, request=request, wait_s=wait_s)
        if self.left is not None and self.left < 0:
            raise Lost
        return outcome


class _Tasks:
    def call_activity(self, activity: str, *, input: str) -> tuple[str, str, str]:
        return ("act", activity, input)

    def wait_for_external_event(self, name: str) -> tuple[str, str, str]:
        return ("event", name, "")

    def create_timer(self, fire_at: timedelta) -> tuple[str, str, timedelta]:
        return ("timer", "", fire_at)


def _fact(event: dict[str, Any]) -> Fact:
    key = StreamKey.of_stream(event["stream"])
    return Fact(
        id=event["id"],
        type=event["type"],
        tenant=key.tenant,
        stream=event["stream"],
        thing=event["subject"],
        version=event["streamversion"],
        at=datetime.fromisoformat(event["time"]).astimezone(UTC),
        by=event["by"],
        data=announced(event),
    )
