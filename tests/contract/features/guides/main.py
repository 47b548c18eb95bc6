"""Guides have an agent and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Settings
from finnest.turn import Decider


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    return Feature(kit.manifest, deciders)
