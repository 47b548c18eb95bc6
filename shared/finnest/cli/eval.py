"""`finnest eval`: measures how well the offline planner understands people."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from finnest.dev.home import REPO

app = typer.Typer()


@app.command(name="eval")
def evaluate(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    held_out: Annotated[
        bool, typer.Option("--held-out/--all", help="Only the half that the planner was not tuned with.")
    ] = False,
    show: Annotated[bool, typer.Option("--show", help="List what was not understood.")] = False,
) -> None:
    """Play the sentences of tests/data/sentences.tsv and count right tools, right slots and wrong effects."""
    command = [sys.executable, "-m", "tests.evaluation", "--set", "held-out" if held_out else "all"]
    command += [*(["--json"] if json else []), *(["--show"] if show else [])]
    raise typer.Exit(subprocess.run(command, cwd=REPO, check=False).returncode)
