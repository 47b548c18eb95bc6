"""Our Go modules; the runtime's versions are those of `dapr/runtime/{dapr,nats}/go.mod`, which alone name them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

RUNTIME = Path(__file__).resolve().parents[3] / "dapr" / "runtime"
SOURCES = ("go.mod", "go.sum", "*.go", "*.json")

Version = tuple[int, ...]


def parse_version(text: str) -> Version:
    """Return the first dotted number in `text`, `(0,)` when there is none: `go1.26.8` → `(1, 26, 8)`."""
    found = re.search(r"\d+(?:\.\d+)+", text)
    return tuple(int(part) for part in found.group().split(".")) if found else (0,)


@dataclass(frozen=True)
class GoModule:
    """One of our Go modules: what it pins and which binaries come out of it."""

    name: str
    folder: Path
    binaries: dict[str, str]
    """Program -> package."""
    upstream: str = ""
    """The module whose release it stands for; empty for a feature of ours."""
    version_symbol: str | None = None
    kind: str = "runtime"

    @property
    def version(self) -> str:
        """The pinned release, without `v`; empty for a feature of ours."""
        return "" if not self.upstream else self._line(rf"{re.escape(self.upstream)} v(\S+)")

    @property
    def go_version(self) -> str:
        """The oldest Go release that builds the module."""
        return self._line(r"(?m)^go (\S+)$")

    @property
    def digest(self) -> str:
        """Changes whenever anything that goes into the binaries changes."""
        content = hashlib.sha256()
        sources = {path for pattern in SOURCES for path in self.folder.rglob(pattern)}
        for source in sorted(path for path in sources if not path.name.endswith("_test.go")):
            content.update(f"{source.relative_to(self.folder)}\0".encode())
            content.update(source.read_bytes())
        return content.hexdigest()[:12]

    def ldflags(self) -> str:
        """Linker flags: stripped, and Dapr told its version, which it would else report as `edge`."""
        stamp = f" -X {self.version_symbol}={self.version}" if self.version_symbol else ""
        return f"-s -w{stamp}"

    def _line(self, pattern: str) -> str:
        found = re.search(pattern, (self.folder / "go.mod").read_text())
        if found is None:
            raise ValueError(f"{self.folder / 'go.mod'} has no line like {pattern}")
        return found.group(1)


DAPR = GoModule(
    name="dapr",
    folder=RUNTIME / "dapr",
    upstream="github.com/dapr/dapr",
    binaries={
        "placement": "github.com/dapr/dapr/cmd/placement",
        "scheduler": "github.com/dapr/dapr/cmd/scheduler",
        "daprd": "./cmd/daprd",
    },
    version_symbol="github.com/dapr/dapr/pkg/buildinfo.version",
)
NATS = GoModule(
    name="nats",
    folder=RUNTIME / "nats",
    upstream="github.com/nats-io/nats-server/v2",
    binaries={"nats-server": "github.com/nats-io/nats-server/v2"},
)
