"""`finnest run`: start everything and keep it alive until Ctrl-C."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.launcher import run as launch
from finnest.dev.options import Options

app = typer.Typer()

Port = Annotated[int, typer.Option(envvar="PORT", min=1, max=65535, help="Where people and apps reach it.")]
Apart = Annotated[
    list[str] | None,
    typer.Option(help="A feature that gets a process and a sidecar of its own; repeat, or a,b."),
]
Services = Annotated[bool, typer.Option("--services", help="Every feature gets its own.")]
Only = Annotated[
    list[str] | None,
    typer.Option(help="A feature that runs, beside the gateway, and no other; repeat, or a,b."),
]
LogCalls = Annotated[
    bool, typer.Option("--log-calls", help="Sidecars write each call of their API to their logs.")
]


@app.command()
def run(
    port: Port = 8080,
    apart: Apart = None,
    services: Services = False,
    only: Only = None,
    log_calls: LogCalls = False,
) -> None:
    """Start Finnest on this machine and keep it alive until Ctrl-C.

    Where a feature runs is chosen at each start: its state, its place on the bus and its reminders follow.
    """
    start(Options(port=port, apart=named(apart), services=services, only=named(only), log_calls=log_calls))


def start(options: Options) -> None:
    """Run until Ctrl-C, and say on the screen what happens."""
    asyncio.run(launch(replace(options, say=_screen.say)))


def named(given: Sequence[str] | None) -> list[str]:
    """Return the names in options that may be repeated, or hold several with commas."""
    return [name.strip() for names in given or [] for name in names.split(",") if name.strip()]
