"""Errors by consequence: each says what the caller should do next.

    FinnestError
    ├── Rejected              the answer is no; the same request will be refused again
    │   ├── Unreadable        400  not the format it claims to be
    │   ├── Unauthenticated   401  we do not know you
    │   ├── Denied            403  you may not
    │   ├── Missing           404  it is not there
    │   ├── Stale             409  it is no longer so: look again, then decide
    │   ├── TooLarge          413  over a stated bound
    │   └── Invalid           422  breaks a rule
    └── Later                 nothing was done for good; the same request may succeed
        ├── NotYet            409  a predecessor has not arrived
        ├── Conflict          409  the world moved on while we decided
        ├── Throttled         429  too much at once
        ├── Unavailable       503  a part of ours does not answer
        └── TimedOut          504  it may have happened: ask again with the same key

Anything else is a bug: 500 without detail, dead letter after five tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


class FinnestError(Exception):
    """A refusal or a delay with a stable slug and a sentence that a person can act on."""

    def __init__(self, slug: str, detail: str = "", **facts: Any) -> None:
        super().__init__(f"{slug}: {detail}" if detail else slug)
        self.slug = slug
        self.detail = detail
        self.facts = facts


class Rejected(FinnestError):
    """The answer is no; repeating changes nothing."""


class Unreadable(Rejected):
    """The body is not the format it claims to be."""


class Unauthenticated(Rejected):
    """The caller is not known."""


class Denied(Rejected):
    """The caller is known and may not do this."""


class Missing(Rejected):
    """The thing is not there, or not the caller's."""


class Stale(Rejected):
    """The caller acts on something that is no longer so."""


class TooLarge(Rejected):
    """The request is over a stated bound."""


class Invalid(Rejected):
    """The request breaks a rule."""


class Later(FinnestError):
    """Nothing was done for good; the same request may succeed later."""


class NotYet(Later):
    """A predecessor has not arrived."""


class Conflict(Later):
    """The world moved on while we decided."""


class Throttled(Later):
    """Too much at once."""


class Unavailable(Later):
    """A part of ours does not answer."""


class TimedOut(Later):
    """The work may have happened; the same key finds out."""


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an error means at each seam."""

    status: int
    bus: str
    model: str
    retry_after_s: int | None = None


CONSEQUENCES: dict[type[FinnestError], Consequence] = {
    Unreadable: Consequence(400, "SUCCESS", "failed"),
    Unauthenticated: Consequence(401, "SUCCESS", "failed"),
    Denied: Consequence(403, "SUCCESS", "failed"),
    Missing: Consequence(404, "SUCCESS", "failed"),
    Stale: Consequence(409, "SUCCESS", "stale, read again"),
    TooLarge: Consequence(413, "SUCCESS", "failed"),
    Invalid: Consequence(422, "SUCCESS", "failed"),
    NotYet: Consequence(409, "RETRY", "temporary", retry_after_s=5),
    Conflict: Consequence(409, "RETRY", "stale, read again", retry_after_s=1),
    Throttled: Consequence(429, "RETRY", "temporary", retry_after_s=1),
    Unavailable: Consequence(503, "RETRY", "temporary", retry_after_s=2),
    TimedOut: Consequence(504, "RETRY", "unknown outcome", retry_after_s=2),
}
"""The one table; a test holds that every leaf of the tree is in it."""

BUG = Consequence(500, "RETRY", "failed")


def consequence(error: BaseException) -> Consequence:
    """Return what this error means; anything unknown is a bug."""
    return CONSEQUENCES.get(type(error), BUG) if isinstance(error, FinnestError) else BUG


def from_status(status: int, detail: str) -> FinnestError:
    """Return the error that an HTTP status of a peer means; the first of the table that fits."""
    for kind, meant in CONSEQUENCES.items():
        if meant.status == status:
            return kind("peer-said-no" if issubclass(kind, Rejected) else "peer-busy", detail)
    return Unavailable("peer-broke", detail)


_BY_SLUG_KIND: dict[str, type[FinnestError]] = {kind.__name__: kind for kind in CONSEQUENCES}


def as_data(error: FinnestError) -> dict[str, Any]:
    """Return an error as JSON-ready data; `from_data` reads it back."""
    data = {"kind": type(error).__name__, "slug": error.slug, "detail": error.detail}
    return {**data, "facts": error.facts} if error.facts else data


def from_data(data: dict[str, Any]) -> FinnestError:
    """Return the error that `as_data` described."""
    kind = _BY_SLUG_KIND.get(str(data.get("kind")), Unavailable)
    return kind(str(data["slug"]), str(data.get("detail", "")), **dict(data.get("facts", {})))
