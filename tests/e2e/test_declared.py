"""Runs after all other stories: what apps asked of their sidecars is among what the manifests declare."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import UNUSED
from tests.support.calls import Observed
from tests.support.person import Person
from tests.support.platform import Company, Platform
from tests.support.rights import Declared


async def test_nothing_was_asked_that_is_not_declared(
    platform: Platform,
    company: Company,
    observed: Observed,
    declared: Declared,
    pytestconfig: pytest.Config,
) -> None:
    assert _ready(company.vera)
    observed.look()
    seen = observed.seen()
    assert {"invoke", "publish", "store", "secret", "actor"} <= {call.kind for call in seen}
    pytestconfig.stash[UNUSED] = declared.unused(seen)
    problems = {str(call): problem for call in seen if (problem := declared.problem(call))}
    assert problems == {}


def _ready(person: Person) -> bool:
    """Send a command through every feature, so that there is something to look at in any selection."""
    return person.get("/readyz").status == 200
