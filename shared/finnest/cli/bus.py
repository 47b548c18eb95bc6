"""`finnest bus`: the streams and consumers of the bus."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev import bus as bus_
from finnest.dev.home import SERVICES, Home
from finnest.dev.ports import Ports
from finnest.manifest import discover

app = typer.Typer(help="Streams and consumers of the bus.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Streams and consumers of the bus."""


@app.command()
def ensure(
    url: Annotated[
        str | None,
        typer.Option(help="The broker; by default the one that runs here.", envvar="FINNEST_BUS_URL"),
    ] = None,
    replicas: Annotated[
        int, typer.Option(help="Servers that keep each message.", envvar="FINNEST_BUS_REPLICAS")
    ] = 1,
) -> None:
    """Make or correct streams and consumers from the manifests; what exists keeps its place."""
    made = bus_.ensure(url or _here(), discover(SERVICES), replicas=replicas)
    for line in asyncio.run(made) or ["nothing to do"]:
        _screen.say(line)


def _here() -> str:
    home = Home.of()
    ports = Ports.read(home.read_run()["ports"])
    return ports.nats_url(home.secrets().nats_password)
