"""What a valid document is warned of is kept, and what our own rules say asks for a person."""

from __future__ import annotations

import pytest

from services.invoices.domain.messages import WARNINGS_KEPT, InvoiceDuplicate, InvoiceValidated
from services.invoices.story import summary_of
from tests.data.ubl_documents import Bill
from tests.unit.invoices.desk import Desk, warning


async def test_an_own_warning_flags_the_document_and_names_the_rule() -> None:
    desk = Desk()
    bsb = warning("FN-BSB", "The account has no BSB.", "/*/PaymentMeans[1]")
    verdict = await desk.verdict(await desk.take(Bill("A-1"), findings=[bsb], alike=("looks like inv-x",)))
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags == ("FN-BSB: The account has no BSB.", "looks like inv-x")
    assert verdict.warnings == (bsb,)
    assert verdict.report_sha256 == "r" * 64


async def test_an_official_warning_is_shown_and_flags_nothing() -> None:
    desk = Desk()
    official = warning("PEPPOL-EN16931-R120")
    verdict = await desk.verdict(await desk.take(Bill("A-1"), findings=[official]))
    assert isinstance(verdict, InvoiceValidated)
    assert (verdict.flags, verdict.warnings) == ((), (official,))


async def test_a_rule_that_warns_twice_flags_once() -> None:
    desk = Desk()
    twice = [warning("FN-ACCOUNT", "First."), warning("FN-ACCOUNT", "Second."), warning("FN-BSB")]
    verdict = await desk.verdict(await desk.take(Bill("A-1"), findings=twice))
    assert isinstance(verdict, InvoiceValidated)
    assert verdict.flags == ("FN-ACCOUNT: First.", "FN-BSB: Look at this.")
    assert len(verdict.warnings) == 3


async def test_what_is_kept_is_bounded_and_keeps_our_own_first() -> None:
    desk = Desk()
    many = [*(warning(f"R-{n}", "é" * 900, "/" * 900) for n in range(15)), warning("FN-BSB")]
    verdict = await desk.verdict(await desk.take(Bill("A-1"), findings=many))
    assert isinstance(verdict, InvoiceValidated)
    assert len(verdict.warnings) == WARNINGS_KEPT
    assert verdict.warnings[0].rule == "FN-BSB"
    assert all(len(w.message) <= 200 and len(w.location) <= 120 for w in verdict.warnings)


async def test_a_duplicate_keeps_what_its_own_report_says() -> None:
    desk = Desk()
    await desk.take(Bill("A-1"))
    verdict = await desk.verdict(await desk.take(Bill("A-1"), findings=[warning("FN-BSB")]))
    assert isinstance(verdict, InvoiceDuplicate)
    assert [w.rule for w in verdict.warnings] == ["FN-BSB"]
    assert verdict.report_sha256 == "r" * 64


def test_an_event_of_before_warnings_still_reads() -> None:
    old = {"invoice_id": "inv-1", "kind": "invoice", "submitted_by": "ada", "intake": False, "ruleset": "x"}
    event = InvoiceValidated.model_validate(old)
    assert (event.warnings, event.report_sha256) == ((), "")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"ruleset": "pint-anz"}, "keeps every rule of pint-anz"),
        (
            {"ruleset": "pint-anz", "warnings": [{}], "flags": ["FN-BSB: The account has no BSB."]},
            "breaks no fatal rule of pint-anz; FN-BSB: The account has no BSB.",
        ),
    ],
)
def test_the_history_says_what_it_was_warned_of(data: dict[str, object], told: str) -> None:
    assert summary_of("invoices.validated.v1", data) == told
