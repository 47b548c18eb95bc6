"""`finnest backup`: keep everything of this home in one file."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.cli._progress import progress
from finnest.clock import SystemClock
from finnest.dev import backup as backups
from finnest.dev.home import Home

app = typer.Typer()


@app.command()
def backup(
    file: Annotated[Path | None, typer.Argument(help="Where to; by default a name with the time.")] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Read FILE through instead, changing nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Write state, bus, reminders, views and keys of a stopped home into one file; keep it as you keep keys."""
    target = file or Path(f"finnest-{SystemClock().now().astimezone(UTC):%Y%m%dT%H%M%S}.tar.gz")
    with progress("reading" if check else "keeping", shown=not json) as tell:
        made = backups.check(target, tell) if check else backups.make(Home.of(), target, tell)
    if json:
        _screen.as_json(made.told())
        return
    what = f"{made.files} files, {made.size / 1e6:.1f} MB, of {made.made_at:%Y-%m-%d %H:%M:%S} UTC"
    _screen.say(f"{made.path} is whole: {what}" if check else f"kept in {made.path}: {what}")
