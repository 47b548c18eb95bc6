from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.adapters import read_policies
from services.payments.domain.bill import Bill
from services.payments.domain.rules import Verdict
from tests.unit.payments.bills import POLICIES, bill


def judged(cents: int, **changes: Any) -> Verdict:
    return POLICIES.of("kestrel").judge(bill(cents, **changes))


@pytest.mark.parametrize(
    ("cents", "people"),
    [
        (1, 0),
        (99_999, 0),
        (100_000, 0),
        (100_001, 1),
        (999_999, 1),
        (1_000_000, 1),
        (1_000_001, 2),
        (9_999_999_999, 2),
    ],
)
def test_the_bands_decide_to_the_cent(cents: int, people: int) -> None:
    assert judged(cents).people == people


@given(st.integers(1, 10**10), st.integers(1, 10**10))
def test_a_larger_payment_never_needs_fewer_people(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert judged(low).people <= judged(high).people


def test_the_verdict_says_which_row_decided() -> None:
    verdict = judged(1_000_001)
    assert verdict.rule == "over AUD 10,000.00: 2 people"
    assert verdict.why == (
        "AUD 10,000.01 to Kestrel Paper Pty Ltd for invoice INV-7 (over AUD 10,000.00: 2 people)."
    )


@pytest.mark.parametrize(
    ("cents", "changes", "people", "words"),
    [
        (50_000, {"supplier_status": "unverified"}, 0, "no rule"),
        (50_001, {"supplier_status": "unverified"}, 1, "nobody has confirmed"),
        (50_001, {"supplier_status": "known"}, 0, "no rule"),
        (50_001, {"supplier_status": "verified"}, 0, "no rule"),
        (2_000_000, {"supplier_status": "unverified"}, 2, "over AUD 10,000.00"),
        (1, {"account_status": "differs_from_claim"}, 2, "the bank account"),
        (1, {"account_status": "claimed"}, 0, "no rule"),
        (1, {"flags": ["looks like inv-2: same total"]}, 1, "looks like another"),
        (1, {"exceptions": [{"code": "PRICE-OVER", "sentence": "dear"}]}, 1, "a mismatch"),
    ],
)
def test_what_is_known_about_a_bill_counts(
    cents: int, changes: dict[str, Any], people: int, words: str
) -> None:
    verdict = judged(cents, **changes)
    assert verdict.people == people
    assert words in verdict.rule


def test_the_strictest_row_wins_and_the_other_reasons_are_told() -> None:
    verdict = judged(200_000, supplier_status="unverified", flags=["looks like inv-2: same total"])
    assert verdict.rule == "over AUD 1,000.00: one approver"
    assert "nobody has confirmed this supplier" in verdict.why
    assert "looks like inv-2: same total" in verdict.why
    assert judged(200_000, account_status="differs_from_claim", flags=["x"]).people == 2


def test_a_row_may_name_its_role(tmp_path: Path) -> None:
    rows = "[{when: {over_cents: 0}, people: 1, role: boss}, {when: {over_cents: 10}, people: 1}]"
    policy = read_policies(local(tmp_path, f"tenants: {{kestrel: {{rules: {rows}}}}}")).of("kestrel")
    assert policy.judge(bill(100)).role == "boss"
    assert POLICIES.of("kestrel").judge(bill(100)).role == "approver"


def local(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "payments.yaml").write_text(text)
    return tmp_path


def test_a_tenant_overrides_only_what_it_writes(tmp_path: Path) -> None:
    home = local(tmp_path, "tenants: {kestrel: {expires_s: 3}}")
    policies = read_policies(home)
    assert policies.of("kestrel").expires_s == 3
    assert policies.of("kestrel").rules == policies.of("others").rules
    assert policies.of("others").expires_s == 14 * 24 * 3600


def test_a_house_default_holds_for_every_tenant(tmp_path: Path) -> None:
    home = local(tmp_path, "default: {role: boss}\ntenants: {kestrel: {expires_s: 3}}")
    policies = read_policies(home)
    assert policies.of("others").role == "boss"
    assert policies.of("kestrel").role == "boss"


def test_another_policy_is_another_version(tmp_path: Path) -> None:
    policies = read_policies(local(tmp_path, "tenants: {kestrel: {expires_s: 3}}"))
    assert policies.of("kestrel").version != policies.of("others").version
    assert policies.of("others").version == POLICIES.of("others").version


@pytest.mark.parametrize(
    "text",
    [
        "tenant: {}",
        "tenants: {kestrel: {expires: 3}}",
        "tenants: {kestrel: {bands: []}}",
        "tenants: {kestrel: {rules: [{when: {}, people: 1}]}}",
        "tenants: {kestrel: {rules: [{when: {over_cents: 5}}]}}",
        "tenants: {kestrel: {rules: [{when: {over_cents: 5}, people: 0}]}}",
        "tenants: {kestrel: {rules: [{when: {over: 5}, people: 1}]}}",
        "tenants: {kestrel: {early_payment: [{supplier: x, percent: 100, days: 3}]}}",
        "tenants: {kestrel: {cash_limit_cents: -1}}",
        "tenants: {kestrel: {payer: {name: X, account: '123'}}}",
        "[1, 2]",
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        read_policies(local(tmp_path, text))


def settings(home: Path, text: str) -> Path:
    (home / "policy").mkdir(exist_ok=True)
    (home / "policy" / "tenants.yaml").write_text(text)
    return home


def test_time_zone_and_business_days_are_the_tenants(tmp_path: Path) -> None:
    home = local(tmp_path, "tenants: {kestrel: {expires_s: 3}}")
    settings(home, "tenants: {kestrel: {place: AU-WA}, kea: {place: NZ, time_zone: Pacific/Auckland}}")
    policies = read_policies(home)
    kestrel, kea = policies.of("kestrel"), policies.of("kea")
    assert (kestrel.calendar, kestrel.time_zone, kestrel.expires_s) == ("AU-WA", "Australia/Sydney", 3)
    assert (kea.calendar, kea.time_zone) == ("NZ", "Pacific/Auckland")
    assert policies.of("others").calendar == "AU-NSW"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "tenants: {kea: {time_zone: Pacific/Auckland}}",
            r"payments, kea: `time_zone` is not.* move .*tenants\.yaml, .* as `time_zone`",
        ),
        (
            "default: {calendar: NZ}",
            r"payments, default: `calendar` is not.* move .*tenants\.yaml, .* as `place`",
        ),
    ],
)
def test_a_setting_in_the_policy_is_refused_with_its_new_place(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_policies(local(tmp_path, text))


@pytest.mark.parametrize("place", ["AU-XYZ", "FR"])
def test_a_place_whose_business_days_nobody_knows_is_refused(tmp_path: Path, place: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        read_policies(settings(tmp_path, f"tenants: {{kestrel: {{place: {place}}}}}"))


def test_a_bill_is_judged_whatever_its_texts_are() -> None:
    long = Bill.model_validate(bill(supplier="x" * 9000).model_dump())
    assert len(POLICIES.of("kestrel").judge(long).why) < 700
