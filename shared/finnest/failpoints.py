"""Named points where a test may kill the process: `FINNEST_FAILPOINT=after-save:7` dies at the 7th pass.

Off unless the environment names one at start.
"""

from __future__ import annotations

import os
import signal

NAMES = (
    "before-save",
    "after-save",
    "before-publish",
    "after-publish",
    "before-ack",
    "before-effect",
    "after-effect",
    "before-wake",
    "before-reminder",
    "after-reminder",
)
"""All points, in the order of a turn."""

_wanted, _, _count = os.environ.get("FINNEST_FAILPOINT", "").partition(":")
_left = int(_count or 1)


def failpoint(name: str) -> None:
    """Die here, without any clean-up, when the environment asked for it."""
    global _left  # noqa: PLW0603 - a process dies once
    if name == _wanted:
        _left -= 1
        if _left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
