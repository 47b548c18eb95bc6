"""Two people confirm a supplier's account, as the demo needs it: through the public API, with keys of their own."""

from __future__ import annotations

import time
from collections.abc import Sequence

from finnest.context import Caller
from finnest.dev.api import Api, Reply
from finnest.dev.home import Home
from finnest.dev.keys import listed, new_key

PEOPLE = ("demo-ann", "demo-ben")
ASKED_WITHIN_S = 10.0


def people_of(home: Home, tenant: str) -> list[str]:
    """Return the names of the keys of two approvers of a tenant, made when they are not there."""
    known = {key["name"] for key in listed(home)}
    names = [f"{tenant}-{person}" for person in PEOPLE]
    for name, person in zip(names, PEOPLE, strict=True):
        if name not in known:
            new_key(home, name, Caller(tenant=tenant, user=person, roles=("approver",)))
    return names


def confirm(api: Api, people: Sequence[Api], supplier: bytes) -> Reply:
    """Send a supplier with its account (`POST /v1/suppliers`) and let the people approve; return what was answered.

    An account that is confirmed already asks nobody.
    """
    reply = api.call("POST", "/v1/suppliers", supplier)
    if not reply.ok or "approval_id" not in reply.content:
        return reply
    path = f"/v1/approvals/{reply.content['approval_id']}"
    deadline = time.monotonic() + ASKED_WITHIN_S
    while not (asked := people[0].call("GET", path)).ok and time.monotonic() < deadline:
        time.sleep(0.1)  # a command polls the API as a person would
    for person in people:
        if asked.ok:
            decision = {"decision": "approve", "args_hash": asked.content["args_hash"], "reason": "demo"}
            person.post(f"{path}/decisions", decision)
    return reply


def tenant_of(home: Home, name: str) -> str:
    """Return whose data a key sees."""
    return next(key["caller"]["tenant"] for key in listed(home) if key["name"] == name)
