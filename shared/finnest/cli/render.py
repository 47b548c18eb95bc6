"""`finnest render`: write the rendered part of `k8s/` from the manifests."""

from __future__ import annotations

from typing import Annotated

import typer

from finnest.cli import _screen
from finnest.dev.home import SERVICES
from finnest.dev.kubernetes.folders import FOLDER, differing, documents, write
from finnest.manifest import discover

app = typer.Typer()


@app.command()
def render(
    check: Annotated[bool, typer.Option("--check", help="Only say what differs; exit code 1 then.")] = False,
) -> None:
    """Write everything on Kubernetes that follows from the manifests: components, policies, routes, folders."""
    texts = documents(discover(SERVICES))
    paths = differing(texts) if check else write(texts)
    for path in paths:
        _screen.say(f"{'differs' if check else 'wrote'} {path}")
    _screen.say(f"{len(texts)} files in {FOLDER}")
    raise typer.Exit(1 if check and paths else 0)
