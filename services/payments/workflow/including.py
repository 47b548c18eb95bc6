"""How a run takes payments: credit notes are reserved, the payment is taken with them, and what it does not
take is given back.

    reserve at the balance ─► include in the payment ─► (not taken as reserved: release at the balance)

Each step may happen twice or be cut off anywhere: commands have fixed ids, and both streams are read again.
"""

from __future__ import annotations

import asyncio
from typing import Any

from services.payments.domain.commands import IncludePayment
from services.payments.domain.credit import balance_id
from services.payments.domain.credit_messages import ReleaseCredit, ReserveCredit
from services.payments.domain.entry import Entry, LeftOut, Offset
from services.payments.domain.payment import Payment
from services.payments.domain.payrun import PayRun
from services.payments.workflow.bodies import BATCH
from services.payments.workflow.words import Given, Words, plain

AT_ONCE = 8


class Including:
    """Asks payments into a run."""

    def __init__(self, words: Words) -> None:
        self._words = words

    async def batch(self, given: Given) -> dict[str, Any]:
        """Ask each payment of one batch; return the hash of the entries and of who declined."""
        run = await self._words.run(given)
        ids: list[str] = await self._words.kept(given["tenant"], given["candidates"])
        slots = asyncio.Semaphore(AT_ONCE)

        async def include(payment: str) -> Entry | LeftOut:
            async with slots:
                return await self._include(given, run, payment)

        batch = ids[given["first"] : given["first"] + BATCH]
        found = await asyncio.gather(*(include(payment) for payment in batch))
        content = {
            "entries": plain([one for one in found if isinstance(one, Entry)]),
            "left_out": plain([one for one in found if isinstance(one, LeftOut)]),
        }
        return {"entries": await self._words.keep(given["tenant"], content)}

    async def _include(self, given: Given, run: PayRun, id: str) -> Entry | LeftOut:
        """Return the payment's entry when it is in this run, or why it is not."""
        tenant, run_id = given["tenant"], given["thing"]
        before = await self._words.heeded(tenant, id, run_id)
        if run.process_on is None or before.bill is None:
            return LeftOut(payment_id=id, amount_cents=0, reason="there is no such payment")
        balance = balance_id(before.bill)
        credits = await self._reserve(given, run, id, before)
        command = IncludePayment(run_id=run_id, process_on=run.process_on, credits=credits)
        await self._words.send({**given, "thing": id}, command, f"{run_id}/include")
        after = await self._words.payment(tenant, id)
        taken = after.run_id == run_id
        if credits and balance and not (taken and after.credits == credits):
            release = ReleaseCredit(payment_id=id, run_id=run_id)
            await self._words.send({**given, "thing": balance}, release, f"{run_id}/{id}/release")
        entry = after.entry(id) if taken and after.status in ("included", "paid") else None
        return entry or left_out(id, after)

    async def _reserve(self, given: Given, run: PayRun, id: str, state: Payment) -> tuple[Offset, ...]:
        """Return what is reserved for the payment; nothing when its supplier never sent a credit note."""
        tenant, run_id = given["tenant"], given["thing"]
        bill, balance = state.bill, balance_id(state.bill) if state.bill else None
        if bill is None or balance is None or await self._words.balance(tenant, balance) is None:
            return ()
        if run.process_on is None or state.credits:
            return state.credits
        want = max(bill.payable_cents - state.discount_on(run.process_on), 0)
        reserve = ReserveCredit(payment_id=id, run_id=run_id, number=bill.number[:40], want_cents=want)
        await self._words.send({**given, "thing": balance}, reserve, f"{run_id}/{id}/reserve")
        known = await self._words.balance(tenant, balance)
        return known.offsets(id, run_id) if known else ()


def left_out(id: str, state: Payment) -> LeftOut:
    """Return why a payment that was due is not in the run."""
    reason = f"it is {state.status}".replace("_", " ")
    if state.status == "scheduled":
        reason = f"it was moved to {state.pay_on}"
    elif state.run_id and state.status in ("included", "paid"):
        reason = f"it is in pay run {state.run_id}"
    elif state.reason:
        reason += f": {state.reason}"
    return LeftOut(payment_id=id, amount_cents=state.amount_cents, reason=reason)
