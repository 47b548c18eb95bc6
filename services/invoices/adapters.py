"""The ports of invoices: Judge over worker processes, Days by the zones that payments' policy names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from finnest.errors import Throttled, Unavailable
from finnest.ports import Clock
from services.invoices.documents.findings import Report
from services.invoices.judging import workers
from services.invoices.ports import LARGE_BYTES, Days, Judge

DEFAULT_ZONE = "Australia/Sydney"
"""Where no policy names another, as when payments is not installed."""


class WorkerJudge(Judge):
    """Judges documents in processes of their own, so that no document harms another."""

    def __init__(self, judges: workers.Judges, large: workers.Judges) -> None:
        self._judges = judges
        self._large = large

    async def judge(self, body: bytes, today: date, ruleset: str | None = None) -> Report:
        judges = self._large if len(body) > LARGE_BYTES else self._judges
        try:
            return await judges.judge(body, ruleset, today)
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
        ValueError: A file names a zone that does not exist; the message says which.
    """
    default, tenants = DEFAULT_ZONE, dict[str, ZoneInfo]()
    for path in (services / "payments" / "policy.yaml", home / "policy" / "payments.yaml"):
        content = _mapping(yaml.safe_load(path.read_text())) if path.exists() else {}
        default = str(_mapping(content.get("default")).get("time_zone", default))
        _zone(path, default)
        for tenant, own in _mapping(content.get("tenants")).items():
            named = _mapping(own).get("time_zone")
            if named is not None:
                tenants[tenant] = _zone(path, str(named))
    return PolicyDays(clock, ZoneInfo(default), tenants)


def _zone(path: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{path}: there is no time zone {name!r}") from error


def _mapping(value: object) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}
