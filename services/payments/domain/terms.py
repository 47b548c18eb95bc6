"""When a bill is due, and what it costs less when it is paid early.

A-NZ invoices state payment terms as free text only (IBT-020), so a discount is what was agreed with the
supplier: a row of the policy. An allowance on the invoice is none: it is in the amount already.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

from pydantic import Field

from finnest.records import Record
from services.payments.domain.bill import Bill
from services.payments.domain.days import Calendar
from services.payments.domain.payer import Written


class EarlyPayment(Written):
    """What a supplier takes off when it is paid within some days of the invoice."""

    supplier: str
    """`0151:51824753556`, or the id of the supplier."""
    percent: Decimal = Field(gt=0, lt=100)
    days: int = Field(ge=0, le=366)


class Offer(Record):
    """A discount that one bill has until a day, that day included."""

    cents: int = Field(ge=0)
    until: date


class Terms(Record):
    """The day on which a bill is to be paid, and the discount that made it so."""

    pay_on: date
    offer: Offer | None = None


def due_date(bill: Bill, terms_days: int) -> date | None:
    """Return the day the invoice names, or so many days after its issue; None when it says neither."""
    if bill.due_date or bill.issue_date is None:
        return bill.due_date
    return bill.issue_date + timedelta(days=terms_days)


def terms_of(
    bill: Bill, agreed: tuple[EarlyPayment, ...], terms_days: int, calendar: Calendar, today: date
) -> Terms:
    """Return when to pay: on the due date, or earlier on the last business day of a discount."""
    due = calendar.plan(due_date(bill, terms_days), today)
    offer = _offer(bill, agreed)
    if offer is None:
        return Terms(pay_on=due)
    last = calendar.on_or_before(offer.until)
    if last < calendar.on_or_after(today):
        return Terms(pay_on=due)
    return Terms(pay_on=min(last, due), offer=offer)


def _offer(bill: Bill, agreed: tuple[EarlyPayment, ...]) -> Offer | None:
    names = {name for name in (bill.supplier_id, bill.supplier_ref) if name}
    row = next((row for row in agreed if row.supplier in names), None)
    if row is None or bill.issue_date is None:
        return None
    cents = (Decimal(bill.payable_cents) * row.percent / 100).to_integral_value(ROUND_DOWN)
    return Offer(cents=int(cents), until=bill.issue_date + timedelta(days=row.days)) if cents else None
