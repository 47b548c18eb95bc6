"""Writes what suppliers are told: one Peppol invoice response (T111) for each thing that becomes of an invoice."""

from __future__ import annotations

import asyncio
from datetime import datetime

from finnest.ids import digest
from finnest.ports import Blobs, EffectCall, Streams
from finnest.records import Command
from services.invoices.documents import ubl
from services.invoices.documents.facts import facts
from services.invoices.documents.response import Unanswerable, respond
from services.invoices.domain.state import Invoice
from services.invoices.domain.telling import RecordResponse
from services.invoices.ports import Judge

MARK_CHARS = 8


class Teller:
    """Performs the effect `tell`."""

    def __init__(self, blobs: Blobs, streams: Streams, judge: Judge) -> None:
        self._blobs = blobs
        self._streams = streams
        self._judge = judge

    async def tell(self, call: EffectCall) -> Command:
        """Write a response and keep it by hash; repeating it writes the same bytes.

        A document that cannot be answered, or whose words make no valid response, is recorded as such.
        """
        state: Invoice = (await self._streams.state(call.tenant, call.thing))[0]
        body = await self._blobs.get(call.tenant, state.sha256)
        said = RecordResponse(
            code=call.args["code"],
            told_at=datetime.fromisoformat(call.args["at"]),
            reasons=tuple(call.args["reasons"]),
        )
        id = f"{call.thing}-{said.code}-{digest(call.key)[:MARK_CHARS]}"
        try:
            written = await asyncio.to_thread(_respond, body, id, said)
        except (ubl.DocumentError, Unanswerable) as error:
            return said.model_copy(update={"unanswerable": str(error)})
        report = await self._judge.judge(call.tenant, written, said.told_at.date())
        if not report.valid:
            broken = ", ".join(dict.fromkeys(f.rule for f in report.findings if f.severity == "fatal"))
            why = f"what the document says makes no valid response: {broken}"
            return said.model_copy(update={"unanswerable": why})
        return said.model_copy(update={"sha256": await self._blobs.put(call.tenant, written)})


def _respond(body: bytes, id: str, said: RecordResponse) -> bytes:
    return respond(facts(ubl.read(body)), id, said.code, said.reasons, said.told_at)
