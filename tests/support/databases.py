"""A database per platform on one PostgreSQL server, with the roles and schemas that production has."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass, field
from itertools import count

from finnest.dev.home import REPO, SERVICES
from finnest.dev.launcher import POSTGRES
from finnest.manifest import discover

ROLES = REPO / "k8s" / "components" / "postgres" / "roles.sql"
PASSWORD = "as-in-production"


@dataclass
class Databases:
    """Makes databases; without a server platforms keep their truth in files."""

    server: str = ""
    """How the administrator reaches the server: `host=… port=… user=… dbname=…`."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def fresh(self) -> dict[str, str]:
        """Return the environment of a platform with a database that nobody has used."""
        if not self.server:
            return {}
        name = f"finnest_{next(self._numbers)}"
        self._run(self.server, "-c", f"create database {name}")
        reached = dict(part.split("=") for part in self.server.split()) | {"dbname": name}
        self._run(_written(reached), "-f", str(ROLES))
        return {POSTGRES: _written(reached | {"user": "{role}", "password": PASSWORD})}

    def _run(self, reached: str, *what: str) -> None:
        passwords = {f"PASSWORD_{one.name.upper()}": PASSWORD for one in discover(SERVICES)}
        done = subprocess.run(
            ["psql", "-q", "-d", reached, *what],
            env={**os.environ, **passwords},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def _written(reached: dict[str, str]) -> str:
    return " ".join(f"{name}={value}" for name, value in reached.items())
