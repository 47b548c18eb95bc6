"""Judgement before money leaves: how many people must approve a payment. The table is `policy.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from finnest.ids import digest
from finnest.records import Record
from services.payments.domain.bill import Bill, account_of, bsb_of, money


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


def _exact_bsb(text: str) -> str:
    bsb = bsb_of(text)
    if bsb is None:
        raise ValueError("a BSB has six digits")
    return bsb


def _exact_account(text: str) -> str:
    account = account_of(text)
    if account is None:
        raise ValueError("an account number has one to nine digits")
    return account


class _Written(Record):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Band(_Written):
    """Amounts up to a bound (inclusive) and how many people must approve them."""

    up_to_cents: int | None = Field(default=None, ge=0)
    people: int = Field(ge=0, le=9)


class Payer(_Written):
    """The account that pays, and what the bank wants to read in a file."""

    name: str = Field(min_length=1)
    bank: str = Field(pattern=r"^[A-Z]{3}$")
    user_id: str = Field(pattern=r"^[0-9]{6}$")
    bsb: Annotated[str, AfterValidator(_exact_bsb)]
    account: Annotated[str, AfterValidator(_exact_account)]
    remitter: str = Field(min_length=1)
    description: str = "CREDITORS"


class Policy(_Written):
    """The policy of one tenant."""

    bands: tuple[Band, ...]
    role: str
    expires_s: int = Field(gt=0)
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    payer: Payer

    @model_validator(mode="after")
    def _bands_ascend(self) -> Policy:
        bounds = [band.up_to_cents for band in self.bands]
        if not bounds or bounds[-1] is not None or None in bounds[:-1]:
            raise ValueError("the last band, and only the last, has no up_to_cents")
        inner = [bound for bound in bounds if bound is not None]
        if inner != sorted(set(inner)):
            raise ValueError("bands ascend by up_to_cents")
        return self

    @property
    def version(self) -> str:
        """Names exactly this policy; part of what people approve."""
        return digest(self.model_dump_json())


class Verdict(Record):
    """What the policy says about one payment."""

    people: int
    rule: str
    """The band that decided, in words."""
    why: str


class Policies:
    """The policy of every tenant: what is written for it, over the default."""

    def __init__(
        self, default: Mapping[str, Any], tenants: Mapping[str, Mapping[str, Any]] | None = None
    ) -> None:
        self._default = Policy.model_validate(dict(default))
        self._tenants = {
            tenant: Policy.model_validate({**default, **own}) for tenant, own in (tenants or {}).items()
        }

    def of(self, tenant: str) -> Policy:
        """Return the tenant's policy."""
        return self._tenants.get(tenant, self._default)


def judge(payment: Bill, policy: Policy) -> Verdict:
    """Return how many people must approve the payment, and by which band."""
    lower = -1
    for band in policy.bands:
        if band.up_to_cents is None or payment.payable_cents <= band.up_to_cents:
            return _verdict(payment, band, lower)
        lower = band.up_to_cents
    raise AssertionError("the last band has no bound")


def _verdict(payment: Bill, band: Band, lower: int) -> Verdict:
    if band.up_to_cents is not None:
        rule = f"up to {money(band.up_to_cents)}: {_people(band.people)}"
    else:
        rule = f"over {money(lower)}: {_people(band.people)}" if lower >= 0 else "any amount"
    why = f"{payment.amount} to {payment.supplier} for invoice {payment.number} ({rule})."
    return Verdict(people=band.people, rule=rule, why=why)


def _people(count: int) -> str:
    match count:
        case 0:
            return "no approval"
        case 1:
            return "one approver"
        case _:
            return f"{count} people"
