"""What apps asked of their sidecars: read from the logs that `finnest run --log-calls` writes."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from finnest.dev import logs
from finnest.dev.readiness import ASKER

_LINE = re.compile(
    r'msg="(?P<protocol>HTTP|gRPC) API Called" app_id=(?P<app>\S+) .*?'
    r'method=(?:"(?P<quoted>.*?)"|(?P<plain>\S+)) scope='
)
_STREAMED = "/dapr.proto.runtime.v1.Dapr/SubscribeTopicEvents"
_TASKS = "/TaskHubSidecarService/"
LOOK_EVERY_S = 0.5


@dataclass(frozen=True)
class Call:
    """One kind of call that an app made; calls about different things of one kind are the same."""

    app: str
    kind: str
    """`invoke`, `publish`, `store`, `secret`, `actor`, `workflows`, or another building block."""
    target: str = ""
    """`payments`; `bus/events.payments.paid.v1.0`; `state-payments`; `secrets/context_key`; `payments.treasurer`."""
    verb: str = ""
    path: str = ""
    """Of the called app, for `invoke`: `/payments/v1/payments`."""
    block: str = ""
    """The part of Dapr's API, as an allow-list names it."""
    protocol: str = "http"


def read(line: str) -> Call | None:
    """Return the call of an app that a line of its sidecar's log tells, None when it tells another thing."""
    found = _LINE.search(line)
    if found is None or ASKER in line[found.end() :]:
        return None
    app, method = found["app"], found["quoted"] or found["plain"]
    if found["protocol"] == "gRPC":
        return _by_grpc(app, method)
    verb, _, path = method.partition(" ")
    return _by_http(app, verb, path)


def _by_grpc(app: str, method: str) -> Call:
    if method.startswith(_TASKS):
        return Call(app, "workflows", block="workflows", protocol="grpc")
    if method.startswith(_STREAMED):
        return Call(app, "subscribe", block="subscribe", protocol="grpc")
    return Call(app, "other", method, block=method.rpartition("/")[2].lower(), protocol="grpc")


def _by_http(app: str, verb: str, path: str) -> Call:
    _, version, block, *rest = [*path.split("/", 3), "", ""][:5]
    if version != "v1.0":
        return Call(app, "other", path, verb, block=path)
    whole = rest[0]
    first, _, second = whole.partition("/")
    if block == "invoke":
        return Call(app, block, first, verb, "/" + second.removeprefix("method/"), block)
    if block == "publish":
        return Call(app, block, whole, block=block)
    if block == "state":
        return Call(app, "store", first, block=block)
    if block == "secrets":
        return Call(app, "secret", whole, block=block)
    if block == "actors":
        return Call(app, "actor", first, block=block)
    return Call(app, block, block=block)


@dataclass
class Observed:
    """Follows the logs of all sidecars of a platform while it runs, also when they are rotated."""

    folder: Path
    calls: set[Call] = field(default_factory=set[Call])
    _at: dict[Path, int] = field(default_factory=dict[Path, int])
    _over: threading.Event = field(default_factory=threading.Event)
    _reader: threading.Thread | None = None

    def start(self) -> None:
        """Begin to follow."""
        self._reader = threading.Thread(target=self._follow, name="observed", daemon=True)
        self._reader.start()

    def stop(self) -> None:
        """Read what is left, and end."""
        self._over.set()
        if self._reader is not None:
            self._reader.join()
        self.look()

    def seen(self) -> Sequence[Call]:
        """Return the calls so far, in a fixed order."""
        return sorted(self.calls.copy(), key=str)

    def look(self) -> None:
        """Read what was written since the last look."""
        for log in sorted(self.folder.glob("sidecar*.log")):
            for text in self._fresh(log):
                self.calls.update(call for line in text.splitlines() if (call := read(line)))

    def _follow(self) -> None:
        while not self._over.wait(LOOK_EVERY_S):
            self.look()

    def _fresh(self, log: Path) -> Iterator[str]:
        at = self._at.get(log, 0)
        if log.stat().st_size < at:  # rotated: the rest of what was followed lies beside it
            yield _from(log.with_suffix(".log.1"), at)[0]
            at = 0
        text, self._at[log] = _from(log, at)
        yield text


def _from(path: Path, at: int) -> tuple[str, int]:
    """Return the whole lines from a place on, and the place after the last of them."""
    with path.open("rb") as log:
        log.seek(at)
        text = log.read(logs.LARGEST_BYTES * 2)
    whole = text.rfind(b"\n") + 1
    return text[:whole].decode(errors="replace"), at + whole
