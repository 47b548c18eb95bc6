"""How the acts speak with the streams: send under a key, then read what is true."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from finnest.context import Caller
from finnest.errors import Rejected, Unavailable
from finnest.ports import Blobs, Commands, Streams
from finnest.records import Command, Record
from services.payments.agent.asking import NAME
from services.payments.agent.holding import concerns
from services.payments.domain.credit import Balance
from services.payments.domain.payee_messages import payee_id
from services.payments.domain.payment import Payment
from services.payments.domain.payrun import PayRun

PATIENCE_S = 5.0

Given = dict[str, Any]


class Words:
    """Commands, streams and bodies of the feature, as the acts need them."""

    def __init__(self, commands: Commands, streams: Streams, blobs: Blobs) -> None:
        self._commands = commands
        self._streams = streams
        self._blobs = blobs

    async def send(self, given: Given, command: Command, request: str) -> None:
        """Send a command; a refusal is fine, for the stream then says what is true.

        Raises:
            Unavailable: The outcome is not known yet.
        """
        caller = Caller(tenant=given["tenant"], user=f"agent:{NAME}")
        try:
            outcome = await self._commands.send(
                given["thing"], command, caller, request=request, wait_s=PATIENCE_S
            )
        except Rejected:
            return
        if outcome is None:
            raise Unavailable("slow", "the outcome is not known yet")

    async def payment(self, tenant: str, id: str) -> Payment:
        """Return a payment as it is."""
        state, _ = await self._streams.state(tenant, id)
        return state

    async def heeded(self, tenant: str, id: str, request: str) -> Payment:
        """Return a payment that has heard how its supplier's account stands now."""
        state = await self.payment(tenant, id)
        if state.bill is None or not state.bill.supplier_ref:
            return state
        payee, _ = await self._streams.state(tenant, payee_id(state.bill.supplier_ref))
        news = payee.seen()
        if not concerns(state, news):
            return state
        await self.send({"tenant": tenant, "thing": id}, news, f"{request}/payee/{news.mark}")
        return await self.payment(tenant, id)

    async def run(self, given: Given) -> PayRun:
        """Return the run as it is."""
        state, _ = await self._streams.state(given["tenant"], given["thing"])
        return state

    async def balance(self, tenant: str, id: str | None) -> Balance | None:
        """Return what a supplier owes; None when it never sent a credit note."""
        if id is None:
            return None
        state, version = await self._streams.state(tenant, id)
        return state if version else None

    async def keep(self, tenant: str, value: object) -> str:
        """Store a JSON value; return its hash."""
        body = json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
        return await self._blobs.put(tenant, body)

    async def keep_file(self, tenant: str, body: bytes) -> str:
        """Store a file; return its hash."""
        return await self._blobs.put(tenant, body)

    async def kept(self, tenant: str, sha256: str) -> Any:
        """Return a stored JSON value."""
        return json.loads(await self._blobs.get(tenant, sha256))


def plain(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return records as JSON-ready values."""
    return [record.wire_data() for record in records]
