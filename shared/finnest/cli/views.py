"""`finnest views`: query tables, rebuilt from the history on the bus."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.errors import SetupError
from finnest.dev.home import SERVICES, Home
from finnest.dev.ports import Ports
from finnest.dev.rebuild import rebuild
from finnest.manifest import discover

app = typer.Typer(help="Query tables: drop and rebuild.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Query tables: drop and rebuild."""


@app.command("rebuild")
def rebuild_views(
    feature: Annotated[str, typer.Argument(help="Whose tables.")],
) -> None:
    """Drop a feature's query tables and fill them again from all events; the broker must run."""
    home = Home.of()
    run = home.read_run()
    if not run or not home.is_running():
        raise SetupError("The broker does not run.", "Start it: `make run`.")
    url = Ports.read(run["ports"]).nats_url(home.secrets().nats_password)
    manifest = discover(SERVICES, [feature])[0]
    count = rebuild(home, url, manifest, _screen.say)
    _screen.say(f"{feature}: {count} events applied")
