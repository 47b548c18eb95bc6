"""`finnest contracts`: write `shared/contracts` from the code."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.contracts import FOLDER, declared, differing, documents, write
from finnest.dev.home import SERVICES

app = typer.Typer()


@app.command()
def contracts(
    check: Annotated[bool, typer.Option("--check", help="Only say what differs; exit code 1 then.")] = False,
) -> None:
    """Write what features say to each other (events, commands, manifests, flow) for every language to read."""
    texts = documents(declared(SERVICES))
    paths = differing(texts) if check else write(texts)
    for path in paths:
        _screen.say(f"{'differs' if check else 'wrote'} {path}")
    _screen.say(f"{len(texts)} contracts in {FOLDER}")
    raise typer.Exit(1 if check and paths else 0)
