"""Who asks: the caller of a request, signed by the gateway and checked at each feature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from finnest.errors import Denied, Unauthenticated
from finnest.ids import check_tenant
from finnest.records import Record

TRACE: ContextVar[str] = ContextVar("trace", default="")
"""The `traceparent` (W3C) of what this task works on."""
HEADER = "finnest-context"
GRANT_HEADER = "finnest-grant"
"""Says that a person decided on one exact use of a tool, or that the guard allows it."""
REQUEST_HEADER = "finnest-request"
"""Names one request; commands derive their message ids from it, so a repeat is the same command."""


class Caller(Record):
    """A user of a tenant, as the gateway established it."""

    tenant: str
    user: str
    roles: tuple[str, ...] = ()
    intake: bool = False
    """True for a credential that only passes on what others sent, such as a network access point:
    what comes in with it is nobody's own request."""
    agent: str = ""
    """The agent that acts for the user; empty when the user acts."""

    def need(self, *roles: str) -> None:
        """Raise `Denied` unless the caller has one of the roles."""
        if roles and not set(roles) & set(self.roles):
            raise Denied("role-needed", f"this needs the role {' or '.join(roles)}")


def sign(caller: Caller, key: str, now: datetime, lifetime_s: int = 60) -> str:
    """Return the caller as a token that `verify` accepts for `lifetime_s` seconds."""
    return seal(caller.wire_data(), key, now, lifetime_s)


def verify(token: str, key: str, now: datetime) -> Caller:
    """Return the caller of a signed token.

    Raises:
        Unauthenticated: The token is missing, altered or expired.
    """
    body = unseal(token, key, now)
    check_tenant(body["tenant"])
    return Caller.model_validate(body)


def seal(body: dict[str, Any], key: str, now: datetime, lifetime_s: int = 60) -> str:
    """Return JSON data as a token that `unseal` accepts for `lifetime_s` seconds."""
    expiring = {**body, "exp": (now + timedelta(seconds=lifetime_s)).timestamp()}
    raw = base64.urlsafe_b64encode(json.dumps(expiring).encode()).decode()
    return f"{raw}.{_mac(raw, key)}"


def unseal(token: str, key: str, now: datetime) -> dict[str, Any]:
    """Return the data of a sealed token.

    Raises:
        Unauthenticated: The token is missing, altered or expired.
    """
    raw, _, mac = token.partition(".")
    if not raw or not hmac.compare_digest(mac.encode(errors="replace"), _mac(raw, key).encode()):
        raise Unauthenticated("context-not-signed", "requests come through the gateway")
    body = json.loads(base64.urlsafe_b64decode(raw))
    if body["exp"] < now.timestamp():
        raise Unauthenticated("context-expired", "send the request again")
    return body


def _mac(raw: str, key: str) -> str:
    return hmac.new(key.encode(), raw.encode(errors="replace"), hashlib.sha256).hexdigest()
