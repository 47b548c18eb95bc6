"""Records orders: what a document says becomes the order's next revision."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Invalid, NotYet
from finnest.feature import Kit
from finnest.ids import digest
from services.matching.agent.archive import Archive, Layout
from services.matching.api.intake import Intake
from services.matching.documents.identity import order_id, order_number
from services.matching.documents.papers import Order, OrderResponse
from services.matching.documents.rulings import Ruling
from services.matching.domain.findings import shown
from services.matching.domain.ledger import ZERO
from services.matching.domain.order import OrderState, laid_out
from services.matching.domain.order_messages import RecordOrder
from services.matching.domain.policy import Policies
from services.matching.domain.responding import answered


class Recorder:
    """Tells orders what was ordered, and what the supplier said about it."""

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
        state = await self._state(who, id)
        content = digest(order.model_dump_json())
        before: dict[str, int] = {}
        if state.revision:
            if content in state.contents:
                return _answer(id, "known", 200)
            before = (await self._archive.read(who.tenant, Layout, state.paper)).places
        layout = Layout(order=order, places={**before, **laid_out(order.lines, before)})
        kept = await self._intake.keep(who.tenant, raw, ruling)
        documents = {"document": kept.document, "report": kept.report}
        return await self._tell(who, id, state, layout, content, documents)

    async def respond(self, who: Caller, response: OrderResponse, raw: bytes, ruling: Ruling) -> Response:
        """Record what the supplier says about an order; each response answers the order as the buyer wrote it.

        Raises:
            Invalid: It names no order or supplier, or says what nobody can apply.
            NotYet: The order is not here.
            Stale: Another document of this order came meanwhile.
        """
        number = order_number(response.order)
        if not number or not response.supplier.identity:
            raise Invalid("order-missing", "an order response names its order and the supplier")
        id = order_id(response.supplier.identity, number)
        state = await self._state(who, id)
        if not state.is_open:
            raise NotYet(
                "order-not-here", f"order {response.order} of this supplier is not here; send it first"
            )
        now = await self._archive.read(who.tenant, Layout, state.paper)
        asked = now.asked or state.paper
        whole = await self._archive.read(who.tenant, Layout, asked) if now.asked else now
        content = digest(response.model_dump_json() + asked)
        if content in state.contents:
            return _answer(id, "known", 200)
        after = answered(whole.order, response, self._policies.of(who.tenant))
        layout = Layout(
            order=after.order,
            places={**now.places, **laid_out(after.order.lines, now.places)},
            answers=after.answers,
            response=response.number,
            asked=asked,
        )
        kept = await self._intake.keep(who.tenant, raw, ruling)
        documents = {
            "document": state.document,
            "report": state.report,
            "response": response.code,
            "response_document": kept.document,
            "response_report": kept.report,
            "said": after.summary,
        }
        return await self._tell(who, id, state, layout, content, documents)

    async def _state(self, who: Caller, id: str) -> OrderState:
        state, _ = await self._kit.streams.state(who.tenant, id)
        return state if isinstance(state, OrderState) else OrderState()

    async def _tell(
        self,
        who: Caller,
        id: str,
        state: OrderState,
        layout: Layout,
        content: str,
        documents: Mapping[str, str],
    ) -> Response:
        order = layout.order
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
            **documents,
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
