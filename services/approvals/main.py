"""Composition root of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider
from services.approvals.api import router
from services.approvals.domain import Approvals
from services.approvals.tools import TOOLS
from services.approvals.views import ApprovalViews


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders."""
    return [Approvals()]


def projections() -> Sequence[Projection]:
    """Return what builds the feature's views."""
    return [ApprovalViews()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    return Feature(
        manifest=kit.manifest,
        deciders=deciders,
        router=router(kit),
        projections=projections(),
        tools=TOOLS,
    )
