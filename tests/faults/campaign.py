"""A campaign: shots at a system under load, healing, and the verdict of a witness."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from finnest.testing import eventually
from tests.faults import poison
from tests.faults.load import Load
from tests.faults.shots import DOCUMENTS, Shot
from tests.support.aba import BankFile, paid_once
from tests.support.platform import Platform

HEALED_WITHIN_S = 60.0
ACCEPTED_WITHIN_S = 60.0
LOOK_EVERY_S = 0.1
BATCHES = 12
"""How often a failpoint may be passed by before it counts as never met."""
HASTY = "hasty"
POLICY = {HASTY: {"expires_s": 3}}


@dataclass
class Report:
    """What a campaign found."""

    kind: str
    shots: int = 0
    accepted: int = 0
    unknown: int = 0
    """Attempts whose outcome the client did not know; the same key told it later."""
    during: int = 0
    """Requests that were under way when something died, or tried while it was dead."""
    slowest_s: float = 0.0
    """Longest time from the last kill of a volley until everything accepted had come to rest."""
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    wrong: list[str] = field(default_factory=list[str])

    @property
    def violations(self) -> list[str]:
        """Everything that must not be."""
        return [*(f"lost: {x}" for x in self.lost), *(f"doubled: {x}" for x in self.doubled), *self.wrong]

    def row(self) -> str:
        """Return one line of the table."""
        cells = (self.shots, self.accepted, self.unknown, len(self.lost), len(self.doubled), len(self.wrong))
        return f"{self.kind:16}" + "".join(f"{cell:>10}" for cell in cells) + f"{self.slowest_s:>12.1f}"


_COLUMNS = ("kills", "accepted", "unknown", "lost", "doubled", "wrong")
HEAD = f"{'killed':16}" + "".join(f"{name:>10}" for name in _COLUMNS) + f"{'slowest s':>12}"


@dataclass
class Campaign:
    """Shoots at one platform."""

    platform: Platform
    kind: str
    folder: Path
    report: Report = field(init=False)

    def __post_init__(self) -> None:
        self.report = Report(self.kind)

    async def run(self, volleys: Iterable[list[Shot]]) -> Report:
        """Fire all volleys, let the system heal after each, and judge."""
        company, hasty = self.platform.company(), self.platform.company(HASTY)
        await poison.spill(self.platform)
        async with Load.between(company, hasty, self.folder) as load:
            for volley in volleys:
                for shot in volley:
                    print(shot, flush=True)
                    await self._fire(shot, load)
                await self._heal(load)
            await load.pay("the last run")
            await self._heal(load)
        self.report.accepted = len(load.accepted)
        self.report.unknown = load.history.counts["unknown"]
        self.report.during += load.history.counts["unknown"] + load.history.counts["failed"]
        self.report.wrong += [f"refused {one}" for one in load.refused]
        self._judge(load)
        return self.report

    async def _fire(self, shot: Shot, load: Load) -> None:
        chance = random.Random(f"documents of {shot.kind}/{shot.seed}")
        restarts = self.platform.restarts()
        if shot.failpoint:
            self.platform.arm(shot.failpoint)
        known = len(load.accepted)
        sending = asyncio.create_task(self._work(shot, load, chance))
        if not shot.failpoint:
            await _until(lambda: len(load.accepted) - known >= shot.after or sending.done())
            await asyncio.sleep(shot.pause_s)
            await self._kill(shot, load)
        async with asyncio.timeout(ACCEPTED_WITHIN_S):
            await sending
        for _ in range(BATCHES):
            if not shot.failpoint or self.platform.restarts() > restarts:
                break
            async with asyncio.timeout(ACCEPTED_WITHIN_S):
                await load.send(load.documents(DOCUMENTS, chance))
                await load.pay(f"{shot.kind}/{shot.seed}/{len(load.accepted)}")
        else:
            self.report.wrong.append(f"{shot}: it was never met")
        self.report.shots += 1

    async def _work(self, shot: Shot, load: Load, chance: random.Random) -> None:
        documents = load.documents(DOCUMENTS, chance)
        half = len(documents) // 2
        await asyncio.gather(
            load.send(documents[:half]), load.pay(f"{shot.kind}/{shot.seed}"), load.send(documents[half:])
        )

    async def _kill(self, shot: Shot, load: Load) -> None:
        load.history.note("kill", targets=shot.targets)
        self.report.during += load.history.under_way
        if "launcher" in shot.targets:
            self.platform.kill_launcher()
            if shot.kind == "move":
                self.platform.arguments = () if self.platform.arguments else ("--apart", "payments")
            await self.platform.start()
            return
        killed = self.platform.kill(*shot.targets)
        # What is just being started again after the last shot is dead already.
        if not killed:
            await eventually(lambda: self.platform.kill(*shot.targets), 20)

    async def _heal(self, load: Load) -> None:
        """Wait until everything accepted is where it may stay; what is not by then is lost."""
        began = monotonic()
        for restless in (load.restless_invoices, load.restless_runs, load.restless_payments):
            left = await restless(None)
            while left and monotonic() - began < HEALED_WITHIN_S:
                await asyncio.sleep(LOOK_EVERY_S)
                left = await restless(set(left))
            self.report.lost += [f"{id} is {status}" for id, status in left.items()]
        self.report.slowest_s = max(self.report.slowest_s, monotonic() - began)

    def _judge(self, load: Load) -> None:
        """Compare what the bank was told with what was accepted, and the lists with the truth."""
        wrong, tess = self.report.wrong, load.company.tess
        files: list[BankFile] = []
        for id in dict.fromkeys(load.runs):
            run = tess.get(f"/v1/pay-runs/{id}").content
            if run["status"] == "filed":
                file = tess.bank_file(id)
                files.append(file)
                if (file.cents, len(file.credits)) != (run["total_cents"], run["count"]):
                    wrong.append(f"{id} says {run['total_cents']} and its file {file.cents}")
        try:
            paid = paid_once(files)
        except AssertionError as error:
            self.report.doubled.append(str(error))
            paid = {c.reference: c.cents for file in files for c in file.credits}
        payable = load.payable()
        self.report.lost += [f"{number} is in no file" for number in payable.keys() - paid.keys()]
        wrong += [f"{number} was not to be paid" for number in paid.keys() - payable.keys()]
        wrong += [
            f"{n}: {paid[n]} instead of {payable[n]}" for n in paid.keys() & payable if paid[n] != payable[n]
        ]
        wrong += self._lists_that_lie(load)
        wrong += self._dead_letters(load)

    def _lists_that_lie(self, load: Load) -> list[str]:
        listed = {row["id"]: row["status"] for row in load.company.vera.all("/v1/invoices")}
        mine = {id: one for id, one in load.accepted.items() if not one.expires}
        found = [f"{id} is in no list" for id in mine.keys() - listed.keys()]
        found += [f"{id} is listed and was never accepted" for id in listed.keys() - mine.keys()]
        found += [
            f"{id} is {status}" for id, status in listed.items() if status not in ("scheduled", "duplicate")
        ]
        payments = load.company.vera.all("/v1/payments")
        found += [f"{p['id']} is {p['status']}" for p in payments if p["status"] != "included"]
        late = [id for id, one in load.accepted.items() if one.expires]
        expired = {row["id"]: row["status"] for row in load.hasty.vera.all("/v1/invoices")}
        return found + [
            f"{id} did not expire: {expired.get(id)}" for id in late if expired.get(id) != "rejected"
        ]

    def _dead_letters(self, load: Load) -> list[str]:
        nobody = self.platform.person("platform", "looker", "viewer")
        found: list[str] = []
        for person in (load.company.vera, load.hasty.vera, nobody):
            letters = person.get("/v1/dead-letters").content
            found += [f"dead letter {one}" for one in letters["items"] if not poison.is_poison(one)]
            found += [f"{feature} does not say its dead letters" for feature in letters["silent"]]
        kept = nobody.get("/v1/dead-letters").content["items"]
        return found + [f"no feature kept the poison {one!r}" for one in poison.missing(kept)]


async def _until(check: object) -> None:
    await eventually(check, ACCEPTED_WITHIN_S)  # pyright: ignore[reportArgumentType]
