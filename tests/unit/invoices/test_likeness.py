from __future__ import annotations

import string
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from finnest.errors import Invalid
from services.invoices.agent import submission
from services.invoices.documents.facts import facts
from services.invoices.documents.identifiers import normal_number, plain_number
from services.invoices.documents.likeness import Keys, content_digest, keys
from services.invoices.documents.ubl import read
from services.invoices.domain.accepting import accept
from services.invoices.domain.messages import InvoiceDuplicate, InvoiceValidated
from tests.data.ubl_documents import CLEANING, PAPER, Bill, line
from tests.unit.invoices.desk import Desk

AT = datetime(2026, 6, 2, tzinfo=UTC)
numbers = st.text(string.ascii_letters + string.digits + " -/.", min_size=1, max_size=12)


def keys_of(bill: Bill) -> Keys:
    document = read(bill.xml())
    return keys(document, facts(document))


@given(numbers, numbers)
@settings(max_examples=60)
async def test_two_bills_of_one_total_are_one_exactly_when_their_plain_numbers_are(
    one: str, other: str
) -> None:
    assume(normal_number(one) and normal_number(other))
    desk = Desk()
    first = await desk.take(Bill(one))
    verdict = await desk.verdict(await desk.take(Bill(other)))
    if plain_number(one) == plain_number(other):
        assert isinstance(verdict, InvoiceDuplicate)
        assert verdict.of == first
        return
    assert isinstance(verdict, InvoiceValidated)
    marks = f"looks like {first}: same supplier and total, and a number that differs in punctuation at most"
    assert verdict.flags == ((marks,) if normal_number(one) == normal_number(other) else ())


@given(numbers, st.sampled_from(["-", "/", "."]), st.booleans())
@settings(max_examples=40)
async def test_a_number_that_differs_in_punctuation_is_flagged_once_and_kept(
    number: str, mark: str, same_total: bool
) -> None:
    assume(normal_number(number))
    marked = f"{number[:1]}{mark}{number[1:]}"
    lines = Bill(number).lines if same_total else (line("Other", "7.00"),)
    desk = Desk()
    first = await desk.take(Bill(number))
    verdict = await desk.verdict(await desk.take(Bill(marked, lines=lines)))
    assert isinstance(verdict, InvoiceValidated)
    (flag,) = verdict.flags
    assert first in flag
    assert ("another total" in flag) != same_total


@given(numbers, st.sampled_from(["case", "blanks", "zeros"]))
@settings(max_examples=40)
async def test_case_blanks_and_leading_zeros_do_not_make_another_bill(number: str, how: str) -> None:
    assume(normal_number(number) and plain_number(number)[0] not in "0")
    other = {
        "case": number.swapcase(),
        "blanks": f"{number[:1]} {number[1:]}",
        "zeros": f"00{number.strip()}",
    }[how]
    desk = Desk()
    first = await desk.take(Bill(number))
    verdict = await desk.verdict(await desk.take(Bill(other, note="again")))
    assert isinstance(verdict, InvoiceDuplicate)
    assert verdict.reason == f"duplicate of {first}"


async def test_the_same_number_under_another_total_is_flagged_and_kept() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"))
    verdict = await desk.verdict(await desk.take(Bill("a-1", lines=(line("Other", "7.00"),))))
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags == (f"looks like {first}: same supplier and number, another total",)


async def test_the_same_file_of_another_supplier_is_not_told() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1", PAPER), "f" * 64)
    other = await desk.verdict(await desk.take(Bill("B-1", CLEANING), "f" * 64))
    same = await desk.verdict(await desk.take(Bill("C-1", PAPER), "f" * 64))
    assert isinstance(other, InvoiceValidated)
    assert isinstance(same, InvoiceValidated)
    assert other.flags == ()
    assert same.flags == (f"looks like {first}: same supplier and attachment",)


async def test_every_likeness_is_told() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"), "f" * 64)
    second = await desk.take(Bill("B-1"), "e" * 64)
    third = Bill("A/1", lines=(line("Other", "7.00"),))
    verdict = await desk.verdict(await desk.take(third, "f" * 64, "e" * 64, alike=("looks like inv-x",)))
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags[0] == "looks like inv-x"
    assert [first in flag or second in flag for flag in verdict.flags[1:]] == [True] * 3


async def test_a_document_taken_before_plain_numbers_were_kept_is_compared_by_its_written_one() -> None:
    found = keys_of(Bill("A-1"))
    old = Keys.model_validate(found.model_dump(exclude={"written"}))
    validated = InvoiceValidated(
        invoice_id="inv-1", kind="invoice", submitted_by="ada", intake=False, ruleset="x", currency="AUD"
    )
    claims = [claim.what for claim in accept(validated, old, AT).claims]
    assert claims[0] == f"same/{found.exact}|AUD|None"


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
@settings(max_examples=30)
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
