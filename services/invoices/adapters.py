"""The ports of invoices: Judge over worker processes, Days by the zones that payments' policy names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from finnest.errors import Throttled, Unavailable
from finnest.policies import read_policy
from finnest.ports import Clock
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.judging.heavy import is_heavy
from services.invoices.ports import Days, Judge

DEFAULT_ZONE = "Australia/Sydney"
"""Where no policy names another, as when payments is not installed."""


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges, large: workers.Judges) -> None:
        self._judges = judges
        self._large = large

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        judges = self._large if is_heavy(body) else self._judges
        try:
            return await judges.judge(body, ruleset, today, sender)
        except workers.Unavailable as away:
            raise Unavailable(away.slug, str(away)) from away
        except workers.Busy as busy:
            raise Throttled(busy.slug, str(busy)) from busy


class PolicyDays(Days):
    """Tells each tenant's date by its time zone."""

    def __init__(self, clock: Clock, default: ZoneInfo, tenants: Mapping[str, ZoneInfo]) -> None:
        self._clock = clock
        self._default = default
        self._tenants = tenants

    def today(self, tenant: str) -> date:
        zone = self._tenants.get(tenant, self._default)
        return self._clock.now().astimezone(zone).date()


def read_days(services: Path, home: Path, clock: Clock) -> PolicyDays:
    """Return the days of all tenants, by the `time_zone` of the policy that payments reads.

    That is `payments/policy.yaml` in the folder of features, and what `<home>/policy/payments.yaml` changes:
    its `default` for everybody, its `tenants` for one.

    Raises:
        ValueError: A file has another shape or names a zone that does not exist; the message says which.
    """
    default, tenants = read_policy(services / "payments" / "policy.yaml", home, "payments")
    zones = {
        name: _zone(own["time_zone"]) for name, own in tenants.items() if own.get("time_zone") is not None
    }
    return PolicyDays(clock, _zone(default.get("time_zone", DEFAULT_ZONE)), zones)


def _zone(name: object) -> ZoneInfo:
    try:
        return ZoneInfo(str(name))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"policy of payments: there is no time zone {name!r}") from error
