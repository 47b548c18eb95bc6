"""`finnest bench`: measures this machine."""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated

import typer

from finnest.dev.home import REPO

app = typer.Typer()


@app.command()
def bench(
    write: Annotated[bool, typer.Option(help="Write the table into the README.")] = True,
) -> None:
    """Measure turns, documents, start and memory in installations of their own; takes two minutes."""
    command = [sys.executable, "-m", "tests.bench", *(["--write"] if write else [])]
    raise typer.Exit(subprocess.run(command, cwd=REPO, check=False).returncode)
