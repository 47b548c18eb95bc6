"""A database per platform on one PostgreSQL server, with the roles and schemas that production has."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from finnest.dev.home import REPO, SERVICES
from finnest.dev.kubernetes.roles import roles_of
from finnest.dev.launcher import POSTGRES
from finnest.manifest import discover

ROLES = REPO / "k8s" / "components" / "postgres" / "roles.sql"
PASSWORD = "as-in-production"


@dataclass
class Databases:
    """Makes databases; without a server platforms keep truth and views in files."""

    server: str = ""
    """How the administrator reaches the server: `host=… port=… user=… dbname=…`."""
    folder: Path | None = None
    """Where the addresses of views are written."""
    _numbers: count[int] = field(default_factory=lambda: count(1))

    def fresh(self) -> dict[str, str]:
        """Return the environment of a platform with a database that nobody has used."""
        if not self.server:
            return {}
        name = f"finnest_{next(self._numbers)}"
        self._run(self.server, "-c", f"create database {name}")
        reached = dict(part.split("=") for part in self.server.split()) | {"dbname": name}
        self._run(_written(reached), "-f", str(ROLES))
        views = Path(tempfile.mkdtemp(prefix="finnest-views-", dir=self.folder))
        address = "postgresql://{user}@{host}:{port}/{dbname}".format(**reached)
        (views / "url").write_text(address)
        truth = _written(reached | {"user": "{role}", "password": PASSWORD})
        return {POSTGRES: truth, "FINNEST_VIEWS": str(views)}

    def _run(self, reached: str, *what: str) -> None:
        roles = [role for one in discover(SERVICES) for role in roles_of(one)]
        passwords = {f"PASSWORD_{role.upper()}": PASSWORD for role in roles}
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
