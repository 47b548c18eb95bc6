"""Load: people who submit, approve and pay while the system is being killed."""

from __future__ import annotations

import asyncio
import json
import random
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from tests.data.ubl_documents import Bill
from tests.faults.client import Client, History
from tests.support.documents import ONE_PERSON, SMALL, bill, cents
from tests.support.person import JSON, SETTLED, XML, pay_day
from tests.support.platform import Company

AT_ONCE = 16
INBOX_EVERY_S = 0.25


@dataclass(frozen=True)
class Sent:
    """A document and what must become of it."""

    bill: Bill
    body: bytes
    company: Company
    expires: bool = False
    """Nobody approves it: it must end as rejected."""


@dataclass
class Load:
    """Everything that was sent, and what the system said to it."""

    company: Company
    hasty: Company
    """A tenant whose approvals expire after a few seconds; nobody there approves."""
    history: History
    accepted: dict[str, Sent] = field(default_factory=dict[str, Sent])
    runs: list[str] = field(default_factory=list[str])
    refused: list[str] = field(default_factory=list[str])
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    _clients: dict[str, Client] = field(default_factory=dict[str, Client])

    @classmethod
    def between(cls, company: Company, hasty: Company, folder: Path) -> Load:
        """Return a load that writes its history below the folder."""
        return cls(company, hasty, History(folder / "history.jsonl"))

    async def __aenter__(self) -> Self:
        people = {"intake": self.company.intake, "bob": self.company.bob, "tess": self.company.tess}
        people["hasty"] = self.hasty.intake
        for name, person in people.items():
            self._clients[name] = await self._stack.enter_async_context(Client(person, self.history))
        inbox = asyncio.create_task(self._approve_what_comes())
        self._stack.callback(inbox.cancel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def documents(self, count: int, chance: random.Random) -> list[Sent]:
        """Return documents of many sorts: small, to be approved, twice the same number, left to expire."""
        found: list[Sent] = []
        while len(found) < count:
            sort = chance.random()
            one = bill(ONE_PERSON if sort < 0.35 else SMALL)
            found.append(Sent(one, one.xml(), self.company))
            if sort < 0.1:
                late = bill(ONE_PERSON)
                found.append(Sent(late, late.xml(), self.hasty, expires=True))
            elif sort > 0.9:
                found.append(Sent(one, one.xml() + b"<!-- the same number in other bytes -->", self.company))
            elif sort > 0.8:
                found.append(found[-1])
        return found

    async def send(self, documents: list[Sent]) -> None:
        """Submit documents, many at once; return when all are accepted."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def submit(number: int, one: Sent) -> None:
            client = self._clients["hasty" if one.expires else "intake"]
            key = f"{one.bill.number}/{number}"
            async with slots:
                outcome = await client.insist("POST", "/v1/invoices", one.body, XML, key)
            if outcome.kind == "ok":
                self.accepted[outcome.content["id"]] = one
            else:
                self.refused.append(f"{key}: {outcome.status} {outcome.slug}")

        await asyncio.gather(*(submit(number, one) for number, one in enumerate(documents)))

    async def pay(self, key: str) -> None:
        """Open a pay run over everything that is due."""
        body = json.dumps({"pay_on": str(pay_day())}).encode()
        outcome = await self._clients["tess"].insist("POST", "/v1/pay-runs", body, JSON, key)
        if outcome.kind == "ok":
            self.runs.append(outcome.content["id"])
        else:
            self.refused.append(f"{key}: {outcome.status} {outcome.slug}")

    async def restless_invoices(self, ids: set[str] | None) -> dict[str, str]:
        """Return those of the invoices, or of all, that are not where they may stay, with where they are."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def look(id: str) -> tuple[str, str]:
            client = self._clients["hasty" if self.accepted[id].expires else "intake"]
            async with slots:
                return id, await _status(client, f"/v1/invoices/{id}")

        found = dict(await asyncio.gather(*map(look, ids or self.accepted)))
        # What waits for a person waits for ours, who answers soon, or for its deadline.
        rest = SETTLED - {"awaiting_approval"}
        return {id: status for id, status in found.items() if status not in rest}

    async def restless_runs(self, ids: set[str] | None) -> dict[str, str]:
        """Return those of the pay runs, or of all, that have no file and are not empty."""
        tess = self._clients["tess"]
        found = {id: await _status(tess, f"/v1/pay-runs/{id}") for id in ids or self.runs}
        return {id: status for id, status in found.items() if status not in ("filed", "empty")}

    async def restless_payments(self, _: set[str] | None) -> dict[str, str]:
        """Return the payments that are not yet listed as ready for a run, or in one; runs read this list."""
        found: dict[str, str] = {}
        after = ""
        while after is not None:
            page = await self._clients["tess"].attempt("GET", f"/v1/payments?limit=200{after}")
            if page.kind != "ok":
                return {"list of payments": f"? {page.status}"}
            found |= {row["number"]: row["status"] for row in page.content["items"]}
            cursor = page.content["next"]
            after = f"&after={quote(cursor)}" if cursor else None
        missing = {number: "in no list" for number in self.payable().keys() - found.keys()}
        return missing | {n: status for n, status in found.items() if status not in ("scheduled", "included")}

    def payable(self) -> dict[str, int]:
        """Return invoice number -> cents of everything that must be paid, once."""
        return {one.bill.number: cents(one.bill) for one in self.accepted.values() if not one.expires}

    async def _approve_what_comes(self) -> None:
        """Approve everything that is asked, as it comes."""
        bob = self._clients["bob"]
        while True:
            inbox = await bob.attempt("GET", "/v1/approvals?state=open&limit=200")
            if inbox.kind == "ok":
                await asyncio.gather(*(self._approve(bob, one) for one in inbox.content["items"]))
            await asyncio.sleep(INBOX_EVERY_S)

    async def _approve(self, bob: Client, approval: dict[str, Any]) -> None:
        decision = {"decision": "approve", "args_hash": approval["args_hash"], "reason": ""}
        path = f"/v1/approvals/{approval['id']}/decisions"
        await bob.attempt("POST", path, json.dumps(decision).encode(), JSON)


async def _status(client: Client, path: str) -> str:
    outcome = await client.attempt("GET", path)
    return outcome.content["status"] if outcome.kind == "ok" else f"? {outcome.status} {outcome.slug}"
