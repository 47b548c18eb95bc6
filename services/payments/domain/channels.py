"""By which channel a bill wants to be paid, and whether a file of the payer's bank carries it.

Payment means as in A-NZ invoices (UNCL4461 and Guidance Note 02). What no file carries is held with the
reason, and never pressed into one. A New Zealand account with wrong check digits is paid by nobody; one at a
branch in no published range can be paid, as there are banks that opened after that was published.
"""

from __future__ import annotations

from finnest.nzaccounts import fault_of, nz_account, said_of
from services.payments.domain.bill import MAX_CENTS, Account, Bill, account_of, bsb_of, money
from services.payments.domain.payer import Payer

TRANSFERS = frozenset({"30", "58"})
DIRECT_DEBIT = "49"
CARDS = frozenset({"48", "54", "55"})
_THEN = "When it is paid, mark it as paid elsewhere."


def why_held(bill: Bill, payer: Payer) -> str | None:
    """Return the sentence that says why no file of this payer can pay the bill, or None when one can."""
    if bill.currency != payer.currency:
        written = bill.currency or "none"
        return f"Foreign currency: the account pays in {payer.currency} only; this is in {written}."
    if bill.payable_cents <= 0:
        return "Nothing is left to pay."
    if bill.payable_cents > MAX_CENTS:
        return f"A bank file carries at most {money(MAX_CENTS, payer.currency)}."
    return _why_not_by(bill.payment, payer)


def why_no_credit(bill: Bill, payer: Payer) -> str | None:
    """Return why a credit note or negative invoice cannot go off later payments, or None when it can."""
    if bill.credit_cents <= 0:
        return "This credit note credits nothing."
    if bill.currency != payer.currency:
        written = bill.currency or "none"
        return f"A credit in {written} cannot go off payments in {payer.currency}: ask for it back."
    if bill.supplier_key is None:
        return "This credit note does not say which supplier it is from."
    return None


def _why_not_by(payment: Account | None, payer: Payer) -> str | None:
    if payment is None or not payment.code:
        return "The invoice does not say how it is to be paid."
    if payment.code == DIRECT_DEBIT:
        return f"Direct debit (49): the supplier collects it. {_THEN}"
    if payment.code in CARDS:
        return f"Card ({payment.code}): usually paid at the purchase. {_THEN}"
    if payment.code not in TRANSFERS:
        return f"Payment means {payment.code} is not a credit transfer (30)."
    other = _other_channel(payment)
    return f"Channel not in this bank file: {other}" if other else _why_no_account(payment, payer)


def _other_channel(payment: Account) -> str | None:
    account = payment.account or "(none given)"
    match (payment.bsb or "").strip().upper().partition("-")[0]:
        case "NPP":
            return f"PayID {account}. Pay it in the bank's app. {_THEN}"
        case "BPAY":
            number = payment.reference or "(none given)"
            return f"BPAY biller {account}, reference {number}. Pay it by BPAY. {_THEN}"
        case "URI":
            return f"the payment website {account}. Pay it there. {_THEN}"
        case _:
            return None


def _why_no_account(payment: Account, payer: Payer) -> str | None:
    new_zealand = None if payment.bsb else nz_account(payment.account)
    if new_zealand and fault_of(new_zealand) == "digits":
        return f"{said_of(new_zealand, 'digits')} Ask the supplier."
    if payer.currency == "NZD":
        return None if new_zealand else "A New Zealand account has 15 or 16 digits and no BSB."
    if new_zealand:
        return (
            f"Channel not in this bank file: a New Zealand account. Pay it by international transfer. {_THEN}"
        )
    if not payment.bsb:
        return "The BSB is missing."
    if bsb_of(payment.bsb) is None:
        return f"The BSB {payment.bsb} is not six digits that begin with a bank's number."
    if account_of(payment.account) is None:
        return "The account number is missing or does not have one to nine digits."
    return None
