"""The clerk sends in what a person confirmed."""

from __future__ import annotations

import asyncio

from finnest.context import Caller
from finnest.ids import derived
from finnest.ports import Blobs, Commands, EffectCall
from finnest.records import Command
from services.invoices.agent.clerk import invoice_id, read_document, submission
from services.invoices.domain.drafts import KIND, RecordSubmission


def draft_id(sha256: str) -> str:
    """Return the id of the draft of these bytes: the same PDF is the same draft."""
    return derived(KIND, sha256)


class Drafter:
    """Performs the effect of a confirmed draft."""

    def __init__(self, blobs: Blobs, commands: Commands) -> None:
        self._blobs = blobs
        self._commands = commands

    async def submit(self, call: EffectCall) -> Command:
        """Send the document in as whoever confirmed it; a repeat is the same invoice."""
        return RecordSubmission(invoice_id=await self._sent(call, str(call.args["ubl_sha256"])))

    async def _sent(self, call: EffectCall, sha256: str) -> str:
        """Send the command that takes the document in; return the invoice's id."""
        body = await self._blobs.get(call.tenant, sha256)
        command = await asyncio.to_thread(lambda: submission(read_document(body), sha256))
        caller = Caller(tenant=call.tenant, user=str(call.args["by"]))
        id = invoice_id(sha256)
        await self._commands.send(id, command, caller, request=call.key)
        return id
