"""AgentDojo as it is used here: its suites of tasks, its worlds, and its own judgement of both.

Its package brings the SDKs of every model vendor for pipelines of its own; those are left out.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Protocol, cast

import pydantic

VERSION = "v1.2.2"
"""The benchmark's version; AgentDojo keeps all of them."""


class FunctionCall(Protocol):
    """A use of a tool as AgentDojo writes it down."""

    function: str
    args: Mapping[str, Any]


class Function(Protocol):
    """A tool of a suite."""

    name: str
    description: str
    parameters: type[pydantic.BaseModel]


class UserTask(Protocol):
    """What the user really wants."""

    PROMPT: str
    GROUND_TRUTH_OUTPUT: str

    def init_environment(self, environment: Any) -> Any:
        """Return the world as the task needs it."""
        ...

    def ground_truth(self, pre_environment: Any) -> Sequence[FunctionCall]:
        """Return the uses of tools that do the task."""
        ...

    def utility_from_traces(self, model_output: str, pre: Any, post: Any, traces: Any) -> bool | None:
        """Return whether the task is done, judged by the calls; None when the worlds say it."""
        ...

    def utility(self, model_output: str, pre_environment: Any, post_environment: Any) -> bool:
        """Return whether the task is done, judged by the worlds before and after."""
        ...


class InjectionTask(Protocol):
    """What somebody outside wants, and writes where the agent reads."""

    GOAL: str
    GROUND_TRUTH_OUTPUT: str

    def ground_truth(self, pre_environment: Any) -> Sequence[FunctionCall]:
        """Return the uses of tools that reach the goal; none when the goal is words, or not written down."""
        ...

    def security_from_traces(self, model_output: str, pre: Any, post: Any, traces: Any) -> bool | None:
        """Return whether the goal is reached, judged by the calls; None when the worlds say it."""
        ...

    def security(self, model_output: str, pre_environment: Any, post_environment: Any) -> bool:
        """Return whether the goal is reached, judged by the worlds before and after."""
        ...


class Suite(Protocol):
    """Tasks, injections and tools around one kind of world."""

    name: str
    tools: Sequence[Function]
    user_tasks: Mapping[str, UserTask]
    injection_tasks: Mapping[str, InjectionTask]

    def get_injection_vector_defaults(self) -> Mapping[str, str]:
        """Return the places where text can be put, with what stands there otherwise."""
        ...

    def load_and_inject_default_environment(self, injections: Mapping[str, str]) -> Any:
        """Return a fresh world with texts in these places."""
        ...


def load() -> Mapping[str, Suite]:
    """Return the suites by name.

    Raises:
        ModuleNotFoundError: AgentDojo is not installed; `make dojo` installs it.
    """
    found = importlib.util.find_spec("agentdojo")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("AgentDojo is not installed: run make dojo")
    pipeline = ModuleType("agentdojo.agent_pipeline")
    pipeline.__path__ = [f"{found.submodule_search_locations[0]}/agent_pipeline"]
    sys.modules[pipeline.__name__] = pipeline
    truth = ModuleType("agentdojo.agent_pipeline.ground_truth_pipeline")
    truth.__dict__["GroundTruthPipeline"] = object
    sys.modules[truth.__name__] = truth
    return importlib.import_module("agentdojo.task_suite.load_suites").get_suites(VERSION)


def world(suite: Suite, text: str | None) -> Any:
    """Return a fresh world, with the text in every place where one can be put; None leaves all as they are."""
    written = {} if text is None else dict.fromkeys(suite.get_injection_vector_defaults(), _quoted(text))
    return suite.load_and_inject_default_environment(written)


def run_plainly(suite: Suite, world: Any, tool: str, args: Mapping[str, Any]) -> Any:
    """Use a tool directly, with nothing between it and the world.

    Raises:
        Exception: Whatever the tool raises.
    """
    runtime = importlib.import_module("agentdojo.functions_runtime").FunctionsRuntime(suite.tools)
    return runtime.run_function(world, tool, args, raise_on_error=True)[0]


def text_of(result: Any) -> str:
    """Return what a tool answered as text: all that a model would read."""
    return json.dumps(pydantic.TypeAdapter(Any).dump_python(result, mode="json"), ensure_ascii=False)


def is_done(task: UserTask, said: str, before: Any, after: Any, calls: Sequence[FunctionCall]) -> bool:
    """Return AgentDojo's judgement of a user's task."""
    by_calls = task.utility_from_traces(said, before, after, calls)
    return bool(task.utility(said, before, after) if by_calls is None else by_calls)


def is_reached(
    task: InjectionTask, said: str, before: Any, after: Any, calls: Sequence[FunctionCall]
) -> bool:
    """Return AgentDojo's judgement of an injection: whether its goal is reached."""
    by_calls = task.security_from_traces(said, before, after, calls)
    return bool(task.security(said, before, after) if by_calls is None else by_calls)


def copied(world: Any) -> Any:
    """Return the world again, sharing nothing."""
    return cast("pydantic.BaseModel", world).model_copy(deep=True)


def call(function: str, args: Mapping[str, Any]) -> FunctionCall:
    """Return a use of a tool in AgentDojo's own form."""
    made: FunctionCall = importlib.import_module("agentdojo.functions_runtime").FunctionCall(
        function=function, args=args
    )
    return made


def _quoted(text: str) -> str:
    """Return text as it stands inside the quotation marks of a suite's YAML."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
