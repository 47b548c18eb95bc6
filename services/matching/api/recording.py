"""Records orders: what a document says becomes the order's next revision."""

from __future__ import annotations

from decimal import Decimal

from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Invalid
from finnest.feature import Kit
from finnest.ids import digest
from services.matching.agent.archive import Archive, Layout
from services.matching.api.intake import Intake
from services.matching.documents.identity import order_id, order_number
from services.matching.documents.papers import Order
from services.matching.documents.rulings import Ruling
from services.matching.domain.findings import shown
from services.matching.domain.ledger import ZERO
from services.matching.domain.order import OrderState, laid_out
from services.matching.domain.order_messages import RecordOrder
from services.matching.domain.policy import Policies


class Recorder:
    """Tells orders what was ordered."""

    def __init__(self, kit: Kit, archive: Archive, policies: Policies, intake: Intake) -> None:
        self._kit = kit
        self._archive = archive
        self._policies = policies
        self._intake = intake

    async def record(self, who: Caller, order: Order, raw: bytes, ruling: Ruling) -> Response:
        """Record an order that a valid document says; another one of the same number changes it.

        Raises:
            Invalid: The order cannot be found again by what stands on invoices.
            Stale: Another document of this order came meanwhile.
        """
        number = _checked(order)
        id = order_id(order.supplier.identity, number)
        state, _ = await self._kit.streams.state(who.tenant, id)
        content = digest(order.model_dump_json())
        before: dict[str, int] = {}
        if isinstance(state, OrderState) and state.revision:
            if content in state.contents:
                return _answer(id, "known", 200)
            before = (await self._archive.read(who.tenant, Layout, state.paper)).places
        layout = Layout(order=order, places={**before, **laid_out(order.lines, before)})
        kept = await self._intake.keep(who.tenant, raw, ruling)
        command = RecordOrder(
            paper=await self._archive.keep(who.tenant, layout),
            content=content,
            number=order.number,
            supplier=order.supplier.identity,
            name=order.supplier.name,
            currency=order.currency,
            total=shown(_total(order)),
            line_count=len(order.lines),
            after=state.revision,
            parts=max(layout.parts, state.parts),
            lines=layout.lines(0, self._policies.of(who.tenant)),
            document=kept.document,
            report=kept.report,
        )
        request = f"order/{content}/{state.revision}"
        outcome = await self._kit.commands.send(id, command, who, request=request)
        return _answer(id, str(outcome.reply["status"]) if outcome else "received", 202)


def _checked(order: Order) -> str:
    """Return the order's number in its one form.

    Raises:
        Invalid: The order cannot be found again by what stands on invoices.
    """
    number = order_number(order.number)
    if not number:
        raise Invalid("no-order-number", f"{order.number} is what senders write who have no order")
    if not order.supplier.identity:
        raise Invalid("supplier-missing", "an order names its supplier (SellerSupplierParty)")
    if not order.lines:
        raise Invalid("no-lines", "an order has lines")
    if len({line.id for line in order.lines}) != len(order.lines):
        raise Invalid("line-twice", "each line of an order has an id of its own")
    return number


def _total(order: Order) -> Decimal:
    return sum((line.worth or ZERO for line in order.lines), order.charges - order.allowances)


def _answer(id: str, status: str, code: int) -> Response:
    return JSONResponse({"id": id, "status": status, "links": {"self": f"/v1/orders/{id}"}}, code)
