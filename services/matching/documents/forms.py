"""Orders and receipts in JSON, for systems that speak no UBL."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, TypeVar

import pydantic
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from finnest.errors import Invalid, Unreadable
from services.matching.documents.identity import identity
from services.matching.documents.papers import ID_CHARS, MAX_LINES, Line, Number, Order, Party, Receipt

Form = TypeVar("Form", bound=BaseModel)


def _text(value: object) -> object:
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


_Id = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=ID_CHARS)]
_Text = Annotated[str, Field(max_length=200)]
_Code = Annotated[str, BeforeValidator(_text), Field(max_length=ID_CHARS)]
# A number may come as text; JSON's own numbers pass through text too, so 0.1 stays 0.1.
_Number = Annotated[Number, BeforeValidator(_text)]
_Positive = Annotated[_Number, Field(gt=0)]
_Amount = Annotated[_Number, Field(ge=0)]


class _Form(BaseModel):
    """A form takes the fields that it names; a misspelt one is refused, never ignored."""

    model_config = ConfigDict(extra="forbid")


class PartyForm(_Form):
    """A supplier by its business number, or by its name alone."""

    name: _Text = ""
    abn: _Text = ""
    nzbn: _Text = ""

    def read(self) -> Party:
        """Return the party.

        Raises:
            Invalid: It has no number and no name.
        """
        scheme = "0151" if self.abn else "0088"
        known = identity(scheme, self.abn or self.nzbn, self.name)
        if not known:
            raise Invalid("supplier-missing", "the supplier needs an abn, an nzbn or a name")
        return Party(name=self.name, identity=known)


class OrderLineForm(_Form):
    """A line of an order; `price` is for `base_quantity` units.

    `allowances` and `charges` are the line's own, in the order's currency; `net` is the line's amount after
    them, computed where it is not given. `pack` is how many items are in one unit.
    """

    id: _Id
    name: _Text = ""
    sellers_id: _Code = ""
    standard_id: _Code = ""
    buyers_id: _Code = ""
    quantity: _Positive
    unit: Annotated[str, Field(max_length=8)] = "EA"
    price: _Number
    base_quantity: _Positive = Decimal(1)
    allowances: _Amount = Decimal(0)
    charges: _Amount = Decimal(0)
    net: _Number | None = None
    pack: _Positive | None = None
    gst: _Number | None = None

    def read(self) -> Line:
        """Return the line."""
        given = self.model_dump(exclude={"base_quantity", "gst", "allowances", "charges"})
        named = {"base": self.base_quantity, "rate": self.gst, "extra": self.charges - self.allowances}
        return Line.model_validate({**given, **named})


class OrderForm(_Form):
    """An order."""

    number: _Id
    supplier: PartyForm
    buyer: PartyForm = PartyForm()
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] | None = None
    """None means that of the company which orders."""
    charges: _Number = Decimal(0)
    allowances: _Number = Decimal(0)
    lines: list[OrderLineForm] = Field(min_length=1, max_length=MAX_LINES)


class ReceiptLineForm(_Form):
    """A line of a receipt: which line of the order came, and how much of it."""

    id: _Code = ""
    order_line: _Code = ""
    name: _Text = ""
    sellers_id: _Code = ""
    standard_id: _Code = ""
    buyers_id: _Code = ""
    quantity: Annotated[_Number, Field(ge=0)]
    unit: Annotated[str, Field(max_length=8)] = ""


class ReceiptForm(_Form):
    """A receipt of goods; `number` is its own, `order` the order's number or `order_id` its id here."""

    number: _Id
    order: _Code = ""
    order_id: _Code = ""
    supplier: PartyForm | None = None
    despatch: _Code = ""
    lines: list[ReceiptLineForm] = Field(min_length=1, max_length=MAX_LINES)


def order(body: bytes, currency: str) -> Order:
    """Return the order in a JSON body, in this currency where it names none.

    Raises:
        Unreadable: Not JSON.
        Invalid: A field is missing or wrong; the detail names it.
    """
    form = _read(OrderForm, body)
    buyer = form.buyer.read() if form.buyer != PartyForm() else Party()
    return Order(
        supplier=form.supplier.read(),
        buyer=buyer,
        lines=tuple(line.read() for line in form.lines),
        currency=form.currency or currency,
        **form.model_dump(include={"number", "charges", "allowances"}),
    )


def receipt(body: bytes) -> Receipt:
    """Return the receipt in a JSON body; raises as `order`."""
    form = _read(ReceiptForm, body)
    if not form.order_id and not (form.order and form.supplier):
        raise Invalid("order-missing", "a receipt names order and supplier, or order_id")
    lines = [
        Line.model_validate({**line.model_dump(), "id": line.id or str(index)})
        for index, line in enumerate(form.lines, 1)
    ]
    return Receipt(
        kind="receipt",
        supplier=form.supplier.read() if form.supplier else Party(),
        delivery=form.despatch or form.number,
        lines=tuple(lines),
        **form.model_dump(include={"number", "order", "order_id"}),
    )


def _read(form: type[Form], body: bytes) -> Form:
    try:
        return form.model_validate_json(body)
    except pydantic.ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        if problem["type"] == "json_invalid":
            raise Unreadable("bad-json", str(problem["msg"])) from error
        where = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            raise Invalid("unknown-field", f"{where}: there is no such field here") from error
        raise Invalid("bad-request", f"{where}: {problem['msg']}") from error
