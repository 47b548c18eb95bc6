"""Log files of the children: bounded, and read for the reason when a child dies."""

from __future__ import annotations

import contextlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from finnest.dev.errors import SetupError

LARGEST_BYTES = 20 * 1024**2
TAIL_BYTES = 8_000


@dataclass(frozen=True)
class Reason:
    """A known cause of death: how it shows in a log, and what a person does about it."""

    sign: re.Pattern[str]
    sentence: str
    next_step: str


REASONS = (
    Reason(
        re.compile(r"no space left on device|disk is full|database or disk is full", re.I),
        "{name} cannot write: the disk is full.",
        "Free some space and run it again; nothing that was accepted is lost.",
    ),
    Reason(
        re.compile(r"address already in use", re.I),
        "{name} cannot listen: another program took its port.",
        "Run it again, a free port is chosen then; `finnest doctor` shows who holds what.",
    ),
    Reason(
        re.compile(r"permission denied|read-only file system", re.I),
        "{name} may not write where it must.",
        "Check the owner and rights of the folder that FINNEST_HOME names.",
    ),
    Reason(
        re.compile(r"ModuleNotFoundError|ImportError"),
        "{name} misses a Python package or module.",
        "Run `make run` once, it installs what requirements.lock names; then see the log.",
    ),
    Reason(
        re.compile(r"cannot allocate memory|MemoryError|out of memory", re.I),
        "{name} was refused memory.",
        "Close some programs, or give this machine or container more memory (1 GiB is enough).",
    ),
)


def file_of(name: str, folder: Path) -> Path:
    """Return the log of a child: `app:payments` writes to `app-payments.log`."""
    return folder / f"{name.replace(':', '-')}.log"


def explain(name: str, folder: Path) -> SetupError:
    """Return why a child keeps dying, in one sentence, and what to do."""
    path = file_of(name, folder)
    text = tail(path)
    for reason in REASONS:
        if reason.sign.search(text):
            return SetupError(reason.sentence.format(name=name), reason.next_step)
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "it printed nothing")
    return SetupError(f"{name} keeps dying; its last words: {last[:300]}", f"Read {path}.")


def tail(path: Path, size: int = TAIL_BYTES) -> str:
    """Return the end of a log, empty when there is none."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as log:
        log.seek(max(0, path.stat().st_size - size))
        return log.read().decode(errors="replace")
    return ""


def rotate(folder: Path) -> None:
    """Move what a log holds to `<name>.log.1` once it is larger than 20 MB; writers go on undisturbed."""
    for log in folder.glob("*.log"):
        if log.stat().st_size > LARGEST_BYTES:
            # Children hold the file open for appending, so it is emptied in place rather than renamed.
            shutil.copyfile(log, log.with_suffix(".log.1"))
            with log.open("r+b") as file:
                file.truncate(0)
