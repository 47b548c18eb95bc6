"""A bank account: as it is written, and what makes two of them the same."""

from __future__ import annotations

import re
from typing import Any

from finnest.errors import Invalid
from finnest.nzaccounts import fault_of, nz_account, said_of
from finnest.records import Record

TEXT_CHARS = 140
_CHANNEL = re.compile(r"NPP(-[A-Z]{4})?|BPAY|URI")


class Account(Record):
    """Where a supplier is paid; `bsb` is a BSB, `NPP…`, `BPAY` or `URI`, and empty in New Zealand."""

    bsb: str = ""
    account: str
    name: str = ""

    @property
    def key(self) -> str:
        """What is the same for the same account, however it is written."""
        return f"{_plain(self.bsb)}/{_plain(self.account)}"

    def __str__(self) -> str:
        return " ".join(part for part in (self.bsb, self.account) if part)


def on_invoice(payment: dict[str, Any] | None) -> Account | None:
    """Return the account in an invoice's payment instruction, or None when it names none."""
    account = str((payment or {}).get("account") or "").strip()
    if payment is None or not account:
        return None
    return Account(
        bsb=str(payment.get("bsb") or "").strip()[:TEXT_CHARS],
        account=account[:TEXT_CHARS],
        name=str(payment.get("name") or "")[:TEXT_CHARS],
    )


def by_person(bsb: str, account: str, name: str) -> Account:
    """Return the account that a person entered.

    Raises:
        Invalid: It is no Australian or New Zealand account and no channel that invoices name.
    """
    channel = bsb.strip().upper()
    if _CHANNEL.fullmatch(channel) and account.strip():
        return Account(bsb=channel, account=account.strip(), name=name.strip())
    digits, number = _plain(bsb), _plain(account)
    if digits:
        if not re.fullmatch(r"[0-9]{6}", digits):
            raise Invalid("bad-bsb", "a BSB has six digits")
        if not re.fullmatch(r"[0-9]{1,9}", number) or not number.strip("0"):
            raise Invalid("bad-account", "an Australian account number has one to nine digits")
        return Account(bsb=f"{digits[:3]}-{digits[3:]}", account=number, name=name.strip())
    if nz_account(number) is None:
        raise Invalid("bad-account", "give BSB and account, or a New Zealand account of 15 or 16 digits")
    if fault_of(number) == "digits":
        raise Invalid("bad-account", said_of(number, "digits"))
    return Account(account=number, name=name.strip())


def _plain(text: str) -> str:
    return re.sub(r"[\s-]", "", text).upper()
