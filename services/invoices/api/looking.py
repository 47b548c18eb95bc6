"""Listing invoices, and one with its whole story."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.paging import page_of
from finnest.ports import Recorded
from finnest.web.caller import Who
from finnest.web.paging import After, Limit
from services.invoices.api.own import TOLD, findings_of, report_of
from services.invoices.domain.state import Invoice
from services.invoices.story import is_step, summary_of
from services.invoices.views import one, page

Status = Literal[
    "received",
    "invalid",
    "duplicate",
    "unmatched",
    "matched",
    "exception",
    "awaiting_approval",
    "approved",
    "rejected",
    "scheduled",
    "paid",
    "failed",
    "cancelled",
]


def router(kit: Kit) -> APIRouter:
    """Return the routes that show invoices."""
    routes = APIRouter()

    @routes.get("/v1/invoices")
    async def list_invoices(
        who: Who,
        status: Status | None = None,
        supplier: Annotated[str | None, Query(max_length=100)] = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return invoices, newest first."""
        rows = await kit.views.read(page(who.tenant, status, supplier, after, limit + 1))
        return page_of(rows, limit, "received_at", list_row)

    @routes.get("/v1/invoices/{id}")
    async def get_invoice(id: str, who: Who) -> dict[str, Any]:
        """Return one invoice with its whole story.

        `findings` are what the rules said, `match` how it compares with its orders (None when nobody compared
        it), `approvals` what people were asked and said, `history` every step; `links` name the rest. At most
        10 files are kept, each up to 3 MiB; `attachments_left_out` counts the others.
        """
        state = await state_of(kit, who, id)
        row = await kit.views.read(one(who.tenant, id))
        own = await kit.streams.history(who.tenant, id)
        listed = list_row({**row, "id": id, **_own_columns(state), **_now(state, row)})
        return {
            **listed,
            "findings": findings_of(own),
            "match": row["match"],
            "approvals": row["approvals"],
            "attachments": [
                {**file.wire_data(), "links": {"self": f"/v1/invoices/{id}/attachments/{file.number}"}}
                for file in state.attachments
            ],
            "attachments_left_out": state.attachments_left_out,
            "history": _history(own, row["history"]),
            "links": {**listed["links"], **_links(id, row, own)},
        }

    return routes


async def state_of(kit: Kit, who: Caller, id: str) -> Invoice:
    """Return the invoice; raises `Missing` when it is not the caller's."""
    state, version = await kit.streams.state(who.tenant, id)
    if version == 0 or not isinstance(state, Invoice):
        raise Missing("no-such-invoice", "there is no such invoice")
    return state


def _now(state: Invoice, row: dict[str, Any]) -> dict[str, Any]:
    return {"status": status_of(state.status, row), "own_reasons": list(state.reasons)}


def _history(own: Sequence[Recorded], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return every step of every feature, oldest first; the own ones come from the truth."""
    mine = [
        {
            "at": entry.at.isoformat(),
            "type": entry.type,
            "by": entry.by,
            "summary": summary_of(entry.type, entry.data),
        }
        for entry in own
        if is_step(entry.type)
    ]
    theirs = [entry for entry in others if not entry["type"].startswith("invoices.")]
    return sorted([*mine, *theirs], key=lambda entry: entry["at"])


def _links(id: str, row: dict[str, Any], own: Sequence[Recorded]) -> dict[str, str]:
    """Return where the rest of the story is; what is not there yet has no link."""
    links = {name: f"/v1/invoices/{id}/{name}" for name in ("document", "responses")}
    if any(entry.type in TOLD for entry in own):
        links["response"] = f"/v1/invoices/{id}/response"
    if report_of(own):
        links["report"] = f"/v1/invoices/{id}/report"
    if row["approvals"]:
        links["approval"] = row["approvals"][-1]["links"]["self"]
    if row["has_file"]:
        links["file"] = f"/v1/pay-runs/{row['run_id']}/file"
    return links


def status_of(own: str, row: Mapping[str, Any]) -> str:
    """Return the status that people see: payments' word, a hold, the match, the invoice's own."""
    waits = "exception" if row.get("hold") else None
    return (
        row.get("payment_status")
        or waits
        or row.get("match_status")
        or ("received" if own == "validated" else own)
    )


def reasons_of(row: dict[str, Any]) -> list[str]:
    """Return why it is as it is, what counts most first."""
    held = [row["hold"]] if row.get("hold") else []
    reasons = [name for name in ("payment_reasons", "match_reasons", "own_reasons") if row.get(name)]
    return [*held, *(reason for name in reasons for reason in row[name])]


def _own_columns(state: Invoice) -> dict[str, Any]:
    summary = state.summary
    if summary is None:
        return {}
    return {
        "number": summary.number,
        "supplier": summary.supplier,
        "total_cents": summary.payable_cents,
        "currency": summary.currency,
    }


def list_row(row: dict[str, Any]) -> dict[str, Any]:
    """Return an invoice as lists show it."""
    cents = row.get("total_cents")
    links = {"self": f"/v1/invoices/{row['id']}"}
    if row.get("payment_id"):
        links["payment"] = f"/v1/payments/{row['payment_id']}"
    if row.get("supplier_ref"):
        links["supplier"] = f"/v1/suppliers/{row['supplier_ref']}"
    if row.get("match_status"):
        links["match"] = f"/v1/matches/{row['id']}"
    if row.get("run_id"):
        links["pay_run"] = f"/v1/pay-runs/{row['run_id']}"
    return {
        "id": row["id"],
        "number": row.get("number"),
        "supplier": row.get("supplier"),
        "total": None
        if cents is None
        else f"{cents // 100}.{cents % 100:02d}"
        if cents >= 0
        else f"-{-cents // 100}.{-cents % 100:02d}",
        "total_cents": cents,
        "currency": row.get("currency"),
        "status": row["status"],
        "reasons": reasons_of(row),
        "links": links,
    }
