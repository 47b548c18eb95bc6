"""Ends a running launcher from outside."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from finnest.dev.errors import SetupError
from finnest.dev.home import Home

PATIENCE_S = 15.0
POLL_S = 0.05


def stop(home: Home) -> bool:
    """Ask the launcher of `home` to stop and wait until it has; return whether one was running."""
    if not home.is_running():
        return False
    launcher = int(home.read_run().get("launcher", 0))
    if launcher:
        with contextlib.suppress(ProcessLookupError):
            os.kill(launcher, signal.SIGTERM)
    patience = time.monotonic() + PATIENCE_S
    while home.is_running():
        if time.monotonic() > patience:
            raise SetupError(
                f"Process {launcher} did not stop within {PATIENCE_S:.0f} s.",
                f"`kill -9 {launcher}` ends it and its children.",
            )
        time.sleep(POLL_S)
    return True
