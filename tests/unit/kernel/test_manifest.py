"""Manifests: what a feature declares is exactly what reaches it."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.ids import PARTITIONS, subject
from finnest.manifest import Consumed, Manifest, discover

NAMES = st.sampled_from(("notes", "payments", "approvals", "audit"))
WHATS = st.sampled_from(("opened", "closed", "approval_requested"))
WIRES = st.tuples(NAMES, WHATS).map(lambda pair: f"{pair[0]}.{pair[1]}.v1")
EVENTS = st.one_of(
    WIRES,
    NAMES.map(lambda name: f"{name}.*"),
    WHATS.map(lambda what: f"*.{what}.v1"),
    st.just("*.*"),
)
CONSUMED = st.lists(st.builds(Consumed, event=EVENTS, mode=st.just("project")), max_size=5)


def hits(pattern: str, name: str) -> bool:
    parts, given_ = pattern.split("."), name.split(".")
    return len(parts) == len(given_) and all(p in ("*", g) for p, g in zip(parts, given_, strict=True))


def manifest(*consumes: Consumed) -> Manifest:
    return Manifest(name="notes", summary="keeps notes", consumes=consumes)


@given(CONSUMED)
def test_no_filter_covers_another_for_the_broker_refuses_that(consumes: list[Consumed]) -> None:
    filters = manifest(*consumes).filters("events", 2)
    assert filters == sorted(set(filters))
    assert not [(a, b) for a in filters for b in filters if a != b and hits(a, b)]


@given(CONSUMED, WIRES)
def test_exactly_the_own_and_the_declared_events_pass_the_filters(
    consumes: list[Consumed], wire: str
) -> None:
    filters = manifest(*consumes).filters("events", 2)
    wanted = wire.startswith("notes.") or any(c.matches(wire) for c in consumes)
    assert any(hits(f, subject("events", wire, 2)) for f in filters) == wanted
    assert not any(hits(f, subject("events", wire, 3)) for f in filters)


@pytest.mark.parametrize(
    ("event", "wire", "meant"),
    [
        ("payments.proposed.v1", "payments.proposed.v1", True),
        ("payments.proposed.v1", "payments.proposed.v2", False),
        ("*.approval_requested.v1", "payments.approval_requested.v1", True),
        ("*.approval_requested.v1", "payments.proposed.v1", False),
        ("payments.*", "payments.proposed.v7", True),
        ("payments.*", "invoices.proposed.v7", False),
    ],
)
def test_a_declared_event_means_what_it_says(event: str, wire: str, meant: bool) -> None:
    assert Consumed(event=event, mode="react").matches(wire) == meant


def test_only_own_commands_are_taken() -> None:
    assert manifest().filters("commands", 1) == ["commands.notes.*.*.1"]


def test_a_feature_with_streams_has_one_consumer_per_lane_and_partition() -> None:
    keeper = Manifest(name="notes", summary="keeps notes", commands=("notes.write.v1",))
    names = [name for _, _, name in keeper.consumers()]
    assert len(set(names)) == 2 * PARTITIONS
    assert "commands-notes-0" in names
    assert manifest().consumers() == []


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(pydantic.ValidationError):
        Manifest.model_validate({"name": "notes", "summary": "x", "consume": []})


def test_a_feature_is_found_by_name_or_missed_by_name(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "feature.yaml").write_text("name: notes\nsummary: keeps notes\n")
    assert [m.name for m in discover(tmp_path)] == ["notes"]
    with pytest.raises(LookupError, match="no such feature: nots"):
        discover(tmp_path, ["nots"])


def test_what_is_done_without_an_answer_is_said_of_called_features_only() -> None:
    given_up = {"calendar": "weekends only"}
    assert Manifest(name="notes", summary="keeps notes", calls=("calendar",), otherwise=given_up).otherwise
    with pytest.raises(pydantic.ValidationError, match="only of features that stand in calls"):
        Manifest(name="notes", summary="keeps notes", otherwise=given_up)
