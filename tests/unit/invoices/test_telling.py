"""Suppliers are told once what became of an invoice, and what was told stays."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lxml import etree

from finnest.dapr.streams import TurnStreams
from finnest.ports import EffectCall
from finnest.records import Command
from finnest.testing import MemoryBlobs, Stage
from finnest.turn import EffectFailed
from services.invoices.agent import Teller, invoice_id, submission
from services.invoices.documents.findings import Finding, Report
from services.invoices.documents.ubl import read
from services.invoices.domain.invoice import Invoices
from services.invoices.domain.messages import FindingKept, RecordReport
from services.invoices.domain.telling import (
    TELLS,
    SupplierNotTold,
    SupplierTold,
    TellApproved,
    TellAsked,
    TellHeld,
    TellMismatch,
    TellPaid,
    TellRefused,
    TellRejected,
    TellStopped,
    TellSupplier,
)
from services.invoices.ports import Judge
from tests.data.ubl_documents import Bill

WRONG = {"code": "PRICE-OVER", "sentence": "too dear", "weight": "blocks"}


class Ruling(Judge):
    """A judge with one opinion about everything."""

    def __init__(self) -> None:
        self.report = Report(ruleset="t111", valid=True, findings=())

    async def judge(self, sender: str, body: bytes, today: date, ruleset: str | None = None) -> Report:
        return self.report


class Desk(Stage):
    """A clerk on twins that writes responses."""

    def __init__(self) -> None:
        super().__init__("invoices", [Invoices()])
        self.blobs = MemoryBlobs()
        self.judge = Ruling()
        self.give("tell", Teller(self.blobs, TurnStreams("invoices", self.turns), self.judge).tell)

    async def take(self, body: bytes, *, valid: bool = True) -> str:
        """Take a document and tell its supplier what the rules say."""
        submit = submission(read(body), await self.blobs.put("kestrel", body))
        id = invoice_id(submit.sha256)
        await self.say(id, submit)
        fatal = FindingKept(rule="ibr-120", severity="fatal", message="The ABN is wrong.")
        report = RecordReport(
            valid=valid, ruleset="pint-anz", findings=() if valid else (fatal,), report_sha256=""
        )

        async def check(call: EffectCall) -> Command:
            return report

        self.give("check", check)
        await self.perform(id)
        return id

    async def hear(self, id: str, command: TellSupplier) -> None:
        """Take what is made of another feature's event, and write the response."""
        await self.say(id, command)
        await self.perform(id)

    async def told(self, id: str) -> list[SupplierTold | SupplierNotTold]:
        """Return what the supplier was told."""
        return [e for e in await self.events(id) if isinstance(e, (SupplierTold, SupplierNotTold))]

    async def codes(self, id: str) -> list[str]:
        """Return the codes of what the supplier was told."""
        return [told.code for told in await self.told(id)]


async def test_a_life_is_told_step_by_step_and_each_response_stays_as_it_was() -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml())
    (first,) = await desk.told(id)
    assert isinstance(first, SupplierTold)
    before = await desk.blobs.get("kestrel", first.sha256)
    for command in (TellAsked(invoice_id=id), TellApproved(invoice_id=id), TellPaid(invoice_id=id)):
        await desk.hear(id, command)
    told = await desk.told(id)
    assert [one.code for one in told] == ["AB", "IP", "AP", "PD"]
    assert await desk.blobs.get("kestrel", first.sha256) == before
    ids: set[str | None] = set()
    for one in told:
        assert isinstance(one, SupplierTold)
        root = etree.fromstring(await desk.blobs.get("kestrel", one.sha256))
        assert root.findtext(".//{*}ResponseCode") == one.code
        ids.add(root.findtext("{*}ID"))
    assert len(ids) == len(told)


async def test_an_invalid_document_and_a_duplicate_are_refused_with_the_reason() -> None:
    desk = Desk()
    (told,) = await desk.told(await desk.take(Bill("A-1").xml(), valid=False))
    assert (told.code, told.reasons) == ("RE", ("ibr-120: The ABN is wrong.",))
    original = await desk.take(Bill("A-2").xml())
    (told,) = await desk.told(await desk.take(Bill("A-2", note="again").xml()))
    assert (told.code, told.reasons) == ("RE", (f"duplicate of {original}",))


EACH: list[tuple[type[TellSupplier], dict[str, Any], str, tuple[str, ...]]] = [
    (TellHeld, {"hold": "The account differs."}, "UQ", ("The account differs.",)),
    (TellMismatch, {"findings": [WRONG, {**WRONG, "weight": "note"}]}, "UQ", ("PRICE-OVER: too dear",)),
    (TellRefused, {"reason": "not ours"}, "RE", ("not ours",)),
    (TellAsked, {}, "IP", ()),
    (TellApproved, {}, "AP", ()),
    (TellStopped, {"reason": "no account"}, "UQ", ("no account",)),
    (TellRejected, {"reason": "not ordered"}, "RE", ("not ordered",)),
    (TellPaid, {}, "PD", ()),
]


def test_every_command_that_tells_is_tried() -> None:
    assert {kind for kind, *_ in EACH} == set(TELLS)


@pytest.mark.parametrize(("kind", "data", "code", "reasons"), EACH)
async def test_what_others_say_is_told_with_their_reasons(
    kind: type[TellSupplier], data: dict[str, Any], code: str, reasons: tuple[str, ...]
) -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml())
    command = kind.model_validate({"source": "x", "invoice_id": id, "summary": "…", **data})
    assert command.address() == id
    await desk.hear(id, command)
    told = (await desk.told(id))[-1]
    assert (told.code, told.reasons) == (code, reasons)


async def test_the_same_again_is_not_told_again() -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml())
    for reason in ("no account", "no account", "no BSB"):
        await desk.hear(id, TellStopped(invoice_id=id, reason=reason))
    assert await desk.codes(id) == ["AB", "UQ", "UQ"]


async def test_what_an_earlier_feature_says_late_is_not_told() -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml())
    await desk.hear(id, TellApproved(invoice_id=id))
    await desk.hear(id, TellMismatch(invoice_id=id, findings=(WRONG,)))
    await desk.hear(id, TellHeld(invoice_id=id, hold="late"))
    assert await desk.codes(id) == ["AB", "AP"]


async def test_nothing_is_told_of_what_did_not_go_on() -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml(), valid=False)
    await desk.hear(id, TellPaid(invoice_id=id))
    assert await desk.codes(id) == ["RE"]


def test_a_credit_note_is_paid_when_nothing_of_it_is_left() -> None:
    assert TellPaid(invoice_id="inv-1", open_cents=100).address() is None
    assert TellPaid(invoice_id="inv-1", open_cents=0).address() == "inv-1"


async def test_a_document_without_an_address_cannot_be_answered_and_says_why() -> None:
    text = Bill("A-1").xml().decode()
    start, end = text.index("<cbc:EndpointID"), text.index("</cbc:EndpointID>") + len("</cbc:EndpointID>")
    desk = Desk()
    (told,) = await desk.told(await desk.take((text[:start] + text[end:]).encode(), valid=False))
    assert isinstance(told, SupplierNotTold)
    assert (told.code, told.unanswerable) == ("RE", "the supplier's name or network address is missing")


async def test_a_response_that_breaks_its_own_rules_is_not_kept() -> None:
    desk = Desk()
    broken = Finding("PEPPOL-T111-R004", "fatal", "wrong")
    desk.judge.report = Report(ruleset="t111", valid=False, findings=(broken,))
    (told,) = await desk.told(await desk.take(Bill("A-1").xml()))
    assert isinstance(told, SupplierNotTold)
    assert "PEPPOL-T111-R004" in told.unanswerable


async def test_a_response_that_could_not_be_written_does_not_fail_the_invoice() -> None:
    desk = Desk()
    id = await desk.take(Bill("A-1").xml())
    await desk.say(id, TellPaid(invoice_id=id))

    async def breaks(call: EffectCall) -> Command:
        return EffectFailed(effect="tell", args=call.args, reason="the store is away")

    desk.give("tell", breaks)
    await desk.perform(id)
    told = (await desk.told(id))[-1]
    assert isinstance(told, SupplierNotTold)
    assert "the store is away" in told.unanswerable
    assert (await desk.state(id)).status == "validated"


async def test_the_longest_reasons_fit_into_a_stream() -> None:
    desk = Desk()
    id = await desk.take(Bill("漢" * 200, note="x").xml())
    findings = tuple({"code": "X" * 100, "sentence": "漢" * 900, "weight": "blocks"} for _ in range(10))
    await desk.hear(id, TellMismatch(invoice_id=id, findings=findings))
    assert await desk.codes(id) == ["AB", "UQ"]
