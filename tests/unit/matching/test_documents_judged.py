"""Documents of orders and deliveries: judged before they count, and kept as they came."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.data.ubl_documents import PAPER, line
from tests.data.ubl_orders import Delivery, Purchase
from tests.unit.matching.world import World

PURCHASE = Purchase("PO-7", PAPER, [line("Copy paper A4", "40.00", "10")])
SENT = Delivery("D-1", PURCHASE, [("1", "10")])
FATAL = {"rule": "PEPPOL-T01-R004", "severity": "fatal", "message": "A quantity.", "location": "/Order"}
MILD = {"rule": "PEPPOL-T01-R099", "severity": "warning", "message": "Unusual.", "location": ""}
PAPERS = [("/v1/orders", PURCHASE.xml()), ("/v1/receipts", SENT.advice()), ("/v1/receipts", SENT.receipt())]
BOTH = pytest.mark.parametrize(("path", "body"), PAPERS)
FORM: dict[str, Any] = {
    "number": "PO-8",
    "supplier": {"name": "Acme"},
    "lines": [{"id": 1, "quantity": 2, "price": 3}],
}


@BOTH
async def test_a_document_that_breaks_a_fatal_rule_is_refused_and_changes_nothing(
    world: World, path: str, body: bytes
) -> None:
    world.findings = [MILD, FATAL, {**FATAL, "rule": "XSD-INVALID", "location": "line 3"}]
    answer = await world.ask("POST", path, body)
    problem = answer.json()
    assert (answer.status_code, problem["type"]) == (422, "urn:finnest:problem:breaks-official-rules")
    assert problem["detail"] == "PEPPOL-T01-R004: A quantity. (/Order); and 1 more"
    assert [finding["rule"] for finding in problem["findings"]] == ["PEPPOL-T01-R004", "XSD-INVALID"]
    assert (problem["findings"][0], problem["retryable"]) == (FATAL, False)
    assert (await world.ask("GET", path)).json()["items"] == []
    assert not world.commands.things


@BOTH
@pytest.mark.parametrize("status", [0, 403, 429, 500, 503])
async def test_while_the_rules_are_away_nothing_is_taken_and_it_may_be_sent_again(
    world: World, path: str, body: bytes, status: int
) -> None:
    world.judged_by = status
    answer = await world.ask("POST", path, body)
    assert (answer.status_code, answer.json()["retryable"]) == (503, True)
    assert answer.json()["type"] == "urn:finnest:problem:rules-away"
    assert int(answer.headers["retry-after"]) > 0
    assert not world.commands.things
    world.judged_by = 200
    assert (await world.ask("POST", path, body)).status_code == 202


@BOTH
async def test_who_judges_may_refuse_to_read_it(world: World, path: str, body: bytes) -> None:
    world.judged_by = 413
    answer = await world.ask("POST", path, body)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:finnest:problem:too-large")
    assert answer.json()["detail"] == "it is too large"


@BOTH
async def test_a_document_is_kept_as_it_came_and_its_warnings_are_shown(
    world: World, path: str, body: bytes
) -> None:
    world.findings = [MILD]
    id = (await world.ask("POST", path, body)).json()["id"]
    await world.settle()
    shown = (await world.ask("GET", f"{path}/{id}")).json()
    assert shown["findings"] == [MILD]
    kept = await world.ask("GET", shown["links"]["document"])
    assert (kept.content, kept.headers["content-type"]) == (body, "application/xml")
    assert kept.headers["x-content-type-options"] == "nosniff"


async def test_the_document_that_counts_is_shown(world: World) -> None:
    changed = Purchase("PO-7", PAPER, [line("Copy paper A4", "40.00", "12")])
    id = await world.order(PURCHASE.xml())
    await world.order(changed.xml())
    assert (await world.ask("GET", f"/v1/orders/{id}/document")).content == changed.xml()
    receipt = Delivery("R-1", PURCHASE, [("1", "9")], despatch="D-1").receipt()
    delivery = await world.receive(receipt)
    await world.receive(SENT.advice())
    assert (await world.ask("GET", f"/v1/receipts/{delivery}/document")).content == receipt


async def test_a_json_form_is_kept_too_and_judged_by_nobody(world: World) -> None:
    world.judged_by = 0
    id = await world.order(FORM)
    kept = await world.ask("GET", f"/v1/orders/{id}/document")
    assert (json.loads(kept.content), kept.headers["content-type"]) == (FORM, "application/json")
    assert (await world.ask("GET", f"/v1/orders/{id}")).json()["findings"] == []
    receipt = {"number": "R-1", "order_id": id, "lines": [{"order_line": "1", "quantity": 2}]}
    delivery = await world.receive(receipt)
    assert json.loads((await world.ask("GET", f"/v1/receipts/{delivery}/document")).content) == receipt


async def test_a_document_of_nobody_is_missing(world: World) -> None:
    for path in ("/v1/orders/ord-x/document", "/v1/receipts/rct-x/document"):
        assert (await world.ask("GET", path)).status_code == 404
