"""Gates: where a test stands between a caller and a twin, to delay a call or let it go wrong."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Protocol


class Trouble(Enum):
    """How one call goes wrong."""

    NOT_DONE = "failed, and nothing was done"
    ANSWER_LOST = "done, but the caller is told that it failed"
    LATE = "the caller is told that it failed, and it is done afterwards"


class Gate(Protocol):
    """Stands around every call of a twin; `call` names it: `store.transact`, `bus.publish`."""

    async def before(self, call: str, about: object) -> Trouble | None:
        """Return what is to go wrong with this call, or None."""
        ...

    async def after(self, call: str, about: object) -> None:
        """Be there when the call has been done and its caller does not know yet."""
        ...

    def later(self, act: Callable[[], object]) -> None:
        """Do what was announced as `LATE`."""
        ...


class _Open(Gate):
    """Lets every call pass at once."""

    async def before(self, call: str, about: object) -> Trouble | None:
        return None

    async def after(self, call: str, about: object) -> None:
        return

    def later(self, act: Callable[[], object]) -> None:
        act()


OPEN: Gate = _Open()


class Planned(Gate):
    """Lets calls go wrong as planned: for each call name what happens the first, the second … time."""

    def __init__(self, plan: Mapping[str, Iterable[Trouble | None]]) -> None:
        self._plan = {call: deque(troubles) for call, troubles in plan.items()}
        self.late: list[Callable[[], object]] = []
        """What the test still has to do for `LATE`."""

    def plan(self, call: str, trouble: Trouble | None) -> None:
        """Plan what happens at one more call."""
        self._plan.setdefault(call, deque()).append(trouble)

    async def before(self, call: str, about: object) -> Trouble | None:
        left = self._plan.get(call)
        return left.popleft() if left else None

    async def after(self, call: str, about: object) -> None:
        return

    def later(self, act: Callable[[], object]) -> None:
        self.late.append(act)
