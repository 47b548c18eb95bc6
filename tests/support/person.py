"""Somebody who uses the public API over HTTP, as any external program would."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from finnest.clock import SystemClock
from finnest.testing import eventually
from tests.support.aba import BankFile, read

XML = "application/xml"
JSON = "application/json"
SETTLED = frozenset(
    {"invalid", "duplicate", "exception", "awaiting_approval", "rejected", "scheduled", "paid", "failed"}
    | {"cancelled"}
)
"""Where an invoice rests: it is at its end, or waits for a person or for its day."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def content(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    @property
    def slug(self) -> str:
        """The last part of a problem's type."""
        return str(self.content["type"]).rpartition(":")[2]


@dataclass(frozen=True)
class Person:
    """One API key."""

    port: int
    key: str = field(repr=False)
    name: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        content_type: str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Answer:
        """Send one request; `headers` come before those that a person has."""
        sent = {"authorization": f"Bearer {self.key}", **(headers or {})}
        if content_type is not None:
            sent["content-type"] = content_type
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request(method, path, body, sent)
            answer = connection.getresponse()
            given = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, given, answer.read())
        finally:
            connection.close()

    def opened(self, path: str, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Begin to read something that goes on; whoever asked closes it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30.0)
        connection.request("GET", path, headers={"authorization": f"Bearer {self.key}", **headers})
        return connection.getresponse()

    def get(self, path: str) -> Answer:
        """Read."""
        return self.call("GET", path)

    def post(self, path: str, content: Any = None, key: str = "") -> Answer:
        """Send JSON, or nothing, under an Idempotency-Key when there is one."""
        if content is None:
            return self.call("POST", path, headers=_keyed(key))
        return self.call("POST", path, json.dumps(content).encode(), JSON, _keyed(key))

    def send(self, document: bytes, key: str = "") -> Answer:
        """Submit a document, under an Idempotency-Key when there is one."""
        return self.call("POST", "/v1/invoices", document, XML, _keyed(key))

    def submit(self, document: bytes) -> str:
        """Submit a document that must be taken; return the invoice's id."""
        answer = self.send(document)
        assert answer.status in (200, 201, 202), answer
        return answer.content["id"]

    def all(self, path: str) -> list[dict[str, Any]]:
        """Return every item of a list, page by page."""
        items: list[dict[str, Any]] = []
        joint, after = "&" if "?" in path else "?", ""
        while True:
            answer = self.get(f"{path}{joint}limit=200{after}")
            assert answer.status == 200, answer
            items += answer.content["items"]
            if answer.content["next"] is None:
                return items
            after = f"&after={answer.content['next']}"

    def invoice(self, id: str) -> dict[str, Any]:
        """Return an invoice that must be there."""
        answer = self.get(f"/v1/invoices/{id}")
        assert answer.status == 200, answer
        return answer.content

    async def until(self, id: str, *statuses: str, within_s: float = 15.0) -> dict[str, Any]:
        """Return the invoice once it has one of the statuses, or any in which it rests."""

        def check() -> dict[str, Any]:
            invoice = self.invoice(id)
            assert invoice["status"] in (statuses or SETTLED), invoice
            return invoice

        return await eventually(check, within_s, f"{id} did not become {statuses}")

    def payment(self, invoice_id: str) -> dict[str, Any]:
        """Return the payment of an invoice, by the invoice's link."""
        answer = self.get(self.invoice(invoice_id)["links"]["payment"])
        assert answer.status == 200, answer
        return answer.content

    async def asked(self, invoice_id: str, *, but: str = "", within_s: float = 10.0) -> dict[str, Any]:
        """Return the open approval about an invoice, once it is listed; `but` names one that is not meant."""

        def check() -> dict[str, Any]:
            about = self.all("/v1/approvals?state=open")
            mine = [one for one in about if one["args"]["invoice_id"] == invoice_id and one["id"] != but]
            assert len(mine) == 1, mine
            return mine[0]

        return await eventually(check, within_s, f"nobody was asked about {invoice_id}")

    def decide(
        self, approval: Mapping[str, Any], decision: str = "approve", reason: str = "", args_hash: str = ""
    ) -> Answer:
        """Decide about what is shown, or about another hash."""
        content = {"decision": decision, "args_hash": args_hash or approval["args_hash"], "reason": reason}
        return self.post(f"/v1/approvals/{approval['id']}/decisions", content)

    async def pay_run(self, pay_on: date | None = None, key: str = "") -> dict[str, Any]:
        """Open a pay run and return it once it has its file, or is empty."""
        answer = self.post("/v1/pay-runs", {"pay_on": str(pay_on or pay_day())}, key)
        assert answer.status == 202, answer
        return await self.filed(answer.content["id"])

    async def filed(self, id: str, within_s: float = 30.0) -> dict[str, Any]:
        """Return a pay run once it has its file, or is empty."""

        def check() -> dict[str, Any]:
            run = self.get(f"/v1/pay-runs/{id}")
            assert run.status == 200, run
            assert run.content["status"] in ("filed", "empty", "sent"), run
            return run.content

        return await eventually(check, within_s, f"{id} has no file")

    def bank_file(self, run_id: str) -> BankFile:
        """Return the file of a pay run as the bank reads it; the bytes are the same each time."""
        first, second = (self.get(f"/v1/pay-runs/{run_id}/file") for _ in range(2))
        assert first.status == 200, first
        assert first.body == second.body
        return read(first.body)


def pay_day() -> date:
    """Return a day by which everything that tests submit is due."""
    return max(SystemClock().now().date(), date(2026, 7, 1)) + timedelta(days=7)


def _keyed(key: str) -> dict[str, str]:
    return {"idempotency-key": key} if key else {}
