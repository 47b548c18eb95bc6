"""What a person may choose at a start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from finnest.apps import placed
from finnest.dev.errors import SetupError
from finnest.dev.home import SERVICES
from finnest.manifest import Manifest, discover
from finnest.settings import ONLY

WAY_IN = "gateway"


@dataclass(frozen=True)
class Options:
    """The wishes of one start; the defaults are those of `make run`."""

    port: int = 8080
    apart: Sequence[str] = ()
    """Features that get a process and a sidecar of their own; the others share one."""
    services: bool = False
    """Whether every feature gets its own."""
    only: Sequence[str] = ()
    """Features that run at all, the gateway always; empty for every one."""
    reload: bool = False
    """Whether an app is started again when a file of a feature that it hosts is saved."""
    log_calls: bool = False
    """Whether sidecars write each call of their API to their logs."""
    say: Callable[[str], None] = print
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def features(self, services: Path = SERVICES) -> list[Manifest]:
        """Return the features that run; raises `SetupError` when one of `only` does not exist."""
        if not self.only:
            return discover(services)
        try:
            return discover(services, sorted({*self.only, WAY_IN}))
        except LookupError as unknown:
            raise SetupError(str(unknown.args[0]), "Name one of these after --only.") from unknown

    def child_env(self, features: Sequence[Manifest]) -> dict[str, str]:
        """Return the environment of all children: each knows which features exist."""
        return {**self.env, ONLY: ",".join(feature.name for feature in features) if self.only else ""}

    def placed(self, features: Sequence[Manifest]) -> dict[str, str]:
        """Return which app hosts which feature; raises `SetupError` when one of `apart` does not exist."""
        names = [feature.name for feature in features]
        native = [feature.name for feature in features if feature.is_native]
        try:
            return placed(names, names if self.services else [*self.apart, *native])
        except LookupError as unknown:
            raise SetupError(str(unknown.args[0]), "Name one of these after --apart.") from unknown
