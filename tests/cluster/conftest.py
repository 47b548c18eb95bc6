"""The platform on the lab's node: raised once, with the NetworkPolicies enforced; it stays up afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest

from finnest.dev.kubernetes.images import lab_folder
from tests.cluster.platform import Platform

HERE = Path(__file__).parent
NO_LAB = "no lab: FINNEST_LAB names its folder (by default ../shared/k8s)"
RAISE_S = 40 * 60


@pytest.fixture(scope="session")
def platform() -> Generator[Platform]:
    """Apply everything and wait until every feature is ready."""
    lab = lab_folder()
    if lab is None:
        pytest.skip(NO_LAB)
    command = [str(HERE / "raise.sh"), str(lab)]
    env = {**os.environ, "PYTHON": sys.executable}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=RAISE_S, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    found = Platform(lab)
    enforcer = found.enforce_policies()
    try:
        yield found
    finally:
        enforcer.terminate()
        enforcer.wait()
        found.shell('nsenter -t "$(nspid)" -n nft delete table inet labnp')
