"""Every invoice response that can be written keeps the rules of its own kind (Peppol T111)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime
from typing import get_args

import pytest
import pytest_asyncio

from finnest.dev.runtime import cache_root
from services.invoices.documents.facts import facts
from services.invoices.documents.response import Code, respond
from services.invoices.documents.ubl import read
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges
from tests.data.demo_people import TIMBER
from tests.data.ubl_documents import Bill

AT = datetime(2026, 6, 2, 3, 4, 5, tzinfo=UTC)
BILLS = {
    "an invoice": Bill("A-1"),
    "a credit note": Bill("A-2", corrects="A-1"),
    "a self-billed invoice": Bill("A-3", self_billed=True),
    "an invoice from New Zealand": Bill("A-4", TIMBER, currency="NZD"),
}
REASONS = {
    "none": (),
    "of every kind": ("aligned-ibrp-003-aunz: no order", "ibr-120: the ABN", "duplicate of inv-1", "<&> 漢"),
    "more than are told": tuple(f"FN-X: reason {n}" for n in range(9)),
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def judges() -> AsyncGenerator[Judges]:
    opened = Judges(fetch(cache_root(), lambda _: None), lambda: date(2026, 11, 24), workers=1)
    try:
        yield opened
    finally:
        await opened.close()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("reasons", REASONS)
@pytest.mark.parametrize("kind", BILLS)
@pytest.mark.parametrize("code", get_args(Code))
async def test_a_response_keeps_its_own_rules(judges: Judges, code: Code, kind: str, reasons: str) -> None:
    written = respond(facts(read(BILLS[kind].xml())), "inv-abc-1", code, REASONS[reasons], AT)
    report = await judges.judge(written)
    assert (report.ruleset, report.findings) == ("t111", ())


@pytest.mark.asyncio(loop_scope="module")
async def test_the_rules_see_a_response_that_gives_no_reason(judges: Judges) -> None:
    written = respond(facts(read(Bill("A-1").xml())), "inv-abc-1", "AB", (), AT)
    silent = written.replace(b">AB<", b">RE<")
    assert not (await judges.judge(silent)).valid
