"""How the command line shows things: people get colour and tables, programs get JSON."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from rich.console import Console
from rich.markup import escape

from finnest.dev.errors import SetupError

screen = Console(highlight=False)
complaints = Console(stderr=True, highlight=False)


def problem(error: SetupError) -> None:
    """Show what stands in the way, and the next step."""
    complaints.print(f"[red]✗[/red] {escape(error.message.rstrip())}", soft_wrap=True)
    complaints.print(f"  {escape(error.next_step)}", soft_wrap=True)


def as_json(value: Any) -> None:
    """Print a value for a program."""
    print(json.dumps(value, indent=1))


def say(line: str) -> None:
    """Print a line as it is, at once; a terminal that was closed is no reason to fail."""
    with contextlib.suppress(OSError):
        print(line, flush=True)
