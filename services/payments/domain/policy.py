"""The policy of each tenant: who must approve, when is paid, from which account.

It stands in `policy.yaml`, but for `time_zone` and `calendar`, which are settings of the tenant (`finnest.tenants`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from finnest.ids import digest
from services.payments.domain.bill import Bill
from services.payments.domain.days import Calendar, Closed, calendar_of
from services.payments.domain.payer import Payer, Written
from services.payments.domain.rules import Row, Verdict, judge
from services.payments.domain.terms import EarlyPayment


def _known_zone(name: str) -> str:
    ZoneInfo(name)
    return name


def _known_calendar(name: str) -> str:
    return calendar_of(name).name


class Policy(Written):
    """The policy of one tenant."""

    rules: tuple[Row, ...]
    role: str
    expires_s: int = Field(gt=0)
    time_zone: Annotated[str, AfterValidator(_known_zone)]
    calendar: Annotated[str, AfterValidator(_known_calendar)]
    terms_days: int = Field(ge=0, le=366)
    early_payment: tuple[EarlyPayment, ...] = ()
    cash_limit_cents: int | None = Field(default=None, ge=0)
    payer: Payer

    @property
    def version(self) -> str:
        """Names exactly this policy; part of what people approve."""
        return digest(self.model_dump_json())

    def business_days(self, closed: Closed | None) -> Calendar:
        """Return the calendar, with what a command brings along of it."""
        return Calendar(self.calendar, closed)

    def judge(self, bill: Bill) -> Verdict:
        """Return who must approve a bill."""
        return judge(bill, self.rules, self.role)


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
