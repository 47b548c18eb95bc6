"""`finnest dev`: the same as `finnest run`, by the name that developers of services look for."""

from __future__ import annotations

import typer

from finnest.cli.run import run

app = typer.Typer()
app.command("dev")(run)
