"""Composition root of budgets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider
from services.budgets.api import router
from services.budgets.domain.budget import Budgets


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders."""
    return [Budgets()]


def projections() -> Sequence[Projection]:
    """Return no views: the stream says it all."""
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    return Feature(manifest=kit.manifest, deciders=deciders, router=router(kit))
