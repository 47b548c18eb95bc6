"""The routes by which a person decides about a payment: confirm, fail, cancel, stop, another day,
paid elsewhere."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from finnest.context import Caller
from finnest.errors import Stale
from finnest.feature import Kit
from finnest.records import Command
from finnest.web.caller import RequestName, Who
from services.payments.agent.ending import cancelling
from services.payments.api.bodies import (
    PAYERS,
    ElsewhereBody,
    ReasonBody,
    RescheduleBody,
    StopBody,
    answered,
    known,
)
from services.payments.api.payments import path_of
from services.payments.domain.commands import (
    ConfirmPayment,
    FailPayment,
    PayElsewhere,
    ReschedulePayment,
    StopPayment,
)


def router(kit: Kit) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["payments"])

    async def take(id: str, command: Command, who: Caller, request: str) -> Response:
        who.need(*PAYERS)
        thing = known(id, "pay")
        return await answered(kit.commands, thing, command, who, request, path_of(thing))

    async def in_file(id: str, who: Caller) -> None:
        """Refuse what only a bank can know while the bank has no file; a file never goes away again."""
        who.need(*PAYERS)
        state, _ = await kit.streams.state(who.tenant, known(id, "pay"))
        if state.status == "included":
            run, _ = await kit.streams.state(who.tenant, state.run_id)
            if run.status == "opened":
                raise Stale("not-filed", f"pay run {state.run_id} has no file yet, so the bank knows nothing")

    @routes.post("/v1/payments/{id}/confirm")
    async def confirm_payment(id: str, who: Who, request: RequestName) -> Response:
        """Say that the bank has paid."""
        await in_file(id, who)
        return await take(id, ConfirmPayment(), who, request)

    @routes.post("/v1/payments/{id}/fail")
    async def fail_payment(
        id: str, who: Who, request: RequestName, body: ReasonBody | None = None
    ) -> Response:
        """Say that the bank has not paid."""
        await in_file(id, who)
        return await take(id, FailPayment(reason=(body or ReasonBody()).reason), who, request)

    @routes.post("/v1/payments/{id}/cancel")
    async def cancel_payment(
        id: str, who: Who, request: RequestName, body: ReasonBody | None = None
    ) -> Response:
        """Do not pay it; possible until a pay run has taken it, or anything of a credit note has gone off."""
        who.need(*PAYERS)
        state, _ = await kit.streams.state(who.tenant, known(id, "pay"))
        thing, command = cancelling(id, state, (body or ReasonBody()).reason)
        return await answered(kit.commands, thing, command, who, request, path_of(id), id)

    @routes.post("/v1/payments/{id}/paid-elsewhere")
    async def mark_paid_elsewhere(id: str, body: ElsewhereBody, who: Who, request: RequestName) -> Response:
        """Say that what no bank file carries was paid in another way."""
        command = PayElsewhere(reason=body.reason, reference=body.reference)
        return await take(id, command, who, request)

    @routes.post("/v1/payments/{id}/stop")
    async def stop_payment(id: str, body: StopBody, who: Who, request: RequestName) -> Response:
        """Stop at the bank what a pay run has taken."""
        return await take(id, StopPayment(reason=body.reason), who, request)

    @routes.post("/v1/payments/{id}/reschedule")
    async def reschedule_payment(id: str, body: RescheduleBody, who: Who, request: RequestName) -> Response:
        """Pay it on another day; people who had to approve it are asked again."""
        return await take(id, ReschedulePayment(pay_on=body.pay_on), who, request)

    return routes
