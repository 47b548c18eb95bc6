"""The manifest of a feature (`feature.yaml`): what it is, takes, says and shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ConfigDict, Field, model_validator

from finnest.ids import PARTITIONS, durable, subject
from finnest.records import Record

LANES = ("commands", "events")


class _Declared(Record):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Consumed(_Declared):
    """One kind of event that the feature listens to."""

    event: str
    """`invoices.validated.v1`; `*.approval_requested.v1` from any feature; `invoices.*` all of one."""
    mode: Literal["project", "react"]
    """`project` builds views and gets all history; `react` acts, on new events only."""
    take: str | None = None
    """For `react`: the own command that the event's data is read as."""

    @property
    def pattern(self) -> str:
        """The subject pattern without lane and partition."""
        feature, _, rest = self.event.partition(".")
        return f"{feature}.*.*" if rest == "*" else self.event

    def matches(self, wire: str) -> bool:
        """Return whether an event of this wire name is meant."""
        return _covers(self.pattern, wire)


class PublicPath(_Declared):
    """One call that the gateway lets in; the feature serves it under its own name."""

    method: Literal["GET", "POST", "PUT", "DELETE"]
    path: str
    """`/v1/invoices/{id}`; the feature's route is `/<feature>` + this."""
    roles: tuple[str, ...] = ()
    """Roles of which the caller needs one; none means any known caller."""
    changes: bool = True
    """False for a POST that only answers; features that call this one may make it, as they may read."""


class DeclaredTool(_Declared):
    """A tool that the feature has for agents; its schema is made from the code."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{2,39}$")
    effect: Literal["read", "write", "spend"]


class Manifest(_Declared):
    """A feature as it declares itself."""

    name: str = Field(pattern=r"^[a-z][a-z0-9]{1,23}$")
    summary: str
    language: Literal["python", "go"] = "python"
    """What it is written in. One in another language than Python is a program of its own and always an app of its
    own; `shared/contracts` says what it owes."""
    agent: str | None = None
    module: str = ""
    """Where `build` is; by default `services.<name>.main`."""
    setup: str | None = None
    """`module:function` that fetches what the feature needs, called once before the start."""
    commands: tuple[str, ...] = ()
    """Commands taken from the bus."""
    consumes: tuple[Consumed, ...] = ()
    publishes: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    """Features called directly; what is public there to read, nothing else."""
    otherwise: dict[str, str] = {}
    """Called feature -> what this one does without its answer."""
    public: tuple[PublicPath, ...] = ()
    tools: tuple[DeclaredTool, ...] = ()
    """What its agent, and those of others, can do here; `guard.yaml` says who may."""
    uses: tuple[str, ...] = ()
    """Tools of other features that its agent is offered: `payments.*`, `invoices.find_invoices`."""
    asks: tuple[str, ...] = ()
    """Features whose agents its agent may ask to do a piece of work; `*` for all."""
    keeps: bool = False
    """True for a feature without streams that keeps keys of its own."""

    @model_validator(mode="after")
    def _checked(self) -> Manifest:
        if not set(self.otherwise) <= set(self.calls):
            raise ValueError("otherwise: only of features that stand in calls")
        return self

    @property
    def is_native(self) -> bool:
        """Whether the feature is a program of its own, in another language than Python."""
        return self.language != "python"

    @property
    def has_streams(self) -> bool:
        """Whether the feature takes anything from the bus."""
        return bool(self.commands or self.hears)

    @property
    def hears(self) -> tuple[Consumed, ...]:
        """All events that are listened to: those it declares, and what its agent's runs wait for from others."""
        if self.agent is None or self.is_native:
            return self.consumes
        take = f"{self.name}.settle_call.v1"
        answers = ("approved", "rejected", "expired")
        runs = [Consumed(event=f"approvals.{one}.v1", mode="react", take=take) for one in answers]
        if self.asks:
            take = f"{self.name}.hear_agent.v1"
            runs.append(Consumed(event="*.agent_reported.v1", mode="react", take=take))
        return (*self.consumes, *runs)

    @property
    def has_store(self) -> bool:
        """Whether the feature has a state component."""
        return self.keeps or self.has_streams

    @property
    def actor(self) -> str:
        """The actor type: `<feature>.<agent>`."""
        return f"{self.name}.{self.agent or 'keeper'}"

    @property
    def store(self) -> str:
        """The name of the feature's state component."""
        return f"state-{self.name}"

    def filters(self, lane: str, partition: int) -> list[str]:
        """Return the exact subjects that the feature takes from a lane's partition."""
        if lane == "commands":
            return [subject(lane, f"{self.name}.*.*", partition)]
        return self._event_filters(partition, [consumed.pattern for consumed in self.hears])

    def project_filters(self, partition: int) -> list[str]:
        """Return the subjects of one partition that the feature's views are built from."""
        projected = [consumed.pattern for consumed in self.consumes if consumed.mode == "project"]
        return self._event_filters(partition, projected)

    def _event_filters(self, partition: int, others: Iterable[str]) -> list[str]:
        patterns = {f"{self.name}.*.*", *others}
        # JetStream refuses a filter that another one covers.
        exact = {p for p in patterns if not any(q != p and _covers(q, p) for q in patterns)}
        return sorted(subject("events", pattern, partition) for pattern in exact)

    def consumers(self) -> list[tuple[str, int, str]]:
        """Return (lane, partition, durable name) of every consumer; none for a feature without streams.

        A feature with streams hears its own events too: its views are built from them.
        """
        lanes = LANES if self.has_streams else ()
        return [(lane, p, durable(lane, self.name, p)) for lane in lanes for p in range(PARTITIONS)]


@lru_cache(maxsize=1024)
def _covers(pattern: str, name: str) -> bool:
    parts, given = pattern.split("."), name.split(".")
    return len(parts) == len(given) and all(p in ("*", g) for p, g in zip(parts, given, strict=True))


def read(path: Path) -> Manifest:
    """Read one manifest; raises `pydantic.ValidationError` with the field that is wrong."""
    return Manifest.model_validate(yaml.safe_load(path.read_text()))


def discover(services: Path, names: Iterable[str] | None = None) -> list[Manifest]:
    """Return the manifests under a folder, by name; only the named ones when names are given.

    Raises:
        LookupError: A named feature has no manifest.
    """
    found = {p.parent.name: read(p) for p in sorted(services.glob("*/feature.yaml"))}
    wanted = list(found) if names is None else list(names)
    unknown = [name for name in wanted if name not in found]
    if unknown:
        raise LookupError(f"no such feature: {', '.join(unknown)}; there are {', '.join(found)}")
    return [found[name] for name in wanted]
