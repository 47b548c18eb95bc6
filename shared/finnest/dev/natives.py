"""Features in Go: each is built once per machine from its folder, and kept by what its sources are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from finnest.dev import runtime
from finnest.dev.errors import SetupError
from finnest.dev.gobuild import Progress
from finnest.dev.home import SERVICES
from finnest.dev.pins import GoModule
from finnest.manifest import Manifest


def module_of(feature: str, services: Path = SERVICES) -> GoModule:
    """Return the Go module of a feature: its folder, with one program of its name."""
    return GoModule(name=feature, folder=services / feature, binaries={feature: "."}, kind="feature")


def built(features: Sequence[Manifest], say: Progress, env: Mapping[str, str]) -> dict[str, Path]:
    """Return feature -> program of those in Go. One that cannot be built is told and left out."""
    programs: dict[str, Path] = {}
    for feature in features:
        if not feature.is_native:
            continue
        module = module_of(feature.name)
        try:
            programs[feature.name] = runtime.cached(module, say, env) / feature.name
        except SetupError as problem:
            say(f"{feature.name} stays away. {problem}")
    return programs
