"""The signed context: who asks is what the gateway said, unaltered and recent."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finnest.context import Caller, sign, verify
from finnest.errors import Denied, Unauthenticated

NOW = datetime(2026, 6, 1, 8, 0, tzinfo=UTC)
ADA = Caller(tenant="kestrel", user="ada", roles=("approver",))
TOKEN = sign(ADA, "key", NOW)


@given(
    st.builds(
        Caller,
        tenant=st.just("kestrel"),
        user=st.text(),
        roles=st.lists(st.text()).map(tuple),
        intake=st.booleans(),
    )
)
def test_a_signed_caller_is_verified_as_it_was(caller: Caller) -> None:
    assert verify(sign(caller, "key", NOW), "key", NOW) == caller


@given(st.integers(0, len(TOKEN) - 1), st.characters())
def test_a_token_altered_anywhere_is_refused(at: int, character: str) -> None:
    altered = TOKEN[:at] + character + TOKEN[at + 1 :]
    if altered != TOKEN:
        with pytest.raises(Unauthenticated):
            verify(altered, "key", NOW)


def test_another_key_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        verify(TOKEN, "other key", NOW)


def test_a_forged_body_under_the_old_signature_is_refused() -> None:
    raw, _, mac = TOKEN.partition(".")
    body = {**json.loads(base64.urlsafe_b64decode(raw)), "user": "bob"}
    forged = base64.urlsafe_b64encode(json.dumps(body).encode()).decode()
    with pytest.raises(Unauthenticated):
        verify(f"{forged}.{mac}", "key", NOW)


def test_a_token_lives_a_minute() -> None:
    assert verify(TOKEN, "key", NOW + timedelta(seconds=60)) == ADA
    with pytest.raises(Unauthenticated):
        verify(TOKEN, "key", NOW + timedelta(seconds=61))


@pytest.mark.parametrize("token", ["", ".", "x", "x.y", "é.é", TOKEN.partition(".")[0]])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        verify(token, "key", NOW)


def test_a_caller_needs_one_of_the_roles() -> None:
    ADA.need()
    ADA.need("treasurer", "approver")
    with pytest.raises(Denied):
        ADA.need("treasurer")
