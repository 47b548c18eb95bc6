"""Starts an app again when a file of a feature that it hosts is saved; the others go on undisturbed."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from finnest.apps import Apps, host, hosted
from finnest.dev.home import REPO, SERVICES
from finnest.manifest import Manifest

LOOK_EVERY_S = 0.5
CODE = (".py", ".yaml", ".json", ".html", ".xsl")
DECLARED = "feature.yaml"
"""What components, streams and rights are made of: taken on by the next start only."""
KERNEL = REPO / "shared" / "finnest"

Seen = Mapping[Path, tuple[int, int]]
"""File -> (time of its last change in ns, size in bytes)."""


class Reloader:
    """Looks at the code of the features that run here, and at the kernel, which all of them share."""

    def __init__(
        self,
        features: Sequence[Manifest],
        apps: Apps,
        restart: Callable[[str], None],
        say: Callable[[str], None],
        services: Path = SERVICES,
        kernel: Path = KERNEL,
    ) -> None:
        """`restart` is given the app that is to be started again."""
        own = [feature.name for feature in features if not feature.is_native]
        self._apps = apps
        self._every = list(hosted(own, apps))
        self._restart = restart
        self._say = say
        self._roots = {name: services / name for name in own} | {"": kernel}
        self._seen = self._look()

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            await self.look()

    async def look(self) -> None:
        """Start again what has changed since the last look."""
        now = await asyncio.to_thread(self._look)
        changed = {name: _differing(self._seen[name], seen) for name, seen in now.items()}
        self._seen = now
        if any(path.name == DECLARED for paths in changed.values() for path in paths):
            self._say(f"{DECLARED} has changed: stop and start to take it on")
        touched = {name: paths for name, paths in changed.items() if any(p.name != DECLARED for p in paths)}
        apps = self._every if "" in touched else sorted({host(name, self._apps) for name in touched})
        for app in apps:
            names = sorted({path.name for paths in touched.values() for path in paths})
            self._say(f"{', '.join(names[:3])} saved: starting {app} again")
            self._restart(app)

    def _look(self) -> dict[str, Seen]:
        return {name: dict(_files(root)) for name, root in self._roots.items()}


def _files(root: Path) -> Iterator[tuple[Path, tuple[int, int]]]:
    for folder, below, names in os.walk(root):
        below[:] = [name for name in below if not name.startswith((".", "__"))]
        for name in names:
            path = Path(folder) / name
            if path.suffix in CODE:
                try:
                    stat = path.stat()
                except FileNotFoundError:  # an editor that replaces the file is between two steps
                    continue
                yield path, (stat.st_mtime_ns, stat.st_size)


def _differing(before: Seen, now: Seen) -> set[Path]:
    return {path for path in {*before, *now} if before.get(path) != now.get(path)}
