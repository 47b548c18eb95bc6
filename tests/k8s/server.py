"""A real API server: the cluster that KUBECONFIG names, or the lab's (etcd and API server, nothing else)."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from finnest.dev.home import REPO
from finnest.dev.kubernetes.images import lab_folder, lab_state

CRDS = {"github.com/dapr/dapr": "charts/dapr/crds", "sigs.k8s.io/gateway-api": "config/crd/standard"}
GATEWAY_API = "v1.6.3"
NO_LAB = "no cluster: name one by KUBECONFIG, or the lab's folder by FINNEST_LAB (by default ../shared/k8s)"
NOT_BUILT = "the lab is not built: `make k8s-check` builds its first level (six to eight minutes, once)"


@dataclass(frozen=True)
class Server:
    """Where `kubectl` speaks to."""

    command: Sequence[str]

    def kubectl(self, *arguments: str, content: str = "") -> subprocess.CompletedProcess[str]:
        """Run kubectl with the content as its input."""
        return subprocess.run(
            [*self.command, *arguments], input=content, capture_output=True, text=True, check=False
        )

    def apply(self, content: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Apply, as strictly as the server can."""
        return self.kubectl("apply", "--validate=strict", *arguments, "-f", "-", content=content)

    def refusal(self, one: dict[str, Any]) -> str:
        """Return why the server refuses an object; empty when it takes it."""
        done = self.apply(json.dumps(one), "--dry-run=server")
        return done.stderr if done.returncode else ""


@contextmanager
def server() -> Generator[Server]:
    """Give the API server with the custom resources that the overlays use; skips where there is none."""
    with _reached() as found:
        for module, folder in CRDS.items():
            for file in sorted((_module(module) / folder).glob("*.yaml")):
                if "kind: CustomResourceDefinition" in file.read_text():
                    # What is there stays: Dapr's operator has written its certificate into one of them.
                    done = found.kubectl("create", "-f", str(file))
                    assert done.returncode == 0 or "AlreadyExists" in done.stderr, done.stderr
        waited = found.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        assert waited.returncode == 0, waited.stderr
        yield found


@contextmanager
def _reached() -> Generator[Server]:
    if os.environ.get("KUBECONFIG") and shutil.which("kubectl"):
        yield Server(["kubectl"])
        return
    lab = lab_folder()
    if lab is None:
        pytest.skip(NO_LAB)
    if not (lab_state() / "bin" / "kube-apiserver").exists():
        pytest.skip(NOT_BUILT)
    # State of its own: a platform that runs in the lab is neither asked nor changed.
    own = lab_state().with_name(f"{lab_state().name}-check")
    own.mkdir(exist_ok=True)
    if not (own / "bin").exists():
        (own / "bin").symlink_to(lab_state() / "bin")
    env = {**os.environ, "LAB": str(own)}
    subprocess.run([str(lab / "up.sh"), "--level", "1"], env=env, check=True, capture_output=True)
    try:
        yield Server(["bash", "-c", f'export LAB="{own}"; . "{lab}/lab.env"; k "$@"', "k"])
    finally:
        subprocess.run([str(lab / "down.sh"), "--purge"], env=env, check=False, capture_output=True)


def _module(name: str) -> Path:
    """Return the folder of a Go module, fetched when it is not there."""
    version = GATEWAY_API
    if name == "github.com/dapr/dapr":
        pinned = re.search(rf"{name} (v\S+)", (REPO / "dapr" / "runtime" / "dapr" / "go.mod").read_text())
        assert pinned is not None
        version = pinned.group(1)
    with tempfile.TemporaryDirectory() as nowhere:
        done = subprocess.run(
            ["go", "mod", "download", "-json", f"{name}@{version}"],
            cwd=nowhere,
            env={**os.environ, "GOFLAGS": "-mod=mod"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return Path(json.loads(done.stdout)["Dir"])
