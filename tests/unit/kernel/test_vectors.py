"""`shared/contracts/vectors.json`: what a token and a hash are, in every language. `services/calendar/wire` reads it too."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
import rfc8785

from finnest.agents.grants import Granted, check
from finnest.agents.guard import Guard, Rule
from finnest.asking import action_hash
from finnest.context import Caller, verify
from finnest.dev.contracts import FOLDER, resting
from finnest.errors import FinnestError, consequence
from finnest.feature import Kit
from finnest.manifest import Manifest
from finnest.testing import ManualClock

VECTORS: dict[str, Any] = json.loads((FOLDER / "vectors.json").read_text())
KEY = str(VECTORS["key"])
NOW = datetime.fromisoformat(VECTORS["now"])


def _about(vector: dict[str, Any]) -> str:
    return str(vector.get("about") or vector["action"])


@pytest.mark.parametrize("vector", VECTORS["callers"], ids=_about)
def test_a_caller_is_who_the_token_was_sealed_for(vector: dict[str, Any]) -> None:
    if "caller" in vector:
        assert verify(vector["token"], KEY, NOW) == Caller.model_validate(vector["caller"])
        return
    with pytest.raises(FinnestError) as refusal:
        verify(vector["token"], KEY, NOW)
    assert (refusal.value.slug, consequence(refusal.value).status) == (vector["refused"], vector["status"])


@pytest.mark.parametrize("vector", VECTORS["actions"], ids=_about)
def test_an_action_has_one_hash_in_every_language(vector: dict[str, Any]) -> None:
    exact = {"action": vector["action"], "args": vector["args"], "policy": ""}
    assert rfc8785.dumps(exact).decode() == vector["canonical"]
    assert action_hash(vector["action"], vector["args"], "") == vector["sha256"]


@pytest.mark.parametrize("vector", VECTORS["grants"], ids=_about)
def test_a_grant_is_for_one_use_by_one_user(vector: dict[str, Any]) -> None:
    feature, _, name = vector["tool"].partition(".")
    who = Caller.model_validate(vector["caller"])
    guard = Guard({feature: ([Rule(tools=("*",), then="allow", why="a test")], "1")})

    def use() -> Granted:
        return check(_kit(feature), guard, who, name, "read", vector["args"], vector["token"])

    if "refused" not in vector:
        assert not use().tainted
        return
    with pytest.raises(FinnestError) as refusal:
        use()
    assert (refusal.value.slug, consequence(refusal.value).status) == (vector["refused"], vector["status"])


def _kit(feature: str) -> Kit:
    """Return what a check of a grant looks at; the rest is never asked."""
    absent = cast("Any", None)
    return Kit(
        manifest=Manifest(name=feature, summary="A test."),
        manifests=(),
        settings=resting(Path("nowhere")),
        clock=ManualClock(NOW),
        commands=absent,
        streams=absent,
        blobs=absent,
        store=absent,
        peers=absent,
        processes=absent,
        views=absent,
        context_key=KEY,
    )
