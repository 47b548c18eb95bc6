"""One world for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.matching.world import World


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Matching on twins."""
    return World(tmp_path)
