"""`finnest dev`: as `finnest run`, and a feature whose file is saved is started again."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli.run import Apart, LogCalls, Only, Port, Services, named, start
from finnest.dev.options import Options

app = typer.Typer()


@app.command()
def dev(
    port: Port = 8080,
    apart: Apart = None,
    services: Services = False,
    only: Only = None,
    log_calls: LogCalls = False,
    reload: Annotated[bool, typer.Option(help="Start an app again when its code is saved.")] = True,
) -> None:
    """Start Finnest for work on it: saving a file of a feature starts the app again that hosts it, and no other.

    With --services each feature is an app of its own; together they are one.
    """
    start(
        Options(
            port=port,
            apart=named(apart),
            services=services,
            only=named(only),
            log_calls=log_calls,
            reload=reload,
        )
    )
