"""What `finnest new` makes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from finnest.dev.errors import SetupError
from finnest.dev.scaffold import PREFERRED, RESERVED, SUMMARY, make, plan
from finnest.manifest import Manifest, PublicPath, read

ORDERS = Manifest(
    name="orders",
    summary="Takes orders.",
    publishes=("orders.placed.v1",),
    public=(PublicPath(method="GET", path="/v1/receipts/{id}"),),
)


@pytest.mark.parametrize(
    "name", ["Refunds", "re-funds", "re.funds", "../refunds", "r", "9lives", "x" * 25, "class"]
)
def test_a_name_that_fits_no_key_or_import_is_refused(name: str) -> None:
    with pytest.raises(SetupError, match="cannot be the name of a feature"):
        plan(name, None, SUMMARY, [])


@pytest.mark.parametrize("name", sorted(RESERVED))
def test_a_name_that_means_something_else_is_refused(name: str) -> None:
    with pytest.raises(SetupError, match="means something else"):
        plan(name, None, SUMMARY, [])


def test_a_name_or_a_path_that_another_feature_has_is_refused() -> None:
    with pytest.raises(SetupError, match="There is a feature orders already"):
        plan("orders", None, SUMMARY, [ORDERS])
    with pytest.raises(SetupError, match="The path /v1/receipts belongs to orders"):
        plan("receipts", None, SUMMARY, [ORDERS])


@pytest.mark.parametrize("agent", ["Steward", "note", "two words", "class"])
def test_a_role_that_is_no_class_of_its_own_is_refused(agent: str) -> None:
    with pytest.raises(SetupError, match="cannot be the role of an agent"):
        plan("refunds", agent, SUMMARY, [])


@pytest.mark.parametrize("summary", ["", "x" * 91, 'says "no"', "back\\slash", "two\nlines"])
def test_a_summary_that_breaks_a_file_is_refused(summary: str) -> None:
    with pytest.raises(SetupError, match="The summary does not fit"):
        plan("refunds", None, summary, [])


def test_nothing_that_exists_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "tests" / "refunds").mkdir(parents=True)
    with pytest.raises(SetupError, match="exists already"):
        make(plan("refunds", None, SUMMARY, []), tmp_path / "services", tmp_path / "tests")
    assert not (tmp_path / "services").exists()


def test_it_listens_to_what_somebody_publishes(tmp_path: Path) -> None:
    preferred = Manifest(name="invoices", summary="Takes invoices.", publishes=("invoices.x.v1", PREFERRED))
    assert plan("refunds", None, SUMMARY, [ORDERS, preferred]).hears == PREFERRED
    assert plan("refunds", None, SUMMARY, [ORDERS]).hears == "orders.placed.v1"
    alone = plan("refunds", None, SUMMARY, [])
    make(alone, tmp_path / "services", tmp_path / "tests")
    assert read(tmp_path / "services" / "refunds" / "feature.yaml").consumes == ()


def test_the_manifest_says_what_was_asked_for(tmp_path: Path) -> None:
    files = make(
        plan("refunds", "refunder", "Gives money back: isn't it? # yes", [ORDERS]), tmp_path, tmp_path / "t"
    )
    manifest = read(tmp_path / "refunds" / "feature.yaml")
    assert manifest.summary == "Gives money back: isn't it? # yes"
    assert manifest.agent == "refunder"
    assert manifest.consumes[0].take == manifest.commands[0] == "refunds.keep.v1"
    assert {path.name for path in files} == {
        "__init__.py",
        "feature.yaml",
        "guard.yaml",
        "domain.py",
        "agent.py",
        "views.py",
        "api.py",
        "tools.py",
        "main.py",
        "test_domain.py",
    }


def test_without_an_agent_the_rules_stand_in_the_domain(tmp_path: Path) -> None:
    files = make(plan("refunds", None, SUMMARY, []), tmp_path, tmp_path / "t")
    assert "agent.py" not in {path.name for path in files}
    assert "class Rules(Decider[Note])" in (tmp_path / "refunds" / "domain.py").read_text()
