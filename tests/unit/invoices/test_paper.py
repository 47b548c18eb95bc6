"""An invoice on paper: what is plain is read, what is not is named, and what a person confirmed is UBL."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.documents import ubl
from services.invoices.documents.facts import facts
from services.invoices.documents.paper import WHOLE, Paper, PaperLine, troubles, unread
from services.invoices.documents.paper_ubl import written
from services.invoices.documents.paper_words import paper_of
from tests.data.ubl_documents import BUYER, PAPER, Bill, line
from tests.support.papers import rows

BILL = Bill(
    "KP-20481",
    order="PO-2026-77",
    lines=(line("Copy paper A4, carton", "40.00", "10"), line("Envelopes DL, box", "12.50", "4")),
)


def read(text: str) -> Paper:
    return paper_of(text)


def whole() -> Paper:
    return read("\n".join(rows(BILL)))


def test_everything_is_read_of_an_invoice_as_programs_print_it() -> None:
    paper = whole()
    assert (paper.number, paper.supplier, paper.supplier_abn) == ("KP-20481", PAPER.name, PAPER.abn)
    assert (paper.buyer, paper.buyer_abn) == (BUYER.name, BUYER.abn)
    assert (paper.issue_date, paper.due_date) == (date(2026, 6, 1), date(2026, 7, 1))
    assert (paper.net_cents, paper.gst_cents, paper.total_cents) == (45_000, 4_500, 49_500)
    assert (paper.bsb, paper.account, paper.account_name) == ("062914", PAPER.account, PAPER.name)
    assert paper.order_reference == "PO-2026-77"
    assert [(one.name, one.quantity, one.net_cents) for one in paper.lines] == [
        ("Copy paper A4, carton", "10", 40_000),
        ("Envelopes DL, box", "4", 5_000),
    ]
    assert troubles(paper) == []
    assert unread(paper) == ()


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("Invoice # 2024/77", "number", "2024/77"),
        ("INVOICE NO. INV-0012", "number", "INV-0012"),
        ("Invoice date", "number", None),
        ("Date: 3/4/2026", "issue_date", date(2026, 4, 3)),
        ("Date issued 2026-04-03", "issue_date", date(2026, 4, 3)),
        ("Date: 31/02/2026", "issue_date", None),
        ("Payment due 5 Jan 2027", "due_date", date(2027, 1, 5)),
        ("Amount due $1,234.50", "total_cents", 123_450),
        ("Total 100.00\nTotal 200.00", "total_cents", None),
        ("Subtotal 90.00", "total_cents", None),
        ("GST 10% $9.00", "gst_cents", 900),
        ("BSB: 062 914", "bsb", "062914"),
        ("BSB: 000-001", "bsb", None),
        ("A/C no 1234 5678", "account", "12345678"),
        (f"ABN {PAPER.abn}", "supplier_abn", PAPER.abn),
        ("ABN 12 345 678 901", "supplier_abn", None),
        ("PO Number: 4711", "order_reference", "4711"),
    ],
)
def test_a_value_is_read_by_the_words_beside_it_and_never_guessed(
    text: str, name: str, value: object
) -> None:
    assert getattr(read(text), name) == value


def test_lines_that_do_not_make_the_total_are_one_line_of_all() -> None:
    broken = [row.replace("400.00", "399.00") for row in rows(BILL)]
    [one] = read("\n".join(broken)).lines
    assert (one.name, one.net_cents) == (WHOLE, 45_000)


def test_totals_that_contradict_each_other_give_no_line_and_that_is_said() -> None:
    paper = read("\n".join(row.replace("$495.00", "$595.00") for row in rows(BILL)))
    assert paper.lines == ()
    assert "lines is missing" in troubles(paper)
    assert "lines" in unread(paper)


@given(st.text(max_size=400) | st.lists(st.sampled_from(rows(BILL)), max_size=30).map("\n".join))
def test_whatever_stands_on_paper_gives_values_and_no_error(text: str) -> None:
    paper = read(text)
    assert paper == read(text)
    assert ubl.read(written(paper)).name == "Invoice"
    assert Paper.model_validate(paper.wire_data()) == paper


def test_what_was_confirmed_is_what_the_invoice_says() -> None:
    paper = whole()
    found = facts(ubl.read(written(paper, b"%PDF-1.4")))
    assert (found.number, found.supplier.name, found.supplier.identifier) == (
        paper.number,
        paper.supplier,
        paper.supplier_abn,
    )
    assert (found.net_cents, found.tax_cents, found.payable_cents) == (45_000, 4_500, 49_500)
    assert (found.order_reference, found.line_count) == ("PO-2026-77", 2)
    assert found.payee is not None
    assert (found.payee.branch, found.payee.account) == ("062914", PAPER.account)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": None}, "number is missing"),
        ({"supplier_abn": "12345678901"}, "supplier_abn 12345678901 is no ABN: its check sum is wrong"),
        ({"bsb": None}, "bsb and account belong together"),
        ({"gst_cents": 4_000, "total_cents": 49_000}, "GST on the lines is 45.00, not 40.00"),
        ({"total_cents": 50_000}, "the lines (450.00) and GST (45.00) are 495.00, not 500.00"),
        (
            {"lines": (PaperLine(name="x", quantity="3", price_cents=100, net_cents=200),)},
            "line 1: 3 x 1.00 is 3.00",
        ),
    ],
)
def test_why_it_is_no_invoice_yet_is_said(change: dict[str, object], said: str) -> None:
    assert said in troubles(whole().model_copy(update=change))
