"""`finnest secrets`: make the secrets of a new installation on Kubernetes."""

from __future__ import annotations

from typing import Annotated

import typer
import yaml

from finnest.cli import _screen
from finnest.dev.home import SERVICES
from finnest.dev.kubernetes.names import NAMESPACE
from finnest.dev.kubernetes.secrets import made
from finnest.manifest import discover

app = typer.Typer()


@app.command()
def secrets(
    namespace: Annotated[str, typer.Option(help="Where they will be.")] = NAMESPACE,
) -> None:
    """Print new secrets for `kubectl create -f -`, which refuses to replace those that are there."""
    for secret in made(discover(SERVICES), namespace):
        _screen.say("---\n" + yaml.safe_dump(secret, sort_keys=False).rstrip())
