"""`finnest upgrade-check`: whether this version can take over what an earlier one wrote."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from finnest.cli import _screen
from finnest.clock import SystemClock
from finnest.dev.errors import SetupError
from finnest.dev.home import SERVICES, Home
from finnest.dev.upgrade import checks, record, stamp

app = typer.Typer()
MARKS = {"ok": "[green]ok[/green]", "look": "[yellow]look[/yellow]", "stop": "[red]✗[/red]"}


@app.command()
def upgrade_check(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    against: Annotated[
        Path | None, typer.Option(help="Compare with this stamp of a cluster's version, not with a home.")
    ] = None,
    write: Annotated[Path | None, typer.Option(help="Write the stamp of this version, and no more.")] = None,
) -> None:
    """Check, with the new version and before its first start, whether it can take over the data of this home.

    Exit code 1: something must be done first. The home may run or be stopped; nothing is changed.
    """
    now = stamp.stamp(SERVICES)
    if write is not None:
        stamp.write(write, now)
        return
    found = _against(against, now) if against is not None else _home(now)
    if json:
        _screen.as_json([asdict(check) for check in found])
    else:
        table = Table("", "about", "state", "next step")
        for check in found:
            table.add_row(MARKS[check.state], check.about, check.says, check.next_step)
        _screen.screen.print(table)
    raise typer.Exit(1 if any(check.state == "stop" for check in found) else 0)


def _against(path: Path, now: stamp.Stamp) -> list[checks.Check]:
    before = stamp.read(path)
    if before is None:
        raise SetupError(
            f"There is no {path}.", "`finnest upgrade-check --write FILE` of that version makes it."
        )
    return checks.of_versions(before, now)


def _home(now: stamp.Stamp) -> list[checks.Check]:
    home = Home.of()
    if not home.data.exists():
        raise SetupError(
            f"{home.root} has no data.", "FINNEST_HOME names a home; a fresh one needs no check."
        )
    try:
        return checks.of_home(home, SERVICES, stamp.read(record.place(home)), now, SystemClock().now())
    except (sqlite3.Error, ValueError, KeyError) as error:
        raise SetupError(
            f"The stored state cannot be read: {error}",
            "Restore a backup, or look at it with the version before.",
        ) from error
