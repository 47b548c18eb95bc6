"""Ids and keys: the one place that knows how a thing is named in stores, on the bus and as an actor.

A key starts with the tenant. Every part is checked against a small alphabet, so user text can reach a
key only through a digest. Nothing here may change once data exists.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass

from finnest.errors import Invalid

PARTITIONS = 4
"""Partitions of every subject; fixed, because it is part of subjects and durable names."""

_TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?")
_FEATURE = re.compile(r"[a-z][a-z0-9]{1,23}")
_THING = re.compile(r"[a-z][a-z0-9]{1,23}-[a-z0-9][a-z0-9-]{0,38}")


def digest(*parts: str | bytes) -> str:
    """Return 26 characters of base32 (130 bits of SHA-256) over the parts, each kept apart."""
    total = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        total.update(len(raw).to_bytes(8, "big") + raw)
    return base64.b32encode(total.digest()[:20]).decode().lower()[:26]


def derived(kind: str, *parts: str | bytes) -> str:
    """Return the id of the thing of this kind that the parts identify; the same parts, the same id."""
    return f"{kind}-{digest(*parts)}"


def kind_of(thing: str) -> str:
    """Return the kind of a thing id: what stands before its first hyphen."""
    return thing.partition("-")[0]


def is_kernels(stream: str) -> bool:
    """Return whether a stream is one that the kernel keeps in every feature: a ping, letter, run, thread or memory."""
    _, feature, thing = stream.split("/")
    return kind_of(thing) in ("ping", "dead", "thr", "mem", feature)


def check_tenant(tenant: str) -> str:
    """Return the tenant id, or raise `Invalid`."""
    if not _TENANT.fullmatch(tenant):
        raise Invalid("bad-tenant", "a tenant id is 1 to 32 of a-z, 0-9 and inner hyphens")
    return tenant


@dataclass(frozen=True, slots=True)
class StreamKey:
    """Names the stream of one thing, and thereby its actor, its keys and its partition.

    Raises:
        Invalid: A part has characters outside its alphabet.
    """

    feature: str
    tenant: str
    thing: str

    def __post_init__(self) -> None:
        check_tenant(self.tenant)
        if not _FEATURE.fullmatch(self.feature):
            raise Invalid("bad-feature", "a feature is one lower-case word")
        if not _THING.fullmatch(self.thing):
            raise Invalid("bad-id", "an id looks like kind-abc123")

    @property
    def stream(self) -> str:
        """The stream's name, and the prefix of its keys."""
        return f"{self.tenant}/{self.feature}/{self.thing}"

    @property
    def head(self) -> str:
        """Key of the head: version, snapshot, pending effects."""
        return f"{self.stream}/head"

    def event(self, version: int) -> str:
        """Key of one event."""
        return f"{self.stream}/e/{version:08d}"

    def event_id(self, version: int) -> str:
        """CloudEvents id of one event: `<stream>@<version>`."""
        return f"{self.stream}@{version}"

    def seen(self, message_id: str) -> str:
        """Key of the marker that says: this message was answered, and how."""
        return f"{self.stream}/seen/{digest(message_id)}"

    def claim(self, what: str) -> str:
        """Key of a claim: at most one thing of the tenant's feature holds it."""
        return f"{self.tenant}/{self.feature}/claim/{digest(what)}"

    @property
    def actor_id(self) -> str:
        """The actor's id; the actor's type names the feature."""
        return f"{self.tenant}.{self.thing}"

    @property
    def partition(self) -> int:
        """Which of the partitions carries this stream's messages."""
        return hashlib.sha256(self.stream.encode()).digest()[0] % PARTITIONS

    @classmethod
    def of_actor(cls, feature: str, actor_id: str) -> StreamKey:
        """Read back an actor id."""
        tenant, _, thing = actor_id.partition(".")
        return cls(feature, tenant, thing)

    @classmethod
    def of_stream(cls, stream: str) -> StreamKey:
        """Read back a stream's name."""
        tenant, _, rest = stream.partition("/")
        feature, _, thing = rest.partition("/")
        return cls(feature, tenant, thing)


def command_id(key: StreamKey, wire: str, request: str) -> str:
    """Return the message id of a request's command: the same request is the same message."""
    return f"cmd-{digest(key.stream, wire, request)}"


def blob_key(tenant: str, feature: str, sha256: str, chunk: int) -> str:
    """Key of one chunk of a stored body."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise Invalid("bad-hash", "a body is named by 64 hexadecimal digits")
    return f"{check_tenant(tenant)}/{feature}/blob/{sha256}/{chunk:04d}"


def subject(lane: str, wire: str, partition: int) -> str:
    """Subject of a message: `events.invoices.received.v1.3`."""
    return f"{lane}.{wire}.{partition}"


def durable(lane: str, feature: str, partition: int) -> str:
    """Name of a consumer and of the component bound to it; the same in every mode."""
    return f"{lane}-{feature}-{partition}"
