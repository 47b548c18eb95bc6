"""What other features' events add to an invoice, in whatever order their streams arrive."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from finnest.feature import Fact
from finnest.views import Views
from services.invoices.views import InvoiceViews, one

AT = datetime(2026, 6, 1, tzinfo=UTC)
ASK = {
    "action": "pay_invoice",
    "args": {"invoice_id": "inv-1"},
    "why": "over AUD 1,000.00",
    "needs": {"people": 2, "role": "approver"},
    "requested_by": "agent:treasurer",
    "expires_at": "2026-06-15T00:00:00Z",
}


class Book:
    """The views of invoices, filled by hand."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._versions: dict[str, int] = {}

    async def say(self, thing: str, type: str, tenant: str = "kestrel", **data: Any) -> None:
        """Take the next event of a stream."""
        stream = f"{type.partition('.')[0]}/{tenant}/{thing}"
        version = self._versions[stream] = self._versions.get(stream, 0) + 1
        fact = Fact(
            id=f"{stream}@{version}",
            type=type,
            tenant=tenant,
            stream=stream,
            thing=thing,
            version=version,
            at=AT + timedelta(minutes=sum(self._versions.values())),
            by="ada",
            data=data,
        )
        await self._views.apply(fact)

    async def shown(self, tenant: str = "kestrel") -> dict[str, Any]:
        """Return what is known of `inv-1`."""
        return await self._views.read(one(tenant, "inv-1"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    views = Views.at(tmp_path / "invoices.db")
    views.create(InvoiceViews())
    yield Book(views)
    views.close()


async def test_nothing_is_shown_of_what_nobody_said(book: Book) -> None:
    shown = await book.shown()
    assert (shown["match"], shown["approvals"], shown["has_file"]) == (None, [], False)


async def test_quantities_that_come_before_the_match_belong_to_it(book: Book) -> None:
    await book.say("ord-a", "matching.quantities_matched.v1", match="mat-1", lines={"1": "10"}, summary="")
    await book.say("ord-b-2", "matching.quantities_reserved.v1", match="mat-1", lines={"7": "2.5"})
    await book.say("mat-1", "matching.taken.v1", data={"invoice_id": "inv-1"})
    await book.say("ord-a", "matching.order_recorded.v1", number="PO-1")
    match = (await book.shown())["match"]
    assert [(line["order"], line["line"], line["quantity"], line["state"]) for line in match["lines"]] == [
        ("PO-1", "1", "10", "matched"),
        (None, "7", "2.5", "reserved"),
    ]
    assert match["lines"][1]["links"]["order"] == "/v1/orders/ord-b"
    assert match["orders"] == ["PO-1"]


async def test_quantities_that_are_given_up_are_not_shown(book: Book) -> None:
    await book.say("mat-1", "matching.taken.v1", data={"invoice_id": "inv-1"})
    await book.say("ord-a", "matching.quantities_reserved.v1", match="mat-1", lines={"1": "10"})
    await book.say("ord-a", "matching.quantities_released.v1", match="mat-1")
    match = (await book.shown())["match"]
    assert (match["status"], match["lines"]) == ("unmatched", [])


async def test_a_mismatch_is_shown_until_a_person_accepts_it(book: Book) -> None:
    wrong = {"code": "QUANTITY-OVER", "weight": "blocks", "sentence": "12 invoiced, 10 ordered."}
    await book.say("mat-1", "matching.taken.v1", data={"invoice_id": "inv-1"})
    told: dict[str, Any] = {
        "invoice_id": "inv-1",
        "findings": [wrong],
        "orders": ["PO-1"],
        "summary": "wrong",
    }
    await book.say("mat-1", "matching.exception.v1", **told)
    match = (await book.shown())["match"]
    assert (match["status"], match["findings"], match["orders"]) == ("exception", [wrong], ["PO-1"])
    accepted = {"invoice_id": "inv-1", "accepted_by": "bob", "summary": "Goes on."}
    await book.say("mat-1", "matching.matched.v1", **accepted)
    match = (await book.shown())["match"]
    assert (match["status"], match["findings"], match["accepted_by"]) == ("matched", [], "bob")


async def test_each_decision_about_an_approval_is_shown(book: Book) -> None:
    await book.say("apr-1", "approvals.opened.v1", ask=ASK)
    for person in ("bob", "carol"):
        said = {"user": person, "decision": "approve", "reason": "ordered", "at": AT.isoformat()}
        await book.say("apr-1", "approvals.decided.v1", **said)
    await book.say("apr-1", "approvals.approved.v1", approval_id="apr-1")
    (approval,) = (await book.shown())["approvals"]
    assert (approval["id"], approval["state"], approval["why"]) == ("apr-1", "approved", "over AUD 1,000.00")
    assert [(said["user"], said["decision"]) for said in approval["decisions"]] == [
        ("bob", "approve"),
        ("carol", "approve"),
    ]


async def test_what_is_asked_about_other_things_or_by_others_is_not_shown(book: Book) -> None:
    await book.say("apr-1", "approvals.opened.v1", ask={**ASK, "args": {"supplier": "sup-1"}})
    await book.say("apr-1", "approvals.decided.v1", user="bob", decision="approve", reason="", at="")
    await book.say("apr-2", "approvals.opened.v1", tenant="other", ask=ASK)
    assert (await book.shown())["approvals"] == []
    assert len((await book.shown("other"))["approvals"]) == 1


async def test_the_bank_file_is_known_once_it_is_written(book: Book) -> None:
    await book.say("pay-1", "payments.included.v1", invoice_id="inv-1", run_id="run-1", summary="")
    assert (await book.shown())["has_file"] is False
    await book.say("run-1", "payments.run_filed.v1", file="f", count=1, total_cents=1, summary="")
    assert (await book.shown())["has_file"] is True
