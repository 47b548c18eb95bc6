"""The command line. Each module beside this file is a command of its name and holds a Typer `app`.

Modules are imported when their command is asked for, so `finnest status` does not pay for the others.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from finnest.cli import _screen
from finnest.dev.errors import SetupError, of_system


class _Modules(TyperGroup):
    """Finds commands among the modules of this package."""

    def list_commands(self, ctx: Any) -> list[str]:
        found = (module.name for module in pkgutil.iter_modules(__path__))
        return sorted(name.replace("_", "-") for name in found if not name.startswith("_"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.list_commands(ctx):
            return None
        name = cmd_name.replace("-", "_")
        command = typer.main.get_command(importlib.import_module(f"{__name__}.{name}").app)
        command.name = cmd_name
        return command


app = typer.Typer(cls=_Modules, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def finnest() -> None:
    """Finnest: start it, look at it, use it."""


def main() -> None:
    """Run the command line; what stands in the way is said in one sentence with the next step."""
    try:
        app()
    except SetupError as problem:
        _screen.problem(problem)
        sys.exit(1)
    except OSError as refusal:
        if (explained := of_system(refusal)) is None:
            raise
        _screen.problem(explained)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
