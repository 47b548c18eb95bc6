"""The acts of the workflows: each sends commands under a fixed key and answers what the streams then say."""

from __future__ import annotations

import asyncio
import functools
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from finnest.context import Caller
from finnest.errors import Later, Rejected, Unavailable
from finnest.ports import Blobs, Commands, Streams
from finnest.records import Command
from services.payments.agent.treasurer import NAME
from services.payments.domain import aba
from services.payments.domain.aba import Entry
from services.payments.domain.bill import MAX_CENTS
from services.payments.domain.commands import IncludePayment, JudgePayment, SchedulePayment
from services.payments.domain.payment import Payment, entry_of
from services.payments.domain.payrun import MAX_PAYMENTS, PayRun
from services.payments.domain.policy import Policies
from services.payments.domain.run_messages import FilePayRun, GatherPayments
from services.payments.ports import Ledger
from services.payments.workflow.bodies import BATCH

PATIENCE_S = 5.0
AT_ONCE = 8

Given = dict[str, Any]
Activity = Callable[[Given], Awaitable[dict[str, Any]]]


def _laters_as_data(
    act: Callable[[Acts, Given], Awaitable[dict[str, Any]]],
) -> Callable[[Acts, Given], Awaitable[dict[str, Any]]]:
    """Return the act so that "later" is an answer, which the body knows how to take."""

    @functools.wraps(act)
    async def acted(self: Acts, given: Given) -> dict[str, Any]:
        try:
            return await act(self, given)
        except Later as later:
            return {"later": later.slug}

    return acted


class Acts:
    """What the workflows of payments do; `given` names tenant, thing and instance."""

    def __init__(
        self, commands: Commands, streams: Streams, blobs: Blobs, ledger: Ledger, policies: Policies
    ) -> None:
        self._commands = commands
        self._streams = streams
        self._blobs = blobs
        self._ledger = ledger
        self._policies = policies

    @property
    def of_payment(self) -> Sequence[Activity]:
        """The acts of a payment."""
        return (self.payments_judge, self.payments_schedule, self.payments_look)

    @property
    def of_pay_run(self) -> Sequence[Activity]:
        """The acts of a pay run."""
        return (self.payments_gather, self.payments_include, self.payments_file)

    @_laters_as_data
    async def payments_judge(self, given: Given) -> dict[str, Any]:
        """Let the policy judge the payment, unless it has."""
        state = await self._payment(given)
        if state.status == "proposed":
            await self._send(given, JudgePayment(), f"{given['instance']}/judge")
            state = await self._payment(given)
        return _moved_from("proposed", state)

    @_laters_as_data
    async def payments_schedule(self, given: Given) -> dict[str, Any]:
        """Fix the day of an approved payment, unless it is fixed."""
        state = await self._payment(given)
        if state.status == "approved":
            request = f"{given['instance']}/schedule/{state.asked}"
            await self._send(given, SchedulePayment(), request)
            state = await self._payment(given)
        return _moved_from("approved", state)

    @_laters_as_data
    async def payments_look(self, given: Given) -> dict[str, Any]:
        """Return where the payment is."""
        return {"status": (await self._payment(given)).status}

    @_laters_as_data
    async def payments_gather(self, given: Given) -> dict[str, Any]:
        """Fix the list of payments that the run tries to take; the first list stays."""
        state = await self._run(given)
        if state.status == "opened" and not state.candidates and state.process_on:
            due = await self._ledger.due(given["tenant"], state.process_on, MAX_PAYMENTS)
            ids: list[str] = []
            total_cents = 0
            for payment in due:
                if total_cents + payment.amount_cents <= MAX_CENTS:
                    total_cents += payment.amount_cents
                    ids.append(payment.id)
            listed = await self._blobs.put(given["tenant"], json.dumps(ids).encode())
            gather = GatherPayments(candidates=listed, count=len(ids))
            await self._send(given, gather, f"{given['instance']}/gather")
            state = await self._run(given)
            if state.status == "opened" and not state.candidates:
                raise Unavailable("not-gathered", "the run has not taken its list")
        count = state.candidate_count if state.status == "opened" else 0
        return {"status": state.status, "candidates": state.candidates, "count": count}

    @_laters_as_data
    async def payments_include(self, given: Given) -> dict[str, Any]:
        """Ask each payment of one batch into the run; return the hash of what came in."""
        run = await self._run(given)
        ids = json.loads(await self._blobs.get(given["tenant"], given["candidates"]))
        slots = asyncio.Semaphore(AT_ONCE)

        async def include(payment: str) -> Entry | None:
            async with slots:
                return await self._include(given, run, payment)

        batch = ids[given["first"] : given["first"] + BATCH]
        found = await asyncio.gather(*(include(payment) for payment in batch))
        entries = [entry.wire_data() for entry in found if entry is not None]
        return {"entries": await self._blobs.put(given["tenant"], _text(entries))}

    @_laters_as_data
    async def payments_file(self, given: Given) -> dict[str, Any]:
        """Write the bank's file of all that came in; the first file stays."""
        tenant = given["tenant"]
        run = await self._run(given)
        if run.status != "opened" or run.process_on is None:
            return {"status": run.status}
        bodies = [await self._blobs.get(tenant, batch) for batch in given["batches"]]
        entries = [Entry.model_validate(one) for body in bodies for one in json.loads(body)]
        command = FilePayRun()
        if entries:
            payer = self._policies.of(tenant).payer
            command = FilePayRun(
                file=await self._blobs.put(tenant, aba.write(payer, entries, run.process_on)),
                entries=await self._blobs.put(tenant, _text([e.wire_data() for e in entries])),
                payments=tuple(entry.payment_id for entry in entries),
                total_cents=sum(entry.amount_cents for entry in entries),
            )
        await self._send(given, command, f"{given['instance']}/file")
        status = (await self._run(given)).status
        if status == "opened":
            raise Unavailable("not-filed", "the run has not taken its file")
        return {"status": status}

    async def _include(self, given: Given, run: PayRun, payment: str) -> Entry | None:
        """Return the payment's record when it is in this run; None when it declined."""
        if run.process_on is None:
            return None
        include = IncludePayment(run_id=given["thing"], process_on=run.process_on)
        await self._send({**given, "thing": payment}, include, f"{given['thing']}/include")
        state: Payment
        state, _ = await self._streams.state(given["tenant"], payment)
        taken = state.run_id == given["thing"] and state.bill is not None
        return entry_of(payment, state.bill) if taken and state.bill else None

    async def _send(self, given: Given, command: Command, request: str) -> None:
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

    async def _payment(self, given: Given) -> Payment:
        state, _ = await self._streams.state(given["tenant"], given["thing"])
        return state

    async def _run(self, given: Given) -> PayRun:
        state, _ = await self._streams.state(given["tenant"], given["thing"])
        return state


def _moved_from(status: str, state: Payment) -> dict[str, Any]:
    if state.status == status:
        raise Unavailable("not-moved", f"the payment is still {status}")
    return {"status": state.status}


def _text(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()
