"""What a developer is told when something on this machine stands in the way."""

from __future__ import annotations


class SetupError(Exception):
    """Says in one sentence what is wrong with this machine, and in one more what to do next."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}"
