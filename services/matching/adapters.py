"""The matcher's ports on real things: the feature `invoices`, its own views, the policy files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import yaml

from finnest.context import HEADER, Caller, sign
from finnest.errors import Missing, Unavailable
from finnest.ports import Clock, Peers
from finnest.views import Views
from services.matching.domain.policy import Policies
from services.matching.ports import Documents, Register
from services.matching.views import of_number

SHIPPED = Path(__file__).with_name("policy.yaml")
TIMEOUT_S = 10.0
_PARTS = {"default", "tenants"}


class PeerDocuments(Documents):
    """Asks the feature `invoices`, as the matcher."""

    def __init__(self, peers: Peers, key: str, clock: Clock) -> None:
        self._peers = peers
        self._key = key
        self._clock = clock

    async def document(self, tenant: str, invoice_id: str) -> bytes:
        caller = Caller(tenant=tenant, user="agent:matcher")
        headers = {HEADER: sign(caller, self._key, self._clock.now()), "accept": "application/xml"}
        path = f"/v1/invoices/{invoice_id}/document"
        answer = await self._peers.call("invoices", "GET", path, headers=headers, timeout_s=TIMEOUT_S)
        if answer.status == 404:
            raise Missing("no-such-document", "invoices has no document of this invoice")
        if answer.status != 200:
            raise Unavailable("no-document-now", f"invoices answered {answer.status}")
        return answer.body


class ViewRegister(Register):
    """Finds matches in the feature's views."""

    def __init__(self, views: Views) -> None:
        self._views = views

    async def of_number(self, tenant: str, supplier: str, number: str) -> Sequence[str]:
        return await self._views.read(of_number(tenant, supplier, number))


def read_policies(home: Path) -> Policies:
    """Return the shipped policy with what `<home>/policy/matching.yaml` changes.

    Raises:
        ValueError: A file does not have the shape of `policy.yaml`; the message says where.
    """
    own = home / "policy" / "matching.yaml"
    shipped = _read(SHIPPED)
    local = _read(own) if own.exists() else {}
    default = {**shipped["default"], **local.get("default", {})}
    return Policies(default, local.get("tenants", {}))


def _read(path: Path) -> dict[str, dict[str, Any]]:
    content: object = yaml.safe_load(path.read_text()) or {}
    if not isinstance(content, dict) or not set(cast("dict[str, Any]", content)) <= _PARTS:
        raise ValueError(f"{path}: only `default` and `tenants` stand there")
    parts = cast("dict[str, object]", content)
    return {name: cast("dict[str, Any]", part or {}) for name, part in parts.items()}
