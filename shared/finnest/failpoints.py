"""Named points where a test may kill the process.

FINNEST_FAILPOINT_FILE names a file that a test writes while the system runs: one `name:pass` a line, such as
`after-save:7`. The first process that passes any point takes the first line and dies at the 7th pass of that
point; the process that comes after it takes the next line. Without the variable nothing is looked at.
"""

from __future__ import annotations

import os
import signal
from dataclasses import dataclass
from pathlib import Path

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


@dataclass
class _Plan:
    wanted: str = ""
    left: int = 0

    def take(self, file: Path) -> None:
        """Take the first line of the file, if there is one, instead of what was planned."""
        try:
            first, *rest = file.read_text().split()
        except (FileNotFoundError, ValueError):
            return
        if rest:
            file.write_text("\n".join(rest))
        else:
            file.unlink()
        self.wanted, _, count = first.partition(":")
        self.left = int(count or 1)


_file = Path(os.environ["FINNEST_FAILPOINT_FILE"]) if "FINNEST_FAILPOINT_FILE" in os.environ else None
_plan = _Plan()


def failpoint(name: str) -> None:
    """Die here, without any clean-up, when a test asked for it."""
    if _file is None:
        return
    _plan.take(_file)
    if name == _plan.wanted:
        _plan.left -= 1
        if _plan.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
