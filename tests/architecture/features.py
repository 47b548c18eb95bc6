"""Every Python feature, built on twins: nothing is started."""

from __future__ import annotations

import importlib
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from finnest.dapr.streams import TurnStreams
from finnest.dev.contracts import Declared, declared, resting
from finnest.dev.home import SERVICES
from finnest.feature import Feature, Kit
from finnest.manifest import Manifest, discover
from finnest.testing import MemoryBlobs, MemoryCommands, MemoryPeers, MemoryProcesses, Stage
from finnest.views import Views

FEATURES = declared(SERVICES)
MANIFESTS = discover(SERVICES)


def named(value: object) -> str:
    """Return how a feature is shown in a test's name."""
    return value.manifest.name if isinstance(value, Declared) else str(value)


def module_of(manifest: Manifest) -> str:
    """Return where the feature is wired."""
    return manifest.module or f"services.{manifest.name}.main"


@contextmanager
def built(one: Declared, home: Path) -> Generator[Feature]:
    """Build a feature with everything it may ask for in memory."""
    name = one.manifest.name
    stage = Stage(name, one.deciders)
    views = Views.at(home / "views.db")
    kit = Kit(
        manifest=one.manifest,
        manifests=MANIFESTS,
        settings=resting(SERVICES),
        clock=stage.clock,
        commands=MemoryCommands(name, stage.turns, stage.clock),
        streams=TurnStreams(name, stage.turns),
        blobs=MemoryBlobs(),
        store=stage.store,
        peers=MemoryPeers({}),
        processes=MemoryProcesses(),
        views=views,
        context_key="key",
    )
    try:
        yield importlib.import_module(module_of(one.manifest)).build(kit, one.deciders)
    finally:
        views.close()
