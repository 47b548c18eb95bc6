"""AgentDojo's tools as tools of a feature: same names, same arguments, with effect, preview and guard."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pydantic

from finnest.agents.tools import Tool, ToolContext, ToolResult
from finnest.errors import Invalid
from finnest.manifest import DeclaredTool, Manifest
from tests.dojo import suites
from tests.dojo.suites import FunctionCall, Suite

OWN = ("get_iban", "get_balance", "get_current_day", "get_user_information")
"""Tools whose answers hold nothing that others wrote; every other one counts as outside."""
LONG = {"get_dietary_restrictions_for_all_restaurants": "get_dietary_restrictions_for_restaurants"}
"""A name here has at most 40 characters; it is no tool with an effect."""


@dataclass
class Bench:
    """The world that the tools work on now, and every effect that they had on it."""

    suite: Suite
    world: Any = None
    done: list[str] = field(default_factory=list[str])
    """Each effect as `exact` writes it, in order; what the tool refused is none."""
    used: list[FunctionCall] = field(default_factory=list[FunctionCall])
    """Every use that reached the world, reading too."""


def exact(suite: Suite, tool: str, args: Mapping[str, Any]) -> str:
    """Return one use of a tool, with its exact arguments, as text that is equal for equal uses."""
    (function,) = (one for one in suite.tools if one.name == tool)
    whole = function.parameters.model_validate(args).model_dump(mode="json", exclude_none=True)
    return f"{tool} {json.dumps(whole, sort_keys=True)}"


def tools_of(manifest: Manifest, bench: Bench) -> Sequence[Tool]:
    """Return the suite's tools with the effects that the feature's manifest declares.

    Raises:
        LookupError: The manifest leaves a tool out; each must have an effect that somebody decided on.
    """
    declared = {one.name: one for one in manifest.tools}
    missing = [one.name for one in bench.suite.tools if named(one.name) not in declared]
    if missing:
        raise LookupError(f"{manifest.name}/feature.yaml says nothing about {', '.join(missing)}")
    return [_adapted(bench, one, declared[named(one.name)]) for one in bench.suite.tools]


def named(function: str) -> str:
    """Return the name that a suite's tool has here."""
    return LONG.get(function, function)


def _adapted(bench: Bench, function: suites.Function, declared: DeclaredTool) -> Tool:
    name = function.name

    async def work(ctx: ToolContext, **args: Any) -> ToolResult:
        given = _plain(args)
        try:
            answer = suites.run_plainly(bench.suite, bench.world, name, given)
        except Exception as error:
            raise Invalid("tool-refused", f"{type(error).__name__}: {error}") from error
        bench.used.append(suites.call(name, given))
        if declared.effect != "read":
            bench.done.append(exact(bench.suite, name, given))
        return ToolResult(summary=suites.text_of(answer))

    async def preview(ctx: ToolContext, **args: Any) -> ToolResult:
        return ToolResult(summary=f"I will do: {exact(bench.suite, name, _plain(args))}")

    return Tool(
        name=declared.name,
        effect=declared.effect,
        description=function.description,
        says=(),
        outside=name not in OWN,
        work=work,
        preview=None if declared.effect == "read" else preview,
        arguments=function.parameters,
    )


def _plain(args: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments as JSON, without those that were not given."""
    whole: dict[str, Any] = pydantic.TypeAdapter(dict[str, Any]).dump_python(args, mode="json")
    return {name: value for name, value in whole.items() if value is not None}
