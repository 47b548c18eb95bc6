"""Plays a run by its rules alone: messages in, events and starts out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from finnest.agents import messages as m
from finnest.agents.guard import Bound, Guard, Rule
from finnest.agents.models.port import Call, Result, Usage
from finnest.agents.runs import Runs
from finnest.agents.state import Run
from finnest.agents.tools import EffectKind
from finnest.asking import Needs
from finnest.records import Command, Event
from finnest.turn import Message, Tick, Turn

AT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
RULES = [
    Rule(tools=("look", "read_mail"), then="allow", why="reading is free"),
    Rule(
        tools=("pay",),
        args={"amount": Bound(over="1000")},
        then="ask",
        needs=Needs(people=2),
        why="much money",
    ),
    Rule(tools=("pay",), roles=("treasurer",), then="allow", why="little money"),
    Rule(tools=("delete",), roles=("treasurer",), then="confirm", why="it is gone then"),
]
TOOLS: dict[str, EffectKind] = {
    "desk.look": "read",
    "desk.read_mail": "read",
    "desk.pay": "spend",
    "desk.delete": "write",
}


@dataclass
class Play:
    """One run of the agent `clerk` of the feature `desk`."""

    roles: tuple[str, ...] = ("treasurer",)
    runs: Runs = field(default_factory=lambda: Runs("desk", "clerk", Guard({"desk": (RULES, "v1")}), TOOLS))
    state: Run = field(default_factory=Run)
    events: list[Event] = field(default_factory=list[Event])
    at: datetime = AT
    wake_at: object = None

    def send(self, kind: type[Command], by: str = "ada", **values: Any) -> Turn:
        """Send a message and fold what follows."""
        command = kind() if kind is Tick else self.runs.wires.make(kind, **values)
        message = Message(
            id=f"m{len(self.events)}",
            type=command.wire,
            tenant="t",
            thing="desk-1",
            data={},
            by=by,
            at=self.at,
        )
        turn = self.runs.decide(self.state, command, message)
        for event in turn.events:
            self.state = self.runs.evolve(self.state, event)
        self.events += turn.events
        self.at += timedelta(seconds=1)
        return turn

    def ask(self, text: str = "do it", **more: Any) -> Turn:
        return self.send(m.AskAgent, text=text, thread="thr-1", roles=self.roles, **more)

    def think(
        self, *calls: tuple[str, dict[str, Any]], text: str = "", tokens: int = 10, same_id: bool = False
    ) -> Turn:
        made = tuple(
            Call(id="c0" if same_id else f"c{i}", tool=tool, args=args)
            for i, (tool, args) in enumerate(calls)
        )
        return self.send(m.Thought, text=text, calls=made, model="script", usage=Usage(input_tokens=tokens))

    def done(self, *ids: str, outside: bool = False) -> Turn:
        results = tuple(Result(call=id, tool="", ok=True, summary="done") for id in ids)
        return self.send(m.Acted, results=results, outside=outside)

    def seen(self, call: str) -> Turn:
        return self.send(m.Previewed, call=call, text="I will do it.")

    @property
    def kinds(self) -> list[str]:
        return [event.wire.split(".")[1].removeprefix("agent_") for event in self.events]


def effects(turn: Turn) -> list[str]:
    return [start.effect.removeprefix("agent_") for start in turn.starts]
