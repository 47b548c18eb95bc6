"""The matcher's ports on real things: the feature `invoices`, its own views, the policy files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from finnest.context import HEADER, Caller, sign
from finnest.errors import Invalid, Missing, Rejected, TimedOut, TooLarge, Unavailable, Unreadable
from finnest.policies import read_policy
from finnest.ports import Answer, Clock, Peers
from finnest.views import Views
from services.matching.documents.rulings import Ruling
from services.matching.domain.policy import Policies
from services.matching.ports import Documents, Register, Rules
from services.matching.views import of_number

SHIPPED = Path(__file__).with_name("policy.yaml")
ME = "agent:matcher"
TIMEOUT_S = 10.0
JUDGED_WITHIN_S = 15.0
"""A document has 10 s of a worker's time, and may wait for one."""
_REFUSED: Mapping[int, type[Rejected]] = {400: Unreadable, 413: TooLarge, 422: Invalid}


class PeerDocuments(Documents):
    """Asks the feature `invoices`, as the matcher."""

    def __init__(self, peers: Peers, key: str, clock: Clock) -> None:
        self._peers = peers
        self._key = key
        self._clock = clock

    async def document(self, tenant: str, invoice_id: str) -> bytes:
        headers = {HEADER: _signed(tenant, self._key, self._clock), "accept": "application/xml"}
        path = f"/v1/invoices/{invoice_id}/document"
        answer = await self._peers.call("invoices", "GET", path, headers=headers, timeout_s=TIMEOUT_S)
        if answer.status == 404:
            raise Missing("no-such-document", "invoices has no document of this invoice")
        if answer.status != 200:
            raise Unavailable("no-document-now", f"invoices answered {answer.status}")
        return answer.body


class PeerRules(Rules):
    """Has the feature `invoices` judge documents, as the matcher."""

    def __init__(self, peers: Peers, key: str, clock: Clock) -> None:
        self._peers = peers
        self._key = key
        self._clock = clock

    async def judge(self, tenant: str, body: bytes) -> Ruling:
        headers = {
            HEADER: _signed(tenant, self._key, self._clock),
            "content-type": "application/xml",
            "accept": "application/json",
        }
        path = "/v1/invoices/validate"
        try:
            answer = await self._peers.call(
                "invoices", "POST", path, body=body, headers=headers, timeout_s=JUDGED_WITHIN_S
            )
        except (TimedOut, Unavailable) as away:
            detail = "the official rules do not answer now; send it again"
            raise Unavailable("rules-away", detail) from away
        if answer.status in _REFUSED:
            raise _refusal(answer)
        if answer.status != 200:
            detail = f"the official rules cannot be applied now ({answer.status}); send it again"
            raise Unavailable("rules-away", detail)
        return Ruling.model_validate_json(answer.body)


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
    return Policies(*read_policy(SHIPPED, home, "matching"))


def _signed(tenant: str, key: str, clock: Clock) -> str:
    return sign(Caller(tenant=tenant, user=ME), key, clock.now())


def _refusal(answer: Answer) -> Rejected:
    """Return the refusal of a document as the feature that judges worded it."""
    problem = cast("dict[str, Any]", json.loads(answer.body))
    slug = str(problem.get("type", "")).rpartition(":")[2]
    return _REFUSED[answer.status](slug or "not-judged", str(problem.get("detail", "")))
