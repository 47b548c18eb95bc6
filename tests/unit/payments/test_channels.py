from typing import Any

import pytest

from services.payments.domain.bill import Bill
from services.payments.domain.channels import why_held, why_no_credit
from services.payments.domain.payer import Payer
from tests.unit.payments.bills import ACCOUNT, POLICIES, bill

PAYER = POLICIES.of("kestrel").payer
NZ_PAYER = Payer(name="Kea Ltd", account="12-3456-0123456-012")
NZ_ACCOUNT = {"code": "30", "account": "1234560123459012"}


def held(**changes: Any) -> str | None:
    return why_held(bill(**changes), PAYER)


def test_an_ordinary_invoice_is_payable() -> None:
    assert held() is None
    assert held(payment={**ACCOUNT, "code": "58"}) is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"currency": "NZD"}, "Foreign currency"),
        ({"currency": "EUR"}, "EUR"),
        ({"currency": ""}, "none"),
        ({"payable_cents": 0}, "Nothing"),
        ({"payable_cents": 100_000_000_00}, "at most"),
        ({"payment": None}, "does not say how"),
        ({"payment": {**ACCOUNT, "code": "49"}}, "Direct debit (49)"),
        ({"payment": {**ACCOUNT, "code": "48"}}, "Card (48)"),
        ({"payment": {**ACCOUNT, "code": "54"}}, "Card (54)"),
        ({"payment": {**ACCOUNT, "code": "55"}}, "Card (55)"),
        ({"payment": {**ACCOUNT, "code": "10"}}, "Payment means 10"),
        ({"payment": {**ACCOUNT, "code": None}}, "does not say how"),
        ({"payment": {**ACCOUNT, "bsb": None}}, "BSB is missing"),
        ({"payment": {**ACCOUNT, "bsb": "12345"}}, "six digits"),
        ({"payment": {**ACCOUNT, "bsb": "000-000"}}, "six digits"),
        ({"payment": {**ACCOUNT, "bsb": "NPP-EMAL", "account": "a@b.au"}}, "bank file: PayID a@b.au"),
        ({"payment": {**ACCOUNT, "bsb": "NPP", "account": "0400"}}, "bank file: PayID 0400"),
        ({"payment": {**ACCOUNT, "bsb": "BPAY", "account": "12345"}}, "BPAY biller 12345, reference INV-7"),
        ({"payment": {**ACCOUNT, "bsb": "URI", "account": "https://example.com"}}, "website"),
        ({"payment": {**ACCOUNT, "account": "1234567890"}}, "account number"),
        ({"payment": {**ACCOUNT, "account": "000"}}, "account number"),
        ({"payment": {**ACCOUNT, "account": None}}, "account number"),
        ({"payment": NZ_ACCOUNT}, "bank file: a New Zealand account"),
    ],
)
def test_what_a_bank_file_cannot_pay_is_held_with_a_reason(changes: dict[str, Any], words: str) -> None:
    assert words in (held(**changes) or "")


def test_a_new_zealand_account_pays_new_zealand_accounts_in_its_own_currency() -> None:
    assert NZ_PAYER.currency == "NZD"
    assert NZ_PAYER.formats == ("pain.001",)
    assert why_held(bill(currency="NZD", payment=NZ_ACCOUNT), NZ_PAYER) is None
    assert "New Zealand account" in (why_held(bill(currency="NZD"), NZ_PAYER) or "")
    assert "Foreign currency" in (why_held(bill(), NZ_PAYER) or "")


def test_a_new_zealand_account_with_wrong_check_digits_is_paid_by_nobody() -> None:
    wrong = {**NZ_ACCOUNT, "account": "12-3456-0123456-012"}
    for payer, currency in ((NZ_PAYER, "NZD"), (PAYER, "AUD")):
        said = why_held(bill(currency=currency, payment=wrong), payer) or ""
        assert said.startswith("The New Zealand account 12-3456-0123456-012 does not have the right check")


def test_a_new_zealand_account_at_a_branch_that_opened_since_can_be_paid() -> None:
    assert (
        why_held(bill(currency="NZD", payment={**NZ_ACCOUNT, "account": "05-8884-0068389-00"}), NZ_PAYER)
        is None
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"payable_cents": 0}, "nothing"),
        ({"payable_cents": -5}, "nothing"),
        ({"currency": "NZD"}, "NZD"),
        ({"supplier_id": None}, "which supplier"),
    ],
)
def test_a_credit_note_that_cannot_go_off_is_held(changes: dict[str, Any], words: str) -> None:
    fields: dict[str, Any] = {"kind": "credit_note", "supplier_id": "0151:51824753556", **changes}
    note: Bill = bill(**fields)
    assert words in (why_no_credit(note, PAYER) or "")


@pytest.mark.parametrize(
    "account",
    [
        {"account": "123"},
        {"bsb": "032-000", "account": "1234567890", "bank": "WBC", "user_id": "301500", "remitter": "X"},
        {"bsb": "32", "account": "123", "bank": "WBC", "user_id": "301500", "remitter": "X"},
        {"bsb": "032-000", "account": "123"},
        {"bsb": "032-000", "account": "123", "bank": "Westpac", "user_id": "301500", "remitter": "X"},
    ],
)
def test_a_payer_that_no_bank_knows_is_refused(account: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"account|BSB|pattern"):
        Payer.model_validate({"name": "X", **account})
