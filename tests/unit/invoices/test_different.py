"""A duplicate that a person says is none goes on with everything that was known of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from finnest.errors import Denied, Missing, Stale
from finnest.turn import Message
from services.invoices.documents.likeness import Keys
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.messages import (
    FoundDifferent,
    InvoiceDuplicate,
    InvoiceValidated,
    SayDifferent,
    Summary,
)
from services.invoices.domain.state import Invoice
from tests.data.ubl_documents import Bill, line
from tests.unit.invoices.desk import Desk, warning

SAY = SayDifferent(reason="two deliveries")


async def test_it_goes_on_as_flagged_with_its_files_and_warnings() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"))
    copy = Bill("A-1", note="second delivery")
    second = await desk.take(copy, "f" * 64, findings=[warning("FN-BSB")], alike=("looks like inv-x",))
    held = await desk.verdict(second)
    assert isinstance(held, InvoiceDuplicate)
    assert (await desk.say(second, SAY, by="bob")).reply == {"status": "validated"}
    verdict = await desk.verdict(second)
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags == (
        f"looks like {first}: same supplier, number and total, but bob says it is another bill: two deliveries",
        "FN-BSB: Look at this.",
        "looks like inv-x",
    )
    assert (verdict.number, verdict.ruleset, verdict.report_sha256) == ("A-1", "pint-anz", "r" * 64)
    assert [file.sha256 for file in verdict.attachments] == ["f" * 64]
    assert verdict.warnings == held.warnings
    (found,) = [event for event in await desk.events(second) if isinstance(event, FoundDifferent)]
    assert (found.of, found.by, found.reason) == (first, "bob", "two deliveries")


async def test_what_it_is_like_besides_is_flagged_and_claimed() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"))
    other = await desk.take(Bill("B-1", lines=(line("Other", "7.00"),)), "f" * 64)
    second = await desk.take(Bill("A-1", note="x"), "f" * 64, "e" * 64)
    await desk.say(second, SAY, by="bob")
    verdict = await desk.verdict(second)
    assert isinstance(verdict, InvoiceValidated)
    assert [first in verdict.flags[0], other in verdict.flags[1], len(verdict.flags)] == [True, True, 2]
    later = await desk.verdict(await desk.take(Bill("C-1", lines=(line("Third", "9.00"),)), "e" * 64))
    assert isinstance(later, InvoiceValidated)
    assert second in later.flags[0]


async def test_the_sender_may_not_say_it() -> None:
    desk = Desk()
    await desk.take(Bill("A-1"))
    second = await desk.take(Bill("A-1", note="x"))
    with pytest.raises(Denied, match="what they sent in"):
        await desk.say(second, SAY, by="ada")
    assert (await desk.state(second)).status == "duplicate"


async def test_what_is_no_duplicate_cannot_be_let_go() -> None:
    desk = Desk()
    first = await desk.take(Bill("A-1"))
    with pytest.raises(Stale):
        await desk.say(first, SAY, by="bob")
    with pytest.raises(Missing):
        await desk.say("inv-unknown", SAY, by="bob")


async def test_a_duplicate_of_before_this_was_possible_says_so() -> None:
    old = Invoice(status="duplicate", summary=Summary(kind="invoice"), reasons=("duplicate of inv-1",))
    told = Message(
        id="m",
        type=SAY.wire,
        tenant="kestrel",
        thing="inv-2",
        data={},
        by="bob",
        at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    with pytest.raises(Stale, match="judged before"):
        Invoices().decide(old, SAY, told)


async def test_it_is_said_once() -> None:
    desk = Desk()
    await desk.take(Bill("A-1"))
    second = await desk.take(Bill("A-1", note="x"))
    await desk.say(second, SAY, by="bob")
    with pytest.raises(Stale):
        await desk.say(second, SAY, by="carol")


def test_events_of_before_still_read() -> None:
    old = InvoiceDuplicate.model_validate({"invoice_id": "inv-2", "of": "inv-1"})
    assert (old.ruleset, old.flags, old.reason) == ("", (), "duplicate of inv-1")
    assert Keys.model_validate({"exact": "e", "normal": "n", "content": "c"}).written is None
