"""The guard: what an agent may do, said by small tables beside each feature. Pure.

The first rule that fits decides; none means deny. The same rules filter the list of tools that a model is
shown and judge each call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ConfigDict

from finnest.asking import Needs
from finnest.records import Record

Verdict = Literal["allow", "confirm", "ask", "deny"]
"""`confirm`: the user of the run says yes to the exact action; `ask`: other people approve it."""
STRICT: Sequence[Verdict] = ("allow", "confirm", "ask", "deny")
FILE = "guard.yaml"
OF_MEMORY = ("remember_fact", "forget_fact", "recall_facts")
ASK = "ask_agent"
"""The tool by which the agent of a feature is asked by others; what it does then is judged in its own run."""


class _Strict(Record):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bound(_Strict):
    """A condition on one argument."""

    over: str | None = None
    under: str | None = None
    one_of: tuple[str, ...] | None = None

    def holds(self, value: Any) -> bool:
        """Return whether the value fulfils it."""
        if self.one_of is not None and str(value) not in self.one_of:
            return False
        number = _number(value)
        if number is None:
            return self.over is None and self.under is None
        return (self.over is None or number > Decimal(self.over)) and (
            self.under is None or number < Decimal(self.under)
        )

    def is_blind(self, value: Any) -> bool:
        """Return whether it compares numbers and the value is none: then nobody knows what would be right."""
        return (self.over is not None or self.under is not None) and _number(value) is None


class Rule(_Strict):
    """One row: when all that it names fits, it decides."""

    tools: tuple[str, ...]
    """Names of the feature's tools; `*` for all, `find_*` by pattern."""
    agents: tuple[str, ...] = ("*",)
    roles: tuple[str, ...] = ()
    """The user needs one of them; none means any known user."""
    tainted: bool | None = None
    """Whether the run has read text from outside."""
    args: dict[str, Bound] = {}
    then: Verdict
    needs: Needs = Needs()
    why: str

    def is_about(self, tool: str) -> bool:
        """Return whether the row names this tool."""
        return any(fnmatchcase(tool, pattern) for pattern in self.tools)

    def fits(self, tool: str, asked: Asked) -> bool:
        """Return whether the row is about this call."""
        return (
            self.is_about(tool)
            and any(fnmatchcase(asked.agent, pattern) for pattern in self.agents)
            and (not self.roles or bool(set(self.roles) & set(asked.roles)))
            and (self.tainted is None or self.tainted == asked.tainted)
            and all(bound.holds(asked.args.get(name)) for name, bound in self.args.items())
        )


class Asked(Record):
    """What is judged."""

    tenant: str
    agent: str
    roles: tuple[str, ...]
    tool: str
    """`<feature>.<tool>`."""
    effect: Literal["read", "write", "spend"]
    args: dict[str, Any] = {}
    tainted: bool = False


class Judgement(Record):
    """The decision, with what it rests on."""

    verdict: Verdict
    why: str
    needs: Needs = Needs()
    version: str
    """Digest of the table that decided."""


class Guard:
    """The tables of all features, and what tenants changed in them."""

    def __init__(
        self,
        tables: Mapping[str, tuple[Sequence[Rule], str]],
        tenants: Mapping[str, tuple[Mapping[str, Sequence[Rule]], str]] | None = None,
    ) -> None:
        self._tables = tables
        self._tenants = tenants or {}

    def judge(self, asked: Asked) -> Judgement:
        """Return the decision about one call."""
        feature, _, tool = asked.tool.partition(".")
        for rules, version in self._applying(asked.tenant, feature):
            for rule in rules:
                if rule.is_about(tool) and any(
                    bound.is_blind(asked.args.get(name)) for name, bound in rule.args.items()
                ):
                    return Judgement(verdict="deny", why="an amount that is no number", version=version)
                if rule.fits(tool, asked):
                    return _decided(rule, asked, version)
        return Judgement(
            verdict="deny", why="no rule allows it", version=self._tables.get(feature, ((), "none"))[1]
        )

    def judge_all(self, asked: Asked, agents: Sequence[str]) -> Judgement:
        """Return the strictest decision about a call that is made in the name of all these agents."""
        each = [self.judge(asked.model_copy(update={"agent": agent})) for agent in agents]
        return max(each, key=lambda one: STRICT.index(one.verdict))

    def shows(self, asked: Asked) -> bool:
        """Return whether any arguments could make the call possible: whether a model may see the tool."""
        feature, _, tool = asked.tool.partition(".")
        return any(
            rule.then != "deny" and rule.model_copy(update={"args": {}}).fits(tool, asked)
            for rules, _ in self._applying(asked.tenant, feature)
            for rule in rules
        )

    def names(self, feature: str, tool: str) -> bool:
        """Return whether the feature's own table says anything about a tool."""
        rules, _ = self._tables.get(feature, ((), ""))
        return any(rule.is_about(tool) for rule in rules)

    def _applying(self, tenant: str, feature: str) -> Iterable[tuple[Sequence[Rule], str]]:
        own, version = self._tenants.get(tenant, ({}, ""))
        if feature in own:
            yield own[feature], version
        if feature in self._tables:
            yield self._tables[feature]
        yield _OF_ALL, "kernel"


_OF_ALL = (
    Rule(tools=OF_MEMORY, then="allow", why="one's own memory"),
    Rule(tools=(ASK,), then="allow", why="what another agent does is judged there"),
)


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _decided(rule: Rule, asked: Asked, version: str) -> Judgement:
    verdict, why = rule.then, rule.why
    if verdict == "allow" and asked.effect != "read" and asked.tainted:
        verdict, why = "confirm", f"{why}; the run has read text from outside"
    return Judgement(verdict=verdict, why=why, needs=rule.needs, version=version)


def read_guard(services: Path, home: Path) -> Guard:
    """Read `services/*/guard.yaml`, and the tenants' changes in `<home>/policy/guard.yaml`.

    Raises:
        pydantic.ValidationError: A table has an unknown field or value.
    """
    tables = {path.parent.name: _table(path) for path in sorted(services.glob(f"*/{FILE}"))}
    changes = home / "policy" / FILE
    tenants: dict[str, tuple[Mapping[str, Sequence[Rule]], str]] = {}
    if changes.exists():
        text = changes.read_text()
        for tenant, features in (yaml.safe_load(text) or {}).get("tenants", {}).items():
            rules = {name: [Rule.model_validate(row) for row in rows] for name, rows in features.items()}
            tenants[tenant] = (rules, _version(text))
    return Guard(tables, tenants)


def _table(path: Path) -> tuple[Sequence[Rule], str]:
    text = path.read_text()
    return [Rule.model_validate(row) for row in yaml.safe_load(text)["rules"]], _version(text)


def _version(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]
