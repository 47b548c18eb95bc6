"""The arithmetic of documents: sums that are right are taken, and each that is not is seen, to the cent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.invoices.documents.facts import facts
from services.invoices.documents.money import minor_units
from services.invoices.documents.readable import readable
from services.invoices.documents.ubl import read
from services.invoices.judging.own_rules import check
from tests.data.ubl_documents import Bill, Line

TODAY = date(2026, 11, 24)
CENT = Decimal("0.01")
cents = st.integers(-10_000_000, 10_000_000)
prices = st.decimals("0.01", "9999.99", places=2)
lines = st.builds(
    Line,
    name=st.just("Goods"),
    quantity=st.integers(1, 999).map(Decimal),
    price=prices,
    gst=st.sampled_from([Decimal(0), Decimal(10)]),
    extra=st.decimals("-0.50", "50.00", places=2),
)
bills = st.builds(
    Bill,
    number=st.just("A-1"),
    lines=st.lists(lines, min_size=1, max_size=6).map(tuple),
    charge=st.decimals("0.00", "99.99", places=2),
    corrects=st.sampled_from(["", "A-0"]),
)


def written(amount: int) -> str:
    """Return cents as a document writes them."""
    return f"{Decimal(amount) * CENT:.2f}"


def with_tax(parts: Sequence[str], total: str, *, corrects: str = "A-0") -> bytes:
    """Return a credit note, or an invoice, with these tax subtotals and this total."""
    text = Bill("A-1", corrects=corrects).xml().decode()
    start, end = text.index("<cac:TaxTotal>"), text.index("</cac:TaxTotal>")
    subtotals = "".join(
        f'<cac:TaxSubtotal><cbc:TaxAmount currencyID="AUD">{part}</cbc:TaxAmount></cac:TaxSubtotal>'
        for part in parts
    )
    stated = f'<cac:TaxTotal><cbc:TaxAmount currencyID="AUD">{total}</cbc:TaxAmount>{subtotals}'
    return (text[:start] + stated + text[end:]).encode()


def rules(body: bytes) -> list[str]:
    """Return what our own rules report."""
    return [finding.rule for finding in check(read(body), TODAY)]


@given(st.lists(cents, min_size=1, max_size=8))
def test_a_tax_total_that_is_the_sum_is_taken_in_any_order(parts: list[int]) -> None:
    for order in (parts, parts[::-1]):
        assert rules(with_tax([written(part) for part in order], written(sum(parts)))) == []


@given(st.lists(cents, min_size=1, max_size=8), cents)
def test_a_tax_total_that_is_a_cent_off_is_seen_on_credit_notes(parts: list[int], off: int) -> None:
    assume(off)
    subtotals = [written(part) for part in parts]
    for by in (off, 1, -1):
        assert rules(with_tax(subtotals, written(sum(parts) + by))) == ["FN-CREDIT-TAX-TOTAL"]


@given(st.lists(cents, min_size=1, max_size=8), cents)
def test_on_invoices_that_sum_is_left_to_the_official_rules(parts: list[int], off: int) -> None:
    body = with_tax([written(part) for part in parts], written(sum(parts) + off), corrects="")
    assert rules(body) == []


@given(st.lists(cents, min_size=1, max_size=4), st.sampled_from(["{}0", " {} ", "{}00\n"]))
def test_how_an_amount_is_written_does_not_change_the_sum(parts: list[int], form: str) -> None:
    subtotals = [form.format(written(part)) for part in parts]
    assert rules(with_tax(subtotals, written(sum(parts)))) == []


@given(st.lists(cents, min_size=1, max_size=4), st.sampled_from(["", "ten", "1e3", "NaN", "1,00"]))
def test_a_sum_with_an_amount_that_is_no_number_is_left_to_the_official_rules(
    parts: list[int], wrong: str
) -> None:
    assert rules(with_tax([*(written(part) for part in parts), wrong], written(sum(parts) + 1))) == []


@given(bills)
@settings(max_examples=60)
def test_the_facts_of_a_clean_document_add_up(bill: Bill) -> None:
    found = facts(read(bill.xml()))
    assert found.net_cents is not None
    assert found.tax_cents is not None
    assert found.payable_cents == found.net_cents + found.tax_cents
    assert found.net_cents == int(bill.net / CENT)
    assert rules(bill.xml()) == []


@given(bills)
@settings(max_examples=60)
def test_what_a_person_reads_adds_up_to_what_is_paid(bill: Bill) -> None:
    shown = readable(read(bill.xml()))
    totals = {name: Decimal(value or "0") for name, value in shown["totals"].items()}
    assert sum(Decimal(line["net"]) for line in shown["lines"]) == totals["lines"]
    charged = sum(Decimal(extra["amount"]) for extra in shown["allowances_and_charges"])
    assert totals["lines"] + charged == totals["without_tax"]
    assert sum(Decimal(tax["tax"]) for tax in shown["taxes"]) == totals["tax"]
    assert sum(Decimal(tax["taxable"]) for tax in shown["taxes"]) == totals["without_tax"]
    assert totals["without_tax"] + totals["tax"] == totals["with_tax"] == totals["payable"]


@given(st.lists(cents, max_size=20))
def test_minor_units_add_up_as_the_amounts_do(amounts: list[int]) -> None:
    assert [minor_units(written(amount), "AUD") for amount in amounts] == amounts
    total = sum((Decimal(written(amount)) for amount in amounts), Decimal(0))
    assert minor_units(f"{total:.2f}", "AUD") == sum(amounts)
