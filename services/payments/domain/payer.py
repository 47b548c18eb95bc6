"""The account that pays, and what its bank wants to read in a file."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from finnest.nzaccounts import nz_account
from finnest.records import Record
from services.payments.domain.bill import account_of, bsb_of

Format = Literal["aba", "pain.001"]


class Written(Record):
    """Something a person writes in a policy: a field that nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Payer(Written):
    """An Australian account (BSB and number) or a New Zealand one (15 or 16 digits, no BSB)."""

    name: str = Field(min_length=1)
    account: str
    bsb: str = ""
    bank: str = Field(default="", pattern=r"^([A-Z]{3})?$")
    """Three letters; for ABA only, like the two that follow."""
    user_id: str = Field(default="", pattern=r"^([0-9]{6})?$")
    remitter: str = ""
    description: str = "CREDITORS"

    @property
    def currency(self) -> Literal["AUD", "NZD"]:
        """What the account pays in."""
        return "AUD" if self.bsb else "NZD"

    @property
    def formats(self) -> tuple[Format, ...]:
        """The files its bank takes: direct entry (ABA) is Australian."""
        return ("aba", "pain.001") if self.bsb else ("pain.001",)

    @model_validator(mode="before")
    @classmethod
    def _exact(cls, given: dict[str, object]) -> dict[str, object]:
        bsb, account = str(given.get("bsb") or ""), str(given.get("account") or "")
        if not bsb:
            number = nz_account(account)
            if number is None:
                raise ValueError("without a BSB, the account is a New Zealand one of 15 or 16 digits")
            return {**given, "bsb": "", "account": number}
        found, number = bsb_of(bsb), account_of(account)
        if found is None or number is None:
            raise ValueError("a BSB has six digits, and an account number one to nine")
        if not (given.get("bank") and given.get("user_id") and given.get("remitter")):
            raise ValueError("an Australian account needs bank, user_id and remitter for its ABA file")
        return {**given, "bsb": found, "account": number}
