"""`finnest stop`: end the Finnest that runs in this home."""

from __future__ import annotations

import typer

from finnest.cli import _screen
from finnest.dev.home import Home
from finnest.dev.stop import stop as end

app = typer.Typer()


@app.command()
def stop() -> None:
    """Stop the Finnest of this home; everything is kept."""
    _screen.say("stopped; everything is kept" if end(Home.of()) else "it was not running")
