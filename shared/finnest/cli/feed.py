"""`finnest feed`: sends every document of a folder, at any depth, and reports what became of each."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from finnest.cli import _screen
from finnest.dev.api import Api
from finnest.dev.feeding import Fed, Feed, documents, journal_of
from finnest.dev.home import Home

ROWS = 60
"""More than these stand in the report only."""
REASON_CHARS = 120
_FINE = ("valid", "scheduled", "paid", "awaiting_approval", "matched")

app = typer.Typer()


@app.command()
def feed(
    folder: Annotated[Path, typer.Argument(help="A folder of UBL documents.", exists=True, file_okay=False)],
    user: Annotated[str, typer.Option("--as", help="Whose key sends.")] = "dev",
    again: Annotated[bool, typer.Option("--again", help="Send all, also what was answered before.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report, for programs.")] = False,
) -> None:
    """Feed a folder; interrupted, the same command goes on where it was."""
    home = Home.of()
    api = Api(home, user)
    files = documents(folder)
    if not files:
        _screen.say(f"there is no document (.xml, .ubl) in {folder}")
        raise typer.Exit(1)
    journal = journal_of(home, folder)
    if again:
        journal.forget()
    feeding = Feed(api, folder, journal)
    bars = (TextColumn("{task.description:>22}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*bars, console=_screen.complaints, disable=json) as progress:
        sending = progress.add_task("sending", total=len(files))
        sent = feeding.send(files, lambda: progress.advance(sending))
        waiting = progress.add_task("waiting for decisions", total=len(files))
        fed = list(feeding.settle(sent, lambda: progress.advance(waiting)))
    report = feeding.report(fed)
    if json:
        _screen.as_json(json_format.loads(report.read_text("utf-8")))
    else:
        _show(fed, report)
    unsent = sum(one.status == "unsent" for one in fed)
    if unsent:
        _screen.say(f"{unsent} were not taken; the same command tries them again")
        raise typer.Exit(1)


def _show(fed: list[Fed], report: Path) -> None:
    """Print a table of the files, those that need a look first, and the counts."""
    ordered = sorted(fed, key=lambda one: one.status in _FINE)
    table = Table("document", "number", "supplier", "total", "status", "reason")
    for one in ordered[:ROWS]:
        status = f"{one.status} ({one.answered})" if one.status in ("refused", "unsent") else one.status
        cells = (one.file, one.number, one.supplier, one.total, status, one.reason[:REASON_CHARS])
        table.add_row(*(escape(cell) for cell in cells))
    _screen.screen.print(table)
    if len(fed) > ROWS:
        _screen.say(f"and {len(fed) - ROWS} more")
    counts: dict[str, int] = {}
    for one in fed:
        counts[one.status] = counts.get(one.status, 0) + 1
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    _screen.say(f"{len(fed)} documents: {told}")
    _screen.say(f"report: {report}")
