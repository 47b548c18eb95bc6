"""Where each feature runs."""

from __future__ import annotations

import pytest

from finnest.apps import TOGETHER, host, hosted, placed, process_name

FEATURES = ("approvals", "gateway", "payments")


def test_without_a_wish_everything_runs_together() -> None:
    assert placed(FEATURES, []) == TOGETHER
    assert hosted(FEATURES, TOGETHER) == {"finnest": FEATURES}


def test_what_is_named_runs_apart_and_the_rest_together() -> None:
    apps = placed(FEATURES, ["payments", "payments"])
    assert apps == {"payments": "payments", "*": "finnest"}
    assert hosted(FEATURES, apps) == {"finnest": ("approvals", "gateway"), "payments": ("payments",)}


def test_when_all_are_apart_there_is_no_monolith() -> None:
    apps = placed(FEATURES, FEATURES)
    assert hosted(FEATURES, apps) == {name: (name,) for name in FEATURES}


def test_an_unknown_feature_is_named() -> None:
    with pytest.raises(LookupError, match="no feature refunds; there are approvals, gateway, payments"):
        placed(FEATURES, ["payments", "refunds"])


def test_a_feature_that_no_mapping_names_is_an_app_of_its_own_name() -> None:
    assert host("calendar", {"payments": "payments"}) == "calendar"


def test_processes_are_named_after_their_app() -> None:
    assert [process_name("sidecar", app) for app in ("finnest", "payments")] == [
        "sidecar",
        "sidecar:payments",
    ]
