"""What lies in the future is told by the tenant's own calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from finnest.dev.home import SERVICES
from finnest.ports import Clock, EffectCall
from finnest.testing import MemoryBlobs, MemoryCommands, Stage
from services.invoices.adapters import DEFAULT_ZONE, read_days
from services.invoices.agent import Clerk
from services.invoices.documents.findings import Report
from services.invoices.documents.ubl import read
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.totals import Totals
from services.invoices.judging.own_rules import check
from services.invoices.ports import Judge
from tests.data.ubl_documents import Bill

OWN = {
    "tenants": {
        "kea": {"time_zone": "Pacific/Auckland"},
        "swan": {"time_zone": "Australia/Perth"},
        "kestrel": {"expires_s": 3},
    }
}
LATE_IN_AUCKLAND = datetime(2026, 6, 1, 11, 30, tzinfo=UTC)
LATE_IN_PERTH = datetime(2026, 6, 1, 15, 30, tzinfo=UTC)
FIRST, SECOND = date(2026, 6, 1), date(2026, 6, 2)


class Stopped(Clock):
    """A clock that stands still."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "policy").mkdir()
    (tmp_path / "policy" / "payments.yaml").write_text(yaml.safe_dump(OWN))
    return tmp_path


@pytest.mark.parametrize(
    ("at", "tenant", "today"),
    [
        (LATE_IN_AUCKLAND, "kea", FIRST),
        (LATE_IN_AUCKLAND + timedelta(hours=1), "kea", SECOND),
        (LATE_IN_AUCKLAND + timedelta(hours=1), "kestrel", FIRST),
        (LATE_IN_AUCKLAND + timedelta(hours=1), "swan", FIRST),
        (LATE_IN_PERTH, "swan", FIRST),
        (LATE_IN_PERTH, "kestrel", SECOND),
        (LATE_IN_PERTH, "kea", SECOND),
        (LATE_IN_PERTH + timedelta(hours=1), "swan", SECOND),
    ],
)
def test_today_is_the_date_where_the_tenant_is(home: Path, at: datetime, tenant: str, today: date) -> None:
    assert read_days(SERVICES, home, Stopped(at)).today(tenant) == today


@pytest.mark.parametrize(
    ("at", "tenant", "rules"),
    [
        # Issued on 3 June: two days ahead in Perth and, before midnight, in Auckland.
        (LATE_IN_PERTH, "swan", ["FN-DATE-FUTURE"]),
        (LATE_IN_PERTH, "kestrel", []),
        (LATE_IN_AUCKLAND, "kea", ["FN-DATE-FUTURE"]),
        (LATE_IN_AUCKLAND + timedelta(hours=1), "kea", []),
        (LATE_IN_AUCKLAND + timedelta(hours=1), "kestrel", ["FN-DATE-FUTURE"]),
    ],
)
def test_a_date_lies_in_the_future_by_the_day_there(
    home: Path, at: datetime, tenant: str, rules: list[str]
) -> None:
    document = read(Bill("A-1", issued=date(2026, 6, 3)).xml())
    today = read_days(SERVICES, home, Stopped(at)).today(tenant)
    assert [finding.rule for finding in check(document, today)] == rules


class Noting(Judge):
    """A judge that notes by which date it judges."""

    def __init__(self) -> None:
        self.days: list[date] = []

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        self.days.append(today)
        return Report(ruleset="pint-anz", valid=True, findings=())


async def test_a_document_is_judged_by_the_date_of_its_tenant(home: Path) -> None:
    stage, blobs, judge = Stage("invoices", [Invoices(), Totals()]), MemoryBlobs(), Noting()
    commands = MemoryCommands("invoices", stage.turns, stage.clock)
    clerk = Clerk(blobs, commands, judge, read_days(SERVICES, home, Stopped(LATE_IN_PERTH)))
    for tenant in ("swan", "kea"):
        sha256 = await blobs.put(tenant, Bill("A-1").xml())
        await clerk.check(EffectCall(tenant, "inv-1", "inv-1@1/0", {"sha256": sha256}, ""))
    assert judge.days == [FIRST, SECOND]


def test_the_default_is_what_payments_ships_and_what_a_home_changes(tmp_path: Path) -> None:
    shipped = yaml.safe_load((SERVICES / "payments" / "policy.yaml").read_text())["default"]["time_zone"]
    assert shipped == DEFAULT_ZONE
    (tmp_path / "policy").mkdir()
    own = tmp_path / "policy" / "payments.yaml"
    own.write_text(yaml.safe_dump({"default": {"time_zone": "Pacific/Auckland"}}))
    assert read_days(SERVICES, tmp_path, Stopped(LATE_IN_PERTH - timedelta(hours=3))).today("any") == SECOND


def test_without_payments_there_is_a_day_all_the_same(tmp_path: Path) -> None:
    assert read_days(tmp_path, tmp_path, Stopped(LATE_IN_PERTH)).today("any") == SECOND


@pytest.mark.parametrize("zone", ["Australia/Atlantis", "../etc", ""])
def test_a_zone_that_does_not_exist_is_said_at_the_start(tmp_path: Path, zone: str) -> None:
    (tmp_path / "policy").mkdir()
    own = tmp_path / "policy" / "payments.yaml"
    own.write_text(yaml.safe_dump({"tenants": {"kea": {"time_zone": zone}}}))
    with pytest.raises(ValueError, match="there is no time zone"):
        read_days(SERVICES, tmp_path, Stopped(LATE_IN_PERTH))
