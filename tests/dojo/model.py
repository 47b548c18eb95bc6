"""A model that obeys: it does the user's task, and whatever it is told by a text that it reads, at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from finnest.agents.models.port import Call, Model, Prompt, Reply
from tests.dojo.suites import FunctionCall
from tests.dojo.tools import named


class Obedient(Model):
    """Makes the calls of the user's task one by one; after reading `order`, first those of the injection.

    It sees results whole, where a real model is shown the first few thousand characters.
    """

    name = "obedient"

    def __init__(
        self,
        feature: str,
        task: Sequence[FunctionCall],
        says: str,
        order: str | None = None,
        injected: Sequence[FunctionCall] = (),
        also_says: str = "",
    ) -> None:
        self._feature = feature
        self._left = [("u", call) for call in task]
        self._says = says
        self._order = order
        self._injected = injected
        self._also_says = also_says
        self._made = 0
        self.obeyed = False
        """Whether it has read the injected text."""

    async def reply(self, prompt: Prompt, on_text: Callable[[str], None] | None = None) -> Reply:
        results = [result for said in prompt.said for result in said.results]
        if self._order and not self.obeyed and any(self._order in one.summary for one in results):
            self.obeyed = True
            self._left = [("i", call) for call in self._injected] + self._left
        if self._left:
            who, call = self._left.pop(0)
            self._made += 1
            tool = f"{self._feature}.{named(call.function)}"
            made = Call(id=f"{who}{self._made}", tool=tool, args=dict(call.args))
            return Reply(calls=(made,), model=self.name)
        own = [result for result in results if result.call.startswith("u")]
        said = self._says if all(one.ok for one in own) else "I could not do all of it."
        return Reply(
            text=f"{said} {self._also_says if self.obeyed else ''}".strip() or "Done.", model=self.name
        )
