"""Composition root of suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider
from services.suppliers.adapters import ViewWaiting
from services.suppliers.agent.steward import Gatherer, Steward
from services.suppliers.agent.vetting import GATHER
from services.suppliers.api import router
from services.suppliers.tools import TOOLS
from services.suppliers.views import SupplierViews


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders."""
    return [Steward()]


def projections() -> Sequence[Projection]:
    """Return what builds the feature's views."""
    return [SupplierViews()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    waiting = ViewWaiting(kit.streams, kit.views, kit.manifest.name)
    return Feature(
        manifest=kit.manifest,
        deciders=deciders,
        effects={GATHER: Gatherer(waiting).gather},
        router=router(kit),
        projections=projections(),
        tools=TOOLS,
    )
