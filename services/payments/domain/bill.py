"""What is to be paid, and how amounts and accounts are written."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BeforeValidator

from finnest.records import Record
from finnest.texts import shortened

TEXT_CHARS = 140
TEXT_BYTES = 280
"""Of a text in JSON, where a foreign letter takes six: no name makes a stream too big."""
REMARKS = 3
MAX_CENTS = 99_999_999_99
"""The largest amount of one record, and of one file, in the Cemtex format (ten digits of cents)."""


def _cut(text: str) -> str:
    return shortened(text[:TEXT_CHARS], TEXT_BYTES)


Text = Annotated[str, AfterValidator(_cut)]


def _sentences(given: object) -> object:
    """Return the first sentences of a list of texts, or of findings that have one."""
    if not isinstance(given, list | tuple):
        return ()
    found: list[str] = []
    for one in cast("list[Any]", given)[:REMARKS]:
        says = cast("dict[str, Any]", one) if isinstance(one, dict) else {}
        found.append(str(says.get("sentence") or says.get("code") or one))
    return tuple(found)


Remarks = Annotated[tuple[Text, ...], BeforeValidator(_sentences)]


class Account(Record):
    """The payment instruction of an invoice, as it was written there."""

    code: Text | None = None
    """UNCL4461; 30 is a credit transfer."""
    bsb: Text | None = None
    account: Text | None = None
    name: Text | None = None
    reference: Text | None = None

    @property
    def key(self) -> str:
        """What is the same for the same account, however it is written; empty when none is named."""
        bsb, account = (re.sub(r"[\s-]", "", text or "").upper() for text in (self.bsb, self.account))
        return f"{bsb}/{account}" if account else ""


class Bill(Record):
    """An invoice or a credit note as far as paying goes."""

    invoice_id: str
    number: Text = "(without number)"
    supplier: Text = "(without name)"
    supplier_id: Text | None = None
    supplier_ref: Text | None = None
    supplier_status: Text | None = None
    """`unverified`, `known` or `verified`; None when nobody said."""
    account_status: Text | None = None
    """`none`, `claimed`, `differs_from_claim`, `confirmed` or `differs_from_confirmed`; None when nobody said."""
    flags: Remarks = ()
    """What makes it look like another invoice."""
    exceptions: Remarks = ()
    """Mismatches with order and receipt that a person has accepted."""
    accepted_by: str = ""
    """Who accepted them; they do not approve the payment as well."""
    kind: Literal["invoice", "credit_note"]
    currency: Text = ""
    payable_cents: int = 0
    issue_date: date | None = None
    due_date: date | None = None
    payment: Account | None = None
    order_reference: Text | None = None
    submitted_by: str = ""
    intake: bool = False
    """True when who submitted it only passed it on: then it is nobody's own request."""

    @property
    def amount(self) -> str:
        """The amount as people write it: `AUD 1,650.00`."""
        return money(self.payable_cents, self.currency)

    @property
    def credit_cents(self) -> int:
        """What the supplier owes: a credit note's amount, or a negative invoice's; 0 for others."""
        owed = self.payable_cents if self.kind == "credit_note" else -self.payable_cents
        return max(owed, 0)

    @property
    def is_credit(self) -> bool:
        """Whether it lowers what is paid instead of being paid."""
        return self.kind == "credit_note" or self.credit_cents > 0

    @property
    def supplier_key(self) -> str | None:
        """What is the same for all bills of a supplier; None when the bill does not say who it is."""
        return self.supplier_ref or self.supplier_id


def money(cents: int, currency: str = "AUD") -> str:
    """Return an amount as people write it: `AUD 1,650.00`."""
    sign = "-" if cents < 0 else ""
    return f"{currency} {sign}{abs(cents) // 100:,}.{abs(cents) % 100:02d}"


def bsb_of(text: str | None) -> str | None:
    """Return a BSB as `nnn-nnn`, or None when it is none; its first two digits are a bank, from 01 on."""
    digits = re.sub(r"[\s-]", "", text or "")
    good = re.fullmatch(r"[0-9]{6}", digits) and not digits.startswith("00")
    return f"{digits[:3]}-{digits[3:]}" if good else None


def account_of(text: str | None) -> str | None:
    """Return an Australian account number of 1 to 9 digits, or None when it is none."""
    digits = re.sub(r"[\s-]", "", text or "")
    good = re.fullmatch(r"[0-9]{1,9}", digits) and digits.strip("0")
    return digits if good else None
