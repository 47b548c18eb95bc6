"""What a person may choose at a start."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from finnest.apps import placed
from finnest.dev.errors import SetupError
from finnest.manifest import Manifest


@dataclass(frozen=True)
class Options:
    """The wishes of one start; the defaults are those of `make run`."""

    port: int = 8080
    apart: Sequence[str] = ()
    """Features that get a process and a sidecar of their own; the others share one."""
    services: bool = False
    """Whether every feature gets its own."""
    log_calls: bool = False
    """Whether sidecars write each call of their API to their logs."""
    say: Callable[[str], None] = print
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def placed(self, features: Sequence[Manifest]) -> dict[str, str]:
        """Return which app hosts which feature; raises `SetupError` when one of `apart` does not exist."""
        names = [feature.name for feature in features]
        native = [feature.name for feature in features if feature.is_native]
        try:
            return placed(names, names if self.services else [*self.apart, *native])
        except LookupError as unknown:
            raise SetupError(str(unknown.args[0]), "Name one of these after --apart.") from unknown
