"""What a feature is given and what it gives back; `services/<feature>/main.py` joins the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from finnest.manifest import Manifest
from finnest.ports import (
    Blobs,
    Clock,
    Commands,
    Effect,
    Peers,
    Processes,
    Store,
    Streams,
)
from finnest.records import Record
from finnest.tenants import Tenants, shipped_tenants
from finnest.turn import Decider

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from sqlalchemy import Connection, MetaData

    from finnest.agents.tools import Tool
    from finnest.views import Views


class Fact(Record):
    """An event as it arrives from the bus."""

    id: str
    type: str
    tenant: str
    stream: str
    thing: str
    version: int
    at: datetime
    by: str
    intake: bool = False
    data: dict[str, Any]
    trace: str = ""


class Projection(Protocol):
    """Keeps query tables from facts; may be dropped and rebuilt from history at any time."""

    tables: MetaData
    of_kernel: bool = False
    """True for one that shows what the kernel keeps in every feature: dead letters, runs of agents."""

    def apply(self, connection: Connection, fact: Fact) -> None:
        """Change the tables for one fact; called once per fact, in each stream's order."""
        ...


class Settings(Record):
    """What the environment says, read once."""

    home: Path
    services: Path
    """Where the manifests are."""
    app_port: int
    gateway_port: int
    features: tuple[str, ...]
    """Names of the features of this process; empty for all."""
    apps: dict[str, str]
    """Feature -> app id that hosts it; `*` for the rest."""
    only: tuple[str, ...] = ()
    """Names of the features that exist in this installation; empty for all that have a manifest."""
    dapr_http_port: int
    dapr_grpc_port: int
    dapr_token: str
    app_token: str
    nats_url: str
    cache: Path
    views: Path | None = None
    """Folder that names the database of views (`databases.postgres`); none means files below `home`."""


@dataclass(frozen=True, slots=True)
class Kit:
    """The world as one feature sees it: everything it may need, already bound to it."""

    manifest: Manifest
    manifests: Sequence[Manifest]
    """All features that exist, wherever they run."""
    settings: Settings
    clock: Clock
    commands: Commands
    streams: Streams
    blobs: Blobs
    store: Store
    """The feature's own keys, for what is no stream."""
    peers: Peers
    processes: Processes
    views: Views
    context_key: str
    tenants: Tenants = field(default_factory=shipped_tenants)
    """Where each tenant is."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """A durable process: its body arranges activities; each activity is idempotent by its key."""

    name: str
    body: Callable[..., Any]
    activities: Sequence[Callable[..., Any]] = ()


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature ready to be hosted."""

    manifest: Manifest
    deciders: Sequence[Decider[Any]] = ()
    effects: Mapping[str, Effect] = field(default_factory=dict[str, Effect])
    router: APIRouter | None = None
    projections: Sequence[Projection] = ()
    workflows: Sequence[Workflow] = ()
    tools: Sequence[Tool] = ()
    public: FastAPI | None = None
    """The app of the outward port; only the gateway has one."""
    running: Callable[[], AbstractAsyncContextManager[None]] = nullcontext
    """Entered while the feature is hosted: worker processes and the like."""
