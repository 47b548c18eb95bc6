"""A bar of bytes for work that reads or writes much."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from finnest.cli import _screen


@contextmanager
def progress(what: str, *, shown: bool) -> Generator[Callable[[int, int], None]]:
    """Show a bar; what is yielded takes bytes done and bytes in all."""
    bars = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*bars, console=_screen.complaints, disable=not shown, transient=True) as all:
        task = all.add_task(what, total=None)
        yield lambda done, total: all.update(task, completed=done, total=total)
