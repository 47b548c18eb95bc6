"""`finnest clean-data`: remove what was stored; keys stay."""

from __future__ import annotations

import shutil
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.errors import SetupError
from finnest.dev.home import Home

app = typer.Typer()


@app.command()
def clean_data(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Remove every document, payment and message of this home, after asking; keys and logs stay."""
    home = Home.of()
    if home.is_running():
        raise SetupError("Finnest is running and uses its data.", "Stop it first: `finnest stop`.")
    if not home.data.exists():
        _screen.say("there is no data")
        return
    if not yes and not typer.confirm(f"Remove everything in {home.data}?", default=False):
        _screen.say("nothing was removed")
        raise typer.Exit(1)
    shutil.rmtree(home.data)
    _screen.say(f"removed {home.data}")
