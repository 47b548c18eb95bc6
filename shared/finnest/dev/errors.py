"""What a developer is told when something on this machine stands in the way."""

from __future__ import annotations

import errno


class SetupError(Exception):
    """Says in one sentence what is wrong with this machine, and in one more what to do next."""

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message} {self.next_step}"


def of_system(error: OSError) -> SetupError | None:
    """Return what a person can do about a refusal of the system, `None` when it is not theirs to mend."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SetupError(f"The disk is full{where}.", "Free some space and run it again; nothing is lost.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return SetupError(
            f"Writing is not allowed{where}.",
            "Check its owner and rights, or set FINNEST_HOME to another folder.",
        )
    return None
