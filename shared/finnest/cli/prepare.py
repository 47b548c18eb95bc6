"""`finnest prepare`: everything that needs the network, ahead of time."""

from __future__ import annotations

import asyncio
import os

import typer

from finnest.cli import _screen
from finnest.dev.home import SERVICES
from finnest.dev.preparation import prepared
from finnest.manifest import discover

app = typer.Typer()


@app.command()
def prepare() -> None:
    """Find or build the runtime and fetch what features need, so that starting needs no network."""
    ready = asyncio.run(prepared(discover(SERVICES), os.environ, _screen.say))
    _screen.say(f"Dapr {ready.runtime.version} and the broker are in place: {ready.runtime.daprd.parent}")
    for feature, program in ready.programs.items():
        _screen.say(f"{feature} is in place: {program.parent}")
