"""Composition root of the gateway."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Settings
from finnest.turn import Decider
from services.gateway.adapters import KeyFile
from services.gateway.api import Gateway


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return no deciders: the gateway decides nothing."""
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    gateway = Gateway(kit, KeyFile(kit.settings.home / "keys.json"))
    return Feature(manifest=kit.manifest, deciders=deciders, public=gateway.app())
