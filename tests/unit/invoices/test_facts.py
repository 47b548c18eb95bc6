"""Facts of a document: complete for a clean one, None where nothing is, never an error."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.documents.facts import facts
from services.invoices.documents.ubl import DocumentError, UnknownDocument, read
from tests.data.make_documents import DEMO, demo_files
from tests.data.ubl_documents import BUYER, PAPER, Bill, line, many_invoices

CLEAN = Bill("KP-1", note="Thank you", order="PO-2026-0117").xml()
ELEMENTS = sorted(set(re.findall(rb"<(c[ab]c:\w+)", CLEAN)))


def test_a_clean_invoice_gives_all_facts() -> None:
    found = facts(read(CLEAN))
    assert (found.kind, found.number, found.type_code) == ("invoice", "KP-1", "380")
    assert (found.issue_date, found.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (found.currency, found.net_cents, found.tax_cents) == ("AUD", 40000, 4000)
    assert found.payable_cents == 44000
    assert (found.supplier.scheme, found.supplier.identifier) == ("0151", PAPER.abn)
    assert (found.buyer.name, found.buyer.endpoint) == (BUYER.name, BUYER.abn)
    assert (found.order_reference, found.buyer_reference) == ("PO-2026-0117", "Facilities")
    (means,) = found.payment_means
    assert (means.code, means.branch, means.account) == ("30", PAPER.bsb, PAPER.account)
    assert (found.notes, found.line_count) == (("Thank you",), 1)


def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    found = facts(read(Bill("CN-1", corrects="KP-1").xml()))
    assert (found.kind, found.type_code) == ("credit_note", "381")
    assert (found.references, found.payable_cents) == (("KP-1",), 44000)


def test_other_documents_are_no_invoice() -> None:
    order = b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>'
    with pytest.raises(UnknownDocument):
        facts(read(order))


def test_an_empty_invoice_gives_no_facts_and_no_error() -> None:
    empty = b'<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/>'
    found = facts(read(empty))
    assert found.wire_data() == {
        **{"kind": "invoice", "supplier": {}, "buyer": {}, "references": [], "line_orders": []},
        **{"payment_means": [], "notes": [], "line_count": 0},
    }


def test_texts_are_bounded() -> None:
    found = facts(read(Bill("N" * 5000, note="x" * 50_000, lines=[line("a", "1.00")] * 30).xml()))
    assert found.number is not None
    assert len(found.number) == 200
    assert len(found.notes[0]) == 1000
    assert found.line_count == 30


@given(st.sampled_from(ELEMENTS), st.sampled_from([b"", b" ", b"x", b"9" * 60, b"2026-02-30"]))
def test_any_element_may_hold_anything_or_be_missing(name: bytes, value: bytes) -> None:
    emptied = re.sub(rb"(<%s[^>]*>)[^<]*" % name, rb"\g<1>" + value, CLEAN)
    renamed = CLEAN.replace(name + b">", b"cbc:Other>").replace(name + b" ", b"cbc:Other ")
    for body in (emptied, renamed):
        try:
            document = read(body)
        except DocumentError:
            continue
        assert facts(document).kind == "invoice"


def test_the_demo_files_are_those_the_generator_makes() -> None:
    assert {path.name: path.read_bytes() for path in DEMO.glob("*-*")} == demo_files()


def test_load_documents_are_distinct_and_exact() -> None:
    bodies = list(many_invoices(50, first=7))
    found = [facts(read(body)) for body in bodies]
    assert len({one.number for one in found}) == 50
    assert all(one.payable_cents == (one.net_cents or 0) + (one.tax_cents or 0) for one in found)


def means(code: str, branch: str = "", account: str = "") -> bytes:
    """Return a way to pay as a document has it."""
    at = (
        f"<cac:FinancialInstitutionBranch><cbc:ID>{branch}</cbc:ID></cac:FinancialInstitutionBranch>"
        if branch
        else ""
    )
    return (
        f"<cac:PaymentMeans><cbc:PaymentMeansCode>{code}</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>"
        f"<cbc:ID>{account}</cbc:ID>{at}</cac:PayeeFinancialAccount></cac:PaymentMeans>"
    ).encode()


@pytest.mark.parametrize(
    ("before", "chosen"),
    [
        (means("30", "BPAY", "23796"), PAPER.account),
        (means("48"), PAPER.account),
        (means("30", "000-000", "1"), PAPER.account),
        (means("30", "062-000", "12345678"), "12345678"),
        (means("30", "", "01-0139-0012345-000"), "01-0139-0012345-000"),
    ],
)
def test_the_first_way_that_is_a_transfer_to_an_account_is_how_it_is_paid(before: bytes, chosen: str) -> None:
    found = facts(read(CLEAN.replace(b"<cac:PaymentMeans>", before + b"<cac:PaymentMeans>")))
    assert len(found.payment_means) == 2
    assert found.payee is not None
    assert found.payee.account == chosen


def test_without_a_transfer_the_first_way_that_is_named_counts() -> None:
    bpay = Bill("KP-1", bsb="BPAY", account="23796").xml()
    found = facts(read(bpay.replace(b"<cac:PaymentMeans>", means("49") + b"<cac:PaymentMeans>")))
    assert found.payee is not None
    assert found.payee.code == "49"
