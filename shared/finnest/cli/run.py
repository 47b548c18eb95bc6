"""`finnest run`: start everything and keep it alive until Ctrl-C."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.launcher import Options
from finnest.dev.launcher import run as launch

app = typer.Typer()


@app.command()
def run(
    port: Annotated[
        int, typer.Option(envvar="PORT", min=1, max=65535, help="Where people and apps reach it.")
    ] = 8080,
) -> None:
    """Start Finnest on this machine and keep it alive until Ctrl-C."""
    asyncio.run(launch(Options(port=port, say=_screen.say)))
