"""How a run begins and ends: which payments it tries, and the file of those that came in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from finnest.errors import Unavailable
from finnest.ids import digest
from services.payments.domain import bankfile
from services.payments.domain.bill import money
from services.payments.domain.entry import Entry, LeftOut
from services.payments.domain.payrun import MAX_PAYMENTS, PayRun
from services.payments.domain.policy import Policies
from services.payments.domain.run_messages import FilePayRun, GatherPayments
from services.payments.ports import Due, Ledger
from services.payments.workflow.including import left_out
from services.payments.workflow.words import Given, Words, plain

LOOK_AT = 2 * MAX_PAYMENTS
FILE_TRIES = 5
"""How often payments may be stopped under the pen of one act."""


class Filing:
    """Gathers and files."""

    def __init__(self, words: Words, ledger: Ledger, policies: Policies) -> None:
        self._words = words
        self._ledger = ledger
        self._policies = policies

    async def gather(self, given: Given) -> dict[str, Any]:
        """Fix the list of payments that the run tries to take; the first list stays."""
        tenant, state = given["tenant"], await self._words.run(given)
        if state.status == "opened" and not state.candidates and state.process_on:
            due = await self._ledger.due(tenant, state.process_on, LOOK_AT)
            ids, rest = choose(due, state)
            gather = GatherPayments(
                candidates=await self._words.keep(tenant, ids),
                count=len(ids),
                left_out=await self._words.keep(tenant, plain(rest)) if rest else "",
            )
            await self._words.send(given, gather, f"{given['instance']}/gather")
            state = await self._words.run(given)
            if state.status == "opened" and not state.candidates:
                raise Unavailable("not-gathered", "the run has not taken its list")
        count = state.candidate_count if state.status == "opened" else 0
        return {"status": state.status, "candidates": state.candidates, "count": count}

    async def file(self, given: Given) -> dict[str, Any]:
        """Write the bank's file; the first file stays. What is stopped meanwhile is left out."""
        tenant, run = given["tenant"], await self._words.run(given)
        if run.status != "opened" or run.process_on is None:
            return {"status": run.status}
        bodies = [await self._words.kept(tenant, batch) for batch in given["batches"]]
        entries = [Entry.model_validate(one) for body in bodies for one in body["entries"]]
        rest = await self._words.kept(tenant, run.left_out) if run.left_out else []
        rest += [one for body in bodies for one in body["left_out"]]
        for _ in range(FILE_TRIES):
            command = await self._command(given, run, entries, rest)
            request = f"{given['instance']}/file/{digest(*command.payments)}"
            await self._words.send(given, command, request)
            status = (await self._words.run(given)).status
            if status != "opened":
                return {"status": status}
            entries, stopped = await self._still_in(tenant, given["thing"], entries)
            if not stopped:
                break
            rest += plain(stopped)
        raise Unavailable("not-filed", "the run has not taken its file")

    async def _command(
        self, given: Given, run: PayRun, entries: list[Entry], rest: list[dict[str, Any]]
    ) -> FilePayRun:
        tenant, paid = given["tenant"], [entry for entry in entries if entry.amount_cents]
        file = ""
        if paid and run.process_on:
            body = bankfile.write(
                run.format,
                self._policies.of(tenant).payer,
                paid,
                run_id=given["thing"],
                process_on=run.process_on,
                opened_at=run.opened_at or datetime.min.replace(tzinfo=UTC),
            )
            file = await self._words.keep_file(tenant, body)
        return FilePayRun(
            file=file,
            entries=await self._words.keep(tenant, plain(entries)) if entries else "",
            left_out=await self._words.keep(tenant, rest) if rest else "",
            payments=tuple(entry.payment_id for entry in paid),
            takes={entry.payment_id: entry.take for entry in paid if entry.take > 1},
            total_cents=sum(entry.amount_cents for entry in paid),
        )

    async def _still_in(
        self, tenant: str, run: str, entries: list[Entry]
    ) -> tuple[list[Entry], list[LeftOut]]:
        """Return the entries that are still in the run, and those that were stopped meanwhile."""
        kept: list[Entry] = []
        gone: list[LeftOut] = []
        for entry in entries:
            state = await self._words.payment(tenant, entry.payment_id)
            if state.run_id == run and state.status in ("included", "paid"):
                kept.append(entry)
            else:
                gone.append(left_out(entry.payment_id, state))
        return kept, gone


def choose(due: Sequence[Due], run: PayRun) -> tuple[list[str], list[LeftOut]]:
    """Return which payments a run tries, the earliest first, and which it leaves out and why.

    A payment counts with its whole amount; one that does not fit is left out, and smaller ones after it
    may still fit.
    """
    most = bankfile.KINDS[run.format].max_cents
    limit = most if run.cash_limit_cents is None else min(run.cash_limit_cents, most)
    over = f"the run's limit of {money(limit, run.currency)}"
    ids: list[str] = []
    rest: list[LeftOut] = []
    total = 0
    for payment in due:
        full = len(ids) == MAX_PAYMENTS
        if full or total + payment.amount_cents > limit:
            why = f"a run takes at most {MAX_PAYMENTS} payments" if full else f"it would go over {over}"
            rest.append(LeftOut(payment_id=payment.id, amount_cents=payment.amount_cents, reason=why))
        else:
            total += payment.amount_cents
            ids.append(payment.id)
    return ids, rest
