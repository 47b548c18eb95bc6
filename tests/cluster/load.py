"""Work for the platform while something happens to it, and whether all of it was done once."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from finnest.clock import SystemClock
from finnest.testing import eventually
from tests.cluster.platform import Platform
from tests.data.ubl_documents import many_invoices

DOCUMENTS, QUESTIONS, AT_ONCE = 12, 4, 4
ENDS = ("scheduled", "awaiting_approval")
"""Where an invoice without an order rests: under the limit it is scheduled, over it people are asked."""
QUESTION = "Which invoices wait for an approval?"
SETTLES_WITHIN_S = 180.0
TAKEN_WITHIN_S = 120.0


async def nothing_is_lost_or_doubled(platform: Platform, happens: Callable[[], object]) -> None:
    """Hand in documents and questions, let it happen in their midst, and count what came of them.

    A client asks again, with the same bytes and the same key, until it is answered.
    """
    bodies = list(_documents())
    keys = [secrets.token_hex(8) for _ in range(QUESTIONS)]
    with ThreadPoolExecutor(1) as beside, ThreadPoolExecutor(AT_ONCE) as clients:
        first = [clients.submit(_taken, platform, body) for body in bodies[: DOCUMENTS // 2]]
        happening = beside.submit(happens)
        rest = [clients.submit(_taken, platform, body) for body in bodies[DOCUMENTS // 2 :]]
        asked = [clients.submit(_asked, platform, key) for key in keys]
        invoices = [one.result() for one in [*first, *rest]]
        runs = [one.result() for one in asked]
        happening.result()
    for invoice in invoices:
        assert await eventually(lambda one=invoice: _status(platform, one) in ENDS, SETTLES_WITHIN_S), invoice
    for run in runs:
        assert await eventually(lambda one=run: _answer(platform, one), SETTLES_WITHIN_S), run
    assert len(set(invoices)) == DOCUMENTS
    assert len(set(runs)) == QUESTIONS
    assert await eventually(lambda: _listed(platform, "invoices", "id", invoices), SETTLES_WITHIN_S)
    assert await eventually(lambda: _listed(platform, "payments", "invoice_id", invoices), SETTLES_WITHIN_S)
    # The same again is the same.
    assert [_taken(platform, body) for body in bodies] == invoices


def _documents() -> Iterator[bytes]:
    number = 1 + secrets.randbelow(9 * 10**6)
    yield from many_invoices(DOCUMENTS // 2, first=number, step=7)
    yield from many_invoices(DOCUMENTS // 2, first=number + DOCUMENTS, cents=150_000, step=7)


def _taken(platform: Platform, body: bytes) -> str:
    return _insist(lambda: platform.call("POST", "/v1/invoices", body))["id"]


def _asked(platform: Platform, key: str) -> str:
    body = json.dumps({"text": QUESTION}).encode()
    headers = {"idempotency-key": key, "content-type": "application/json"}
    return _insist(lambda: platform.call("POST", "/v1/agents/assistant/messages", body, headers=headers))[
        "run"
    ]


def _insist(call: Callable[[], tuple[int, dict[str, str]]]) -> dict[str, str]:
    """Ask again until it is taken; a refusal that will not change is an error."""
    began = SystemClock().now()
    while True:
        status, answer = call()
        if status in (200, 201, 202):
            return answer
        assert status in (0, 404, 409, 429, 500, 502, 503, 504), answer
        assert (SystemClock().now() - began).total_seconds() < TAKEN_WITHIN_S, (status, answer)


def _status(platform: Platform, invoice: str) -> str:
    status, answer = platform.call("GET", f"/v1/invoices/{invoice}")
    return str(answer["status"]) if status == 200 else ""


def _answer(platform: Platform, run: str) -> str:
    status, answer = platform.call("GET", f"/v1/runs/{run}")
    return str(answer["answer"]) if status == 200 and answer["status"] == "finished" else ""


def _listed(platform: Platform, what: str, field: str, wanted: list[str]) -> bool:
    """Return whether each is in the list once; a pod that goes may be asked for a page in vain."""
    found: Counter[str] = Counter()
    after = ""
    while True:
        status, page = platform.call("GET", f"/v1/{what}?limit=100{after}")
        if status != 200:
            return False
        found.update(str(item[field]) for item in page["items"])
        if not page.get("next"):
            break
        after = f"&after={page['next']}"
    twice = [one for one in wanted if found[one] > 1]
    assert not twice, f"more than once in {what}: {twice}"
    return all(found[one] == 1 for one in wanted)
