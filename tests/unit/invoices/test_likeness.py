from __future__ import annotations

import string
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.invoices.agent import submission
from services.invoices.documents.facts import facts
from services.invoices.documents.identifiers import normal_number
from services.invoices.documents.likeness import Keys, content_digest, keys
from services.invoices.documents.ubl import read
from services.invoices.domain.messages import InvoiceDuplicate, InvoiceValidated
from tests.data.ubl_documents import CLEANING, PAPER, Bill, line
from tests.unit.invoices.desk import Desk

numbers = st.text(string.ascii_letters + string.digits + " -/.", min_size=1, max_size=12)


def keys_of(bill: Bill) -> Keys:
    document = read(bill.xml())
    return keys(document, facts(document))


@given(numbers, numbers)
@settings(max_examples=60, deadline=None)
async def test_two_bills_of_a_supplier_are_one_exactly_when_their_numbers_are(one: str, other: str) -> None:
    assume(normal_number(one) and normal_number(other))
    desk = Desk()
    first = await desk.take(Bill(one))
    verdict = await desk.verdict(await desk.take(Bill(other)))
    if normal_number(one) == normal_number(other):
        assert isinstance(verdict, InvoiceDuplicate)
        assert verdict.of == first
    else:
        assert isinstance(verdict, InvoiceValidated)
        assert verdict.flags == ()


@given(numbers, st.sampled_from([" ", "-", "/", "."]))
@settings(max_examples=40, deadline=None)
async def test_another_total_under_a_number_written_differently_is_flagged_and_kept(
    number: str, mark: str
) -> None:
    assume(normal_number(number))
    written = f"{number[:1]}{mark}{number[1:]}"
    assume(" ".join(written.split()) != " ".join(number.split()))
    desk = Desk()
    first = await desk.take(Bill(number))
    verdict = await desk.verdict(await desk.take(Bill(written, lines=(line("Other", "7.00"),))))
    assert isinstance(verdict, InvoiceValidated)
    assert len(verdict.flags) == 1
    assert first in verdict.flags[0]


async def test_the_same_number_is_a_duplicate_whatever_the_total() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"))
    verdict = await desk.verdict(await desk.take(Bill("A-1", lines=(line("Other", "7.00"),))))
    assert isinstance(verdict, InvoiceDuplicate)
    assert verdict.reason == f"duplicate of {first}"


async def test_every_likeness_is_told() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"), "f" * 64)
    second = await desk.take(Bill("B-1", CLEANING), "e" * 64)
    third = Bill("A 1", lines=(line("Other", "7.00"),))
    verdict = await desk.verdict(await desk.take(third, "f" * 64, "e" * 64, alike=("looks like inv-x",)))
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags[0] == "looks like inv-x"
    assert [first in flag or second in flag for flag in verdict.flags[1:]] == [True] * 3


async def test_another_supplier_or_kind_is_no_duplicate() -> None:
    desk = Desk()
    await desk.take(Bill("A-1", PAPER))
    for bill in (Bill("A-1", CLEANING), Bill("A-1", PAPER, corrects="A-1")):
        assert isinstance(await desk.verdict(await desk.take(bill)), InvoiceValidated)


def test_the_same_content_in_other_bytes_has_the_same_digest() -> None:
    text = Bill("A-1").xml().decode()
    spaced = text.replace("><", ">\n  <").replace("<cbc:ID>", "<!-- x --><cbc:ID>")
    other = text.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    digests = {content_digest(read(body)) for body in (text.encode(), spaced.encode(), other)}
    assert len(digests) == 1
    assert content_digest(read(Bill("A-2").xml())) not in digests


@given(st.decimals("0.01", "9999", places=2), st.decimals("0.01", "9999", places=2))
@settings(max_examples=30, deadline=None)
def test_another_amount_is_another_content(one: Decimal, other: Decimal) -> None:
    assume(one != other)
    bills = [Bill("A-1", lines=(line("X", str(price)),)) for price in (one, other)]
    assert keys_of(bills[0]).content != keys_of(bills[1]).content
    assert keys_of(bills[0]).exact == keys_of(bills[1]).exact


def test_without_supplier_number_the_content_is_the_key() -> None:
    text = Bill("A-1").xml().decode()
    for tag in ("EndpointID", "CompanyID"):
        text = text.replace(f'<cbc:{tag} schemeID="0151">{PAPER.abn}</cbc:{tag}>', "")
    document = read(text.encode())
    found = keys(document, facts(document))
    assert (found.exact, found.normal) == (None, None)


def test_an_order_is_no_invoice() -> None:
    order = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
    try:
        submission(read(order), "0" * 64)
    except Invalid as refusal:
        assert refusal.slug == "unsupported-document"  # noqa: PT017
    else:
        raise AssertionError("an order was taken as an invoice")
