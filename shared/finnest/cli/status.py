"""`finnest status`: what runs now."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from finnest.cli import _screen
from finnest.dev.home import Home
from finnest.dev.status import Status, current

NOT_READY = 3

app = typer.Typer()


@app.command()
def status(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show what runs now; the exit code is 0 when it is ready and 3 when not."""
    now = current(Home.of())
    if json:
        _screen.as_json(now.as_json())
    else:
        _show(now)
    raise typer.Exit(0 if now.ready else NOT_READY)


def _show(now: Status) -> None:
    if not now.processes:
        _screen.say(f"not running ({now.home}); `make run` starts it")
        return
    _screen.screen.print(
        f"{'[green]ready[/green]' if now.ready else '[yellow]not ready[/yellow]'} at {now.url}"
    )
    table = Table("process", "pid", "MB", "restarts")
    for process in now.processes:
        table.add_row(process.name, str(process.pid or "-"), f"{process.rss_mb:.0f}", str(process.restarts))
    table.add_section()
    table.add_row("together", "", f"{sum(p.rss_mb for p in now.processes):.0f}", "")
    _screen.screen.print(table)
