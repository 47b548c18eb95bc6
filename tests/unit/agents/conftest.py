"""What the stories of agents begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from finnest.views import Views
from tests.unit.agents.town import Town


@pytest.fixture
def views(tmp_path: Path) -> Iterator[Views]:
    """Query tables of the test's own."""
    made = Views.at(tmp_path / "views.db")
    yield made
    made.close()


@pytest.fixture
def town(views: Views) -> Town:
    """Two features; the agent of `desk` may ask any other's."""
    return Town(views, {"desk": "*", "vault": ""})
