"""The worker process: judges documents that arrive on its standard input, one at a time.

Run as `python -m services.invoices.judging.worker RULES_FOLDER MEMORY_MB PARENT_PID NICE`. A message in either
direction is a frame: 4 bytes length (big endian), then JSON; a request's JSON has `size`, the
length of the document's bytes that follow it. The process ends with its input or its parent.
"""

from __future__ import annotations

import ctypes
import gc
import json
import os
import resource
import signal
import struct
import sys
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

_PR_SET_PDEATHSIG = 1


def main(rules: str, memory_mb: str, parent_pid: str, nice: str) -> None:
    """Serves until the input ends."""
    _die_with(int(parent_pid))
    os.nice(int(nice))
    _limit(int(memory_mb))
    replies = _private_stdout()
    # Only now, under the limits: these imports load the engines.
    from services.invoices.judging.judge import Judge

    judge = Judge(Path(rules))
    judge.warm()
    # What is loaded by now stays: the collector need not look at it again and again.
    gc.freeze()
    _write(replies, {"ready": True})
    requests = sys.stdin.buffer
    while (request := _read(requests)) is not None:
        body = requests.read(int(request["size"]))
        report = judge.judge(body, request["ruleset"], date.fromisoformat(request["today"]))
        _write(replies, report.to_json())


def _die_with(parent: int) -> None:
    """Asks the kernel to end this process when its parent ends, however that happens."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


def _limit(memory_mb: int) -> None:
    """Bounds memory and forbids core dumps and files.

    The engine reserves 32 GiB of address space that it never uses, so the limit is on data
    (RLIMIT_DATA), not on address space.
    """
    size = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    # The parent decides when a group interrupt (Ctrl-C) ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _private_stdout() -> BinaryIO:
    """The reply pipe under a descriptor of its own, so that nothing else can write into it."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb")


def _read(stream: BinaryIO) -> dict[str, Any] | None:
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    return json.loads(stream.read(length))


def _write(stream: BinaryIO, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode()
    stream.write(struct.pack(">I", len(data)) + data)
    stream.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
