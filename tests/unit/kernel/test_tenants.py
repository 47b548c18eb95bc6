"""Where a tenant is: settings that an installation changes for everybody or for one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from finnest.tenants import read_tenants, shipped_tenants

EVENING = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)


def written(home: Path, text: str) -> Path:
    (home / "policy").mkdir()
    (home / "policy" / "tenants.yaml").write_text(text)
    return home


def test_without_a_file_every_tenant_is_where_the_shipped_one_is(tmp_path: Path) -> None:
    one = read_tenants(tmp_path).of("anybody")
    assert one == shipped_tenants().of("anybody")
    assert (one.time_zone, one.place, one.currency) == ("Australia/Sydney", "AU-NSW", "AUD")


def test_a_tenant_changes_only_what_it_writes(tmp_path: Path) -> None:
    text = "default: {place: AU-VIC}\ntenants: {kea: {time_zone: Pacific/Auckland, place: NZ, currency: NZD}, swan: }"
    tenants = read_tenants(written(tmp_path, text))
    assert (tenants.of("kea").place, tenants.of("kea").currency) == ("NZ", "NZD")
    assert (tenants.of("swan").place, tenants.of("swan").currency) == ("AU-VIC", "AUD")
    assert tenants.of("others").place == "AU-VIC"


def test_the_date_is_that_where_the_tenant_is(tmp_path: Path) -> None:
    tenants = read_tenants(written(tmp_path, "tenants: {swan: {time_zone: Australia/Perth}}"))
    assert tenants.of("swan").day(EVENING) == date(2026, 6, 1)
    assert tenants.of("others").day(EVENING) == date(2026, 6, 2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tenants: {kea: {time_zone: Australia/Atlantis}}", "kea, time_zone: .*there is no time zone"),
        ("tenants: {kea: {time_zone: ../etc}}", "kea, time_zone: .*there is no time zone"),
        ("tenants: {kea: {time_zone: ''}}", "kea, time_zone"),
        ("default: {currency: dollars}", "default, currency"),
        ("tenants: {kea: {place: Sydney}}", "kea, place"),
        ("tenants: {kea: {country: NZ}}", "kea, country: Extra inputs"),
        ("tenant: {}", "only `default` and `tenants`"),
    ],
)
def test_what_does_not_exist_is_said_at_the_start(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_tenants(written(tmp_path, text))
