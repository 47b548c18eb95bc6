"""`finnest new`: make a feature."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.home import REPO, SERVICES
from finnest.dev.scaffold import SUMMARY, make, plan
from finnest.manifest import discover

app = typer.Typer()


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="One lower-case word; also its folder, app id and subjects.")],
    agent: Annotated[str | None, typer.Option(help="The role that decides, such as steward.")] = None,
    summary: Annotated[str, typer.Option(help="What it is for, in one sentence.")] = SUMMARY,
) -> None:
    """Make a small feature that works, with its tests; change it into what it is for."""
    for path in make(plan(name, agent, summary, discover(SERVICES)), SERVICES, REPO / "tests" / "unit"):
        _screen.say(str(path.relative_to(REPO) if path.is_relative_to(REPO) else path))
    _screen.say(f"next: services/README.md says what to change; the next `make run` hosts {name}")
