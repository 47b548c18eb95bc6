"""`finnest doctor`: the state of everything."""

from __future__ import annotations

import os
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table

from finnest.cli import _screen
from finnest.dev.doctor import examine
from finnest.dev.home import Home

app = typer.Typer()


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    port: Annotated[int, typer.Option(envvar="PORT", help="The gateway's port to look at.")] = 8080,
) -> None:
    """Look at everything Finnest needs and say what to do; exit code 1 when something is wrong."""
    findings = examine(Home.of(), os.environ, port)
    if json:
        _screen.as_json([asdict(finding) for finding in findings])
    else:
        table = Table("", "about", "state", "next step")
        for finding in findings:
            mark = "[green]ok[/green]" if finding.well else "[red]✗[/red]"
            table.add_row(mark, finding.about, finding.says, finding.next_step)
        _screen.screen.print(table)
    raise typer.Exit(0 if all(finding.well for finding in findings) else 1)
