"""`finnest restore`: put a backup in the place of what is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.cli._progress import progress
from finnest.dev import backup as backups
from finnest.dev.home import Home

app = typer.Typer()


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="What `finnest backup` wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Set aside what this home has.")] = False,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Bring a stopped home back to a backup; what came after it is not in it, bank files included."""
    with progress("restoring", shown=not json) as tell:
        done = backups.restore(Home.of(), file, tell, replace=replace)
    if json:
        _screen.as_json(done.told())
        return
    _screen.say(f"restored to {done.made_at:%Y-%m-%d %H:%M:%S} UTC: {done.files} files")
    if done.set_aside:
        _screen.say(f"what was here before lies in {done.set_aside}")
    _screen.say(
        "bank files written since then are not known here: compare with your bank before the next pay run"
    )
