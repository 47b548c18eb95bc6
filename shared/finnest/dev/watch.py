"""What the system knows about processes: who is alive, how much memory they take, who was left behind."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

MARK = "FINNEST_CHILD"
"""Environment variable that every child and grandchild carries: whose it is."""

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> Callable[[], None] | None:
    """Return what a child calls before it becomes its program, to be killed when the launcher dies."""
    if sys.platform != "linux":
        return None
    # Loaded here, since a forked child must not import or allocate much.
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    return ask_kernel


def is_alive(pid: int) -> bool:
    """Return whether the process runs; a zombie does not."""
    try:
        return _stat(pid)[0] not in ("Z", "X")
    except OSError:
        return False


def rss_mb(group: int) -> float:
    """Return the resident memory of a process group in MB: the process and its own workers."""
    pages = sum(int(_stat(pid)[21]) for pid in _members(group))
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 1e6, 1)


def leftovers(home: Path) -> list[int]:
    """Return processes of an earlier launcher of this home that are still alive."""
    marks = (f"FINNEST_HOME={home}".encode(), f"{MARK}=".encode())
    found: list[int] = []
    for pid in _all_pids():
        with contextlib.suppress(OSError):
            variables = (Path("/proc") / str(pid) / "environ").read_bytes().split(b"\0")
            if marks[0] in variables and any(v.startswith(marks[1]) for v in variables) and is_alive(pid):
                found.append(pid)
    return found


def end_group(group: int, how: signal.Signals) -> None:
    """Send a signal to a process and everything it started; silent when nothing is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, how)


def end(pid: int) -> None:
    """Kill one process; silent when it is gone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGKILL)


def _members(group: int) -> Iterator[int]:
    for pid in _all_pids():
        with contextlib.suppress(OSError, IndexError):
            if int(_stat(pid)[2]) == group:
                yield pid


def _all_pids() -> Iterator[int]:
    for entry in Path("/proc").glob("[0-9]*"):
        yield int(entry.name)


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on: state, parent, group, …"""
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
