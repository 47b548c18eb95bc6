"""Composition root of the assistant: an agent without rules of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return no rules: everything it knows belongs to others."""
    return []


def projections() -> Sequence[Projection]:
    """Return no views."""
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    return Feature(manifest=kit.manifest)
