"""`finnest run`: start everything and keep it alive until Ctrl-C."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.launcher import run as launch
from finnest.dev.options import Options

app = typer.Typer()


@app.command()
def run(
    port: Annotated[
        int, typer.Option(envvar="PORT", min=1, max=65535, help="Where people and apps reach it.")
    ] = 8080,
    apart: Annotated[
        list[str] | None,
        typer.Option(help="A feature that gets a process and a sidecar of its own; repeat, or a,b."),
    ] = None,
    services: Annotated[bool, typer.Option("--services", help="Every feature gets its own.")] = False,
    log_calls: Annotated[
        bool, typer.Option("--log-calls", help="Sidecars write each call of their API to their logs.")
    ] = False,
) -> None:
    """Start Finnest on this machine and keep it alive until Ctrl-C.

    Where a feature runs is chosen at each start: its state, its place on the bus and its reminders follow.
    """
    alone = [name.strip() for names in apart or [] for name in names.split(",") if name.strip()]
    options = Options(port=port, apart=alone, services=services, log_calls=log_calls, say=_screen.say)
    asyncio.run(launch(options))
