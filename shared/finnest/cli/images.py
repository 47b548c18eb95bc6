"""`finnest images`: make an image per feature."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.errors import SetupError
from finnest.dev.home import SERVICES
from finnest.dev.kubernetes.images import build
from finnest.manifest import discover

app = typer.Typer()


@app.command()
def images(
    features: Annotated[list[str] | None, typer.Argument(help="Which; by default all.")] = None,
) -> None:
    """Make an image of each feature, with an engine or, where there is none, with the lab."""
    try:
        chosen = discover(SERVICES, features or None)
    except LookupError as unknown:
        raise SetupError(str(unknown.args[0]), "Name one of these.") from unknown
    build([one.name for one in chosen], _screen.say)
