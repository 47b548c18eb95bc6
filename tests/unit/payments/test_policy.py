from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.adapters import read_policies
from services.payments.domain.bill import Bill
from services.payments.domain.policy import judge
from tests.unit.payments.bills import POLICIES, bill


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
    assert judge(bill(cents), POLICIES.of("kestrel")).people == people


@given(st.integers(1, 10**10), st.integers(1, 10**10))
def test_a_larger_payment_never_needs_fewer_people(one: int, other: int) -> None:
    policy = POLICIES.of("kestrel")
    low, high = sorted((one, other))
    assert judge(bill(low), policy).people <= judge(bill(high), policy).people


def test_the_verdict_says_which_band_decided() -> None:
    verdict = judge(bill(1_000_001), POLICIES.of("kestrel"))
    assert verdict.rule == "over AUD 10,000.00: 2 people"
    assert verdict.why == (
        "AUD 10,000.01 to Kestrel Paper Pty Ltd for invoice INV-7 (over AUD 10,000.00: 2 people)."
    )


def local(tmp_path: Path, text: str) -> Path:
    folder = tmp_path / "policy"
    folder.mkdir()
    (folder / "payments.yaml").write_text(text)
    return tmp_path


def test_a_tenant_overrides_only_what_it_writes(tmp_path: Path) -> None:
    home = local(tmp_path, "tenants: {kestrel: {expires_s: 3}}")
    policies = read_policies(home)
    assert policies.of("kestrel").expires_s == 3
    assert policies.of("kestrel").bands == policies.of("others").bands
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
        "tenants: {kestrel: {bands: [{up_to_cents: 5, people: 1}]}}",
        "tenants: {kestrel: {bands: [{people: 1}, {people: 2}]}}",
        "tenants: {k: {bands: [{up_to_cents: 9, people: 1}, {up_to_cents: 5, people: 1}, {people: 2}]}}",
        "tenants: {kestrel: {time_zone: Mars/Base}}",
        "[1, 2]",
    ],
)
def test_a_policy_that_does_not_hold_together_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        read_policies(local(tmp_path, text))


def test_a_bill_is_judged_whatever_its_texts_are() -> None:
    long = Bill.model_validate(bill(supplier="x" * 9000).model_dump())
    assert len(judge(long, POLICIES.of("kestrel")).why) < 400
