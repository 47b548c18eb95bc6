"""The rules of the way in: which public path a request means, and how many may run at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from finnest.errors import Missing, Throttled
from finnest.manifest import Manifest, PublicPath

AT_ONCE_PER_TENANT = 64


@dataclass(frozen=True, slots=True)
class Route:
    """A public path and the feature that serves it."""

    feature: str
    public: PublicPath
    pattern: re.Pattern[str]


class Routes:
    """The public paths of all features."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._routes = [
            Route(manifest.name, public, _pattern(public.path))
            for manifest in manifests
            for public in manifest.public
        ]
        # A literal path goes before one with a placeholder.
        self._routes.sort(key=lambda route: route.public.path.count("{"))

    def find(self, method: str, path: str) -> Route:
        """Return the route of a request.

        Raises:
            Missing: No feature serves this.
        """
        for route in self._routes:
            if route.public.method == method and route.pattern.fullmatch(path):
                return route
        raise Missing("no-such-path", f"there is no {method} {path}; see /openapi.json")


class Admission:
    """Counts a tenant's requests that run now."""

    def __init__(self, at_once: int = AT_ONCE_PER_TENANT) -> None:
        self._at_once = at_once
        self._running: dict[str, int] = {}

    def enter(self, tenant: str) -> None:
        """Count one more; raises `Throttled` when the tenant has too many."""
        if self._running.get(tenant, 0) >= self._at_once:
            raise Throttled("too-many-requests", f"at most {self._at_once} requests at once")
        self._running[tenant] = self._running.get(tenant, 0) + 1

    def leave(self, tenant: str) -> None:
        """Count one less."""
        self._running[tenant] -= 1
        if not self._running[tenant]:
            del self._running[tenant]


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[a-z_]+\}", path)
    # No part begins with a dot: `..` would lead to another path on the way to the feature.
    return re.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,79}".join(re.escape(part) for part in parts))
