"""Where one installation keeps everything: keys, data, logs and what is running now."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import secrets
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from finnest.dev.errors import SetupError

REPO = Path(__file__).resolve().parents[3]
SERVICES = Path(os.environ.get("FINNEST_SERVICES") or REPO / "services")
"""Where features are found; a test may name another folder."""

LOOKERS_S = 0.3

DEV_CALLER = {
    "tenant": "demo",
    "user": "developer",
    "roles": ["admin", "clerk", "approver", "treasurer"],
    "intake": True,
}
"""Whom the development key stands for: it passes on what others sent, so it may also decide on it."""


@dataclass(frozen=True)
class Secrets:
    """Random values of one home, made at its first start and never shown."""

    nats_password: str
    dapr_api_token: str
    app_api_token: str
    context_key: str


@dataclass(frozen=True)
class Home:
    """The folder of one installation; every path that is written lies below it."""

    root: Path

    @classmethod
    def of(cls, env: Mapping[str, str] = os.environ) -> Home:
        """Return the home named by FINNEST_HOME, by default `.finnest` of this clone."""
        return cls(Path(env.get("FINNEST_HOME") or REPO / ".finnest").resolve())

    @property
    def dev_key(self) -> Path:
        """The API key of the developer, in plain text, readable by its owner only."""
        return self.root / "dev.key"

    @property
    def keys(self) -> Path:
        """The API keys that the gateway accepts, as hashes: `{"keys": [{"name", "sha256", "caller"}]}`."""
        return self.root / "keys.json"

    @property
    def secrets_file(self) -> Path:
        """Flat name -> value, the form that Dapr's `secretstores.local.file` reads."""
        return self.root / "secrets.json"

    @property
    def data(self) -> Path:
        """Everything that `make clean-data` removes."""
        return self.root / "data"

    @property
    def state(self) -> Path:
        """State databases, one per feature or sidecar."""
        return self.data / "state"

    @property
    def views(self) -> Path:
        """The views; may be deleted and rebuilt."""
        return self.data / "views.db"

    @property
    def nats(self) -> Path:
        """The broker's streams."""
        return self.data / "nats"

    @property
    def scheduler(self) -> Path:
        """Reminders and workflows' timers."""
        return self.data / "scheduler"

    @property
    def logs(self) -> Path:
        """One file per process."""
        return self.root / "logs"

    @property
    def resources(self) -> Path:
        """Rendered Dapr components and configuration; written anew at every start."""
        return self.root / "resources"

    @property
    def run_file(self) -> Path:
        """What runs now: `{"launcher", "state", "url", "ports", "processes"}`."""
        return self.root / "run.json"

    @property
    def lock_file(self) -> Path:
        """Held by the launcher for as long as it lives."""
        return self.root / "run.lock"

    def prepare(self) -> Secrets:
        """Create what is missing, keep what is there, and return the secrets."""
        for folder in (self.root, self.data, self.state, self.nats, self.logs, self.resources):
            folder.mkdir(parents=True, exist_ok=True)
        self.root.chmod(0o700)
        self.scheduler.mkdir(mode=0o700, exist_ok=True)
        if not self.secrets_file.exists():
            names = Secrets.__dataclass_fields__
            self._write_private(
                self.secrets_file,
                json.dumps({name: secrets.token_hex(24) for name in names}, indent=1),
            )
        if not self.dev_key.exists():
            self._write_private(self.dev_key, f"fin_dev_{secrets.token_urlsafe(24)}")
        if not self.keys.exists():
            digest = hashlib.sha256(self.dev_key.read_text().strip().encode()).hexdigest()
            keys = [{"name": "dev", "sha256": digest, "caller": DEV_CALLER}]
            self._write_private(self.keys, json.dumps({"keys": keys}, indent=1))
        return self.secrets()

    def secrets(self) -> Secrets:
        """Return the secrets of this home; `LookupError` before its first start."""
        if not self.secrets_file.exists():
            raise LookupError(f"{self.root} was never started")
        stored = json.loads(self.secrets_file.read_text())
        return Secrets(**{name: stored[name] for name in Secrets.__dataclass_fields__})

    def read_run(self) -> dict[str, Any]:
        """Return what the last launcher wrote; empty when there was none."""
        try:
            return json.loads(self.run_file.read_text())
        except (FileNotFoundError, json.JSONDecodeError):
            return {}

    def write_run(self, run: Mapping[str, Any]) -> None:
        """Replace run.json as a whole; a reader sees the old or the new one."""
        scratch = self.run_file.with_suffix(".new")
        scratch.write_text(json.dumps(run, indent=1))
        scratch.replace(self.run_file)

    def is_running(self) -> bool:
        """Return whether a launcher holds this home now."""
        if not self.lock_file.exists():
            return False
        with self.lock_file.open("r") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    @contextmanager
    def held(self) -> Generator[None]:
        """Hold this home as its only launcher; raises `SetupError` that says where the other one is."""
        with self.lock_file.open("w") as lock:
            if not _locked(lock):
                run = self.read_run()
                where, launcher = run.get("url", "another port"), run.get("launcher", "unknown")
                raise SetupError(
                    f"Finnest is already running at {where} (process {launcher}).",
                    "`finnest status` shows it, `finnest stop` ends it; FINNEST_HOME runs another beside it.",
                )
            yield

    @staticmethod
    def _write_private(path: Path, text: str) -> None:
        scratch = path.with_name(f"{path.name}.new")
        scratch.unlink(missing_ok=True)
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text + "\n")
        scratch.replace(path)


def _locked(lock: IO[str]) -> bool:
    """Take the lock; somebody who only looks whether it is held has it for a moment and is waited for."""
    patience = time.monotonic() + LOOKERS_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > patience:
                return False
            time.sleep(LOOKERS_S / 20)
        else:
            return True
