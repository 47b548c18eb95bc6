import json

from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.bill import (
    TEXT_BYTES,
    TEXT_CHARS,
    Bill,
    account_of,
    bsb_of,
    money,
)


@given(st.text(max_size=20))
def test_a_bsb_is_six_digits_or_none(text: str) -> None:
    bsb = bsb_of(text)
    assert bsb is None or (len(bsb) == 7 and bsb[3] == "-" and bsb.isascii())
    assert bsb is None or bsb_of(bsb) == bsb


@given(st.text(max_size=20))
def test_an_account_number_is_one_to_nine_digits_or_none(text: str) -> None:
    account = account_of(text)
    assert account is None or (1 <= len(account) <= 9 and account.isascii() and account.isdigit())


def test_money_reads_as_people_write_it() -> None:
    assert money(165_000) == "AUD 1,650.00"
    assert money(-5) == "AUD -0.05"


@given(st.text(max_size=1_000))
def test_a_text_is_bounded_in_letters_and_in_bytes(text: str) -> None:
    kept = Bill(invoice_id="inv-1", kind="invoice", supplier=text).supplier
    assert kept == text or text.startswith(kept.removesuffix("…"))
    assert len(kept) <= TEXT_CHARS
    assert len(json.dumps(kept)) <= TEXT_BYTES + 2


def test_remarks_are_sentences_whatever_form_they_come_in() -> None:
    given_ = [{"code": "PRICE-OVER", "sentence": "dear"}, {"code": "LINE"}, "odd", "a fourth"]
    bill = Bill.model_validate({"invoice_id": "inv-1", "kind": "invoice", "exceptions": given_})
    assert bill.exceptions == ("dear", "LINE", "odd")
    assert Bill.model_validate({"invoice_id": "i", "kind": "invoice", "flags": "no list"}).flags == ()


def test_a_credit_note_and_a_negative_invoice_are_what_the_supplier_owes() -> None:
    def bill(kind: str, cents: int) -> Bill:
        return Bill.model_validate({"invoice_id": "i", "kind": kind, "payable_cents": cents})

    assert (bill("credit_note", 500).credit_cents, bill("credit_note", 500).is_credit) == (500, True)
    assert (bill("invoice", -500).credit_cents, bill("invoice", -500).is_credit) == (500, True)
    assert (bill("invoice", 500).credit_cents, bill("invoice", 500).is_credit) == (0, False)
    assert (bill("credit_note", -500).credit_cents, bill("credit_note", -500).is_credit) == (0, True)
