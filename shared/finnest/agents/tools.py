"""Tools: one typed function gives the JSON Schema, the chat tool and the REST form.

@tool(effect="read", says=("on hold", "why"))
async def explain_invoice(ctx: ToolContext, invoice: InvoiceRef) -> ToolResult:
    '''Say where an invoice stands and why.'''
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal, get_type_hints

import pydantic
from pydantic import Field

from finnest.context import Caller
from finnest.errors import Invalid, Missing
from finnest.feature import Kit
from finnest.records import Record

EffectKind = Literal["read", "write", "spend"]
RESULT_CHARS = 6_000
"""What a model is told of one result at most; the rest is cut with a notice."""


def slot(kind: str, **more: Any) -> Any:
    """Return a field whose schema tells a planner what the value is: `money`, `date`, `supplier`, ...

    `lookup="feature.tool"` names a read tool whose items give the value when the sentence does not.
    """
    return Field(json_schema_extra={"x-slot": {"kind": kind, **more}})


Money = Annotated[str, slot("money"), Field(pattern=r"^\d{1,12}(\.\d{1,2})?$")]
"""An amount in the tenant's currency, as decimal text."""
Day = Annotated[date, slot("date")]
"""A local date."""


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Who uses a tool, and the feature it works in."""

    kit: Kit
    who: Caller
    key: str
    """Names this use for good: a repeat has the same key."""
    tainted: bool = False
    """Whether the run that uses it has read text from outside."""
    run: str = ""
    """The run that uses it, when it is one of this feature; it can wait for a workflow (`workflows.py`)."""


class ToolResult(Record):
    """What a tool answers."""

    summary: str
    """One or a few sentences for a person; complete without the content."""
    content: dict[str, Any] = {}
    """The facts for a program, JSON-ready."""
    process: str | None = None
    """Instance of the workflow whose end is the answer; only `ToolContext.run` waits for it, and only when the
    call was made alone, as every act is."""


Work = Callable[..., Awaitable[ToolResult]]


@dataclass(frozen=True, slots=True)
class Tool:
    """A declared tool."""

    name: str
    effect: EffectKind
    description: str
    says: tuple[str, ...]
    """Words by which people mean it; with an effect, how an order of it begins, the bare verb first."""
    outside: bool
    """True when its answer has text that somebody outside wrote."""
    work: Work
    preview: Work | None
    """Says in one sentence what `work` would do, from live data; for `write` and `spend`."""
    arguments: type[pydantic.BaseModel]

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the arguments."""
        return self.arguments.model_json_schema()

    def read(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return checked arguments by name.

        Raises:
            Invalid: They do not fit the schema.
        """
        try:
            read = self.arguments.model_validate(given)
        except pydantic.ValidationError as error:
            problem = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in problem["loc"]) or "arguments"
            raise Invalid("bad-arguments", f"{where}: {problem['msg']}") from error
        return {name: getattr(read, name) for name in self.arguments.model_fields}


class ToolSpec(Record):
    """A tool as others see it; what `GET /v1/tools` lists."""

    name: str
    """`<feature>.<tool>`."""
    description: str
    effect: EffectKind
    outside: bool = False
    says: tuple[str, ...] = ()
    parameters: dict[str, Any]


def tool(
    *, effect: EffectKind, says: Sequence[str] = (), outside: bool = False, preview: Work | None = None
) -> Callable[[Work], Tool]:
    """Declare the function as a tool; its docstring is the description, its parameters the arguments."""

    def declare(work: Work) -> Tool:
        name = work.__name__
        if effect != "read" and preview is None:
            raise TypeError(f"{name} has an effect: it needs a preview that a person can decide on")
        hints = get_type_hints(work, include_extras=True)
        fields: dict[str, Any] = {}
        for parameter in list(inspect.signature(work).parameters.values())[1:]:
            default = ... if parameter.default is parameter.empty else parameter.default
            fields[parameter.name] = (hints[parameter.name], default)
        config = pydantic.ConfigDict(extra="forbid")
        arguments = pydantic.create_model(f"{name}_arguments", __config__=config, **fields)
        description = inspect.cleandoc(work.__doc__ or "")
        if not description:
            raise TypeError(f"{name} needs a docstring: it is what a model reads")
        return Tool(name, effect, description, tuple(says), outside, work, preview, arguments)

    return declare


class Toolbox:
    """The tools of one feature."""

    def __init__(self, feature: str, tools: Sequence[Tool] = ()) -> None:
        self._feature = feature
        self._tools = {one.name: one for one in tools}

    def specs(self) -> list[ToolSpec]:
        """Return what others see."""
        return [
            ToolSpec(
                name=f"{self._feature}.{one.name}",
                description=one.description,
                effect=one.effect,
                outside=one.outside,
                says=one.says,
                parameters=one.schema(),
            )
            for one in self._tools.values()
        ]

    def find(self, name: str) -> Tool:
        """Return a tool by its own name; raises `Missing`."""
        if name not in self._tools:
            raise Missing("no-such-tool", f"{self._feature} has no tool {name}")
        return self._tools[name]
