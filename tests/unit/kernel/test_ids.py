"""Keys: every part is checked, so what a user writes reaches a key only through a digest."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.errors import Invalid
from finnest.ids import (
    PARTITIONS,
    StreamKey,
    blob_key,
    check_tenant,
    command_id,
    derived,
    digest,
    kind_of,
)

TENANTS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?", fullmatch=True)
FEATURES = st.from_regex(r"[a-z][a-z0-9]{1,23}", fullmatch=True)
THINGS = st.from_regex(r"[a-z][a-z0-9]{1,23}-[a-z0-9][a-z0-9-]{0,38}", fullmatch=True)
KEYS = st.builds(StreamKey, FEATURES, TENANTS, THINGS)
SAFE = re.compile(r"[a-z0-9/@-]+")


@given(KEYS)
def test_an_actor_id_and_a_stream_name_read_back_as_the_key(key: StreamKey) -> None:
    assert StreamKey.of_actor(key.feature, key.actor_id) == key
    assert StreamKey.of_stream(key.stream) == key


@given(KEYS, KEYS)
def test_different_things_share_no_key(one: StreamKey, other: StreamKey) -> None:
    mine = {one.head, one.event(1), one.event_id(1), one.seen("m")}
    theirs = {other.head, other.event(1), other.event_id(1), other.seen("m")}
    assert one == other or not mine & theirs


@given(KEYS, st.text(), st.integers(1, 99_999_999))
def test_keys_have_only_safe_characters_whatever_users_write(key: StreamKey, text: str, version: int) -> None:
    for name in (key.head, key.event(version), key.event_id(version), key.seen(text), key.claim(text)):
        assert SAFE.fullmatch(name)
        assert name.startswith(f"{key.tenant}/")


@given(st.text())
def test_text_of_a_user_is_no_part_of_a_key(text: str) -> None:
    for feature, tenant, thing in (
        (text, "kestrel", "note-1"),
        ("notes", text, "note-1"),
        ("notes", "kestrel", text),
    ):
        try:
            key = StreamKey(feature, tenant, thing)
        except Invalid:
            continue
        assert SAFE.fullmatch(key.stream)


@pytest.mark.parametrize(
    ("tenant", "thing"),
    [
        ("kestrel/other", "note-1"),
        ("kestrel.other", "note-1"),
        ("Kestrel", "note-1"),
        ("-kestrel", "note-1"),
        ("kestrel\n", "note-1"),
        ("", "note-1"),
        ("k" * 33, "note-1"),
        ("kestrel", "note"),
        ("kestrel", "note-"),
        ("kestrel", "note-1/head"),
        ("kestrel", "note-1.2"),
        ("kestrel", "note-ä"),
        ("kestrel", "note-1\n"),
        ("kestrel", "note-" + "1" * 40),
        ("kestrel", "-1"),
    ],
)
def test_a_part_outside_its_alphabet_is_refused(tenant: str, thing: str) -> None:
    with pytest.raises(Invalid):
        StreamKey("notes", tenant, thing)


def test_a_tenant_without_a_name_is_refused() -> None:
    with pytest.raises(Invalid):
        check_tenant("")


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_a_digest_keeps_its_parts_apart(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(st.lists(st.text(), min_size=1))
def test_a_derived_id_is_an_id_of_its_kind(parts: list[str]) -> None:
    thing = derived("apr", *parts)
    assert kind_of(StreamKey("approvals", "kestrel", thing).thing) == "apr"
    assert thing == derived("apr", *parts)


def test_the_same_request_is_the_same_message_only_for_the_same_thing_and_command() -> None:
    key, other = StreamKey("notes", "kestrel", "note-1"), StreamKey("notes", "heron", "note-1")
    ids = {
        command_id(key, "notes.write.v1", "r"),
        command_id(other, "notes.write.v1", "r"),
        command_id(key, "notes.take.v1", "r"),
        command_id(key, "notes.write.v1", "r2"),
    }
    assert len(ids) == 4
    assert command_id(key, "notes.write.v1", "r") in ids


def test_streams_spread_over_all_partitions() -> None:
    counts = Counter(StreamKey("notes", "kestrel", f"note-{n}").partition for n in range(4_000))
    assert sorted(counts) == list(range(PARTITIONS))
    assert min(counts.values()) > 800


def test_partitions_and_keys_never_change() -> None:
    """Data exists under these names."""
    key = StreamKey("notes", "kestrel", "note-1")
    assert key.partition == 0
    assert key.head == "kestrel/notes/note-1/head"
    assert key.event(42) == "kestrel/notes/note-1/e/00000042"
    assert key.event_id(42) == "kestrel/notes/note-1@42"
    assert key.actor_id == "kestrel.note-1"
    assert key.seen("m").startswith("kestrel/notes/note-1/seen/")
    assert key.claim("c").startswith("kestrel/notes/claim/")
    assert digest("a", b"b") == digest("a", "b")


def test_a_body_is_named_by_its_hash_only() -> None:
    assert blob_key("kestrel", "notes", "a" * 64, 3) == f"kestrel/notes/blob/{'a' * 64}/0003"
    with pytest.raises(Invalid):
        blob_key("kestrel", "notes", "../../etc", 0)
