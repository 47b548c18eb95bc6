"""The acts of the workflows: each sends commands under a fixed key and answers what the streams then say."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from finnest.errors import Later, Unavailable
from finnest.ports import Blobs, Commands, Streams
from services.payments.domain.commands import JudgePayment, SchedulePayment
from services.payments.domain.payment import Payment
from services.payments.domain.policy import Policies
from services.payments.ports import Ledger
from services.payments.workflow.filing import Filing
from services.payments.workflow.including import Including
from services.payments.workflow.words import Given, Words

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
        self._words = Words(commands, streams, blobs)
        self._including = Including(self._words)
        self._filing = Filing(self._words, ledger, policies)

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
            await self._words.send(given, JudgePayment(), f"{given['instance']}/judge")
            state = await self._payment(given)
        return _moved_from("proposed", state)

    @_laters_as_data
    async def payments_schedule(self, given: Given) -> dict[str, Any]:
        """Fix the day of an approved payment, unless it is fixed or its account is in question."""
        state = await self._words.heeded(given["tenant"], given["thing"], given["instance"])
        if state.status == "approved":
            request = f"{given['instance']}/schedule/{state.asked}"
            await self._words.send(given, SchedulePayment(), request)
            state = await self._payment(given)
        return _moved_from("approved", state)

    @_laters_as_data
    async def payments_look(self, given: Given) -> dict[str, Any]:
        """Return where the payment is."""
        return {"status": (await self._payment(given)).status}

    @_laters_as_data
    async def payments_gather(self, given: Given) -> dict[str, Any]:
        """Fix the list of payments that the run tries to take; the first list stays."""
        return await self._filing.gather(given)

    @_laters_as_data
    async def payments_include(self, given: Given) -> dict[str, Any]:
        """Ask each payment of one batch into the run; return the hash of what became of them."""
        return await self._including.batch(given)

    @_laters_as_data
    async def payments_file(self, given: Given) -> dict[str, Any]:
        """Write the bank's file of all that came in; the first file stays."""
        return await self._filing.file(given)

    async def _payment(self, given: Given) -> Payment:
        return await self._words.payment(given["tenant"], given["thing"])


def _moved_from(status: str, state: Payment) -> dict[str, Any]:
    if state.status == status:
        raise Unavailable("not-moved", f"the payment is still {status}")
    return {"status": state.status}
