"""What events mean for an invoice, in words that a person reads."""

from __future__ import annotations

from typing import Any

_STATUS = {
    "approval_requested": "awaiting_approval",
    "approved": "approved",
    "scheduled": "scheduled",
    "included": "scheduled",
    "paid": "paid",
    "paid_elsewhere": "paid",
    "failed": "failed",
    "cancelled": "cancelled",
    "stopped": "cancelled",
    "rejected": "rejected",
    "held": "exception",
    "suspended": "exception",
}


QUIET = frozenset({"noted", "sighted", "supplier_to_tell", "supplier_told", "supplier_not_told"})
"""Own events that are no step of an invoice, as those of drafts; what suppliers were told is listed apart."""


def is_step(type_: str) -> bool:
    """Return whether an event belongs into an invoice's history."""
    feature, what, _ = type_.split(".")
    return not (feature == "invoices" and (what in QUIET or what.startswith("draft_")))


def payment_says(what: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of an invoice that a payment's event sets."""
    if what.startswith("credit_"):
        return _credit_says(what, data)
    status = _STATUS.get(what)
    if status is None:
        return {}
    columns: dict[str, Any] = {"payment_status": status, "payment_reasons": []}
    reason = data.get("reason")
    if what == "approval_requested":
        columns["payment_reasons"] = [data["ask"]["why"]]
    elif what == "paid_elsewhere":
        columns["payment_reasons"] = [data["summary"]]
    elif reason and what in ("held", "suspended", "rejected", "failed", "cancelled", "stopped"):
        columns["payment_reasons"] = [reason]
    if what == "included":
        columns["run_id"] = data["run_id"]
    return columns


def _credit_says(what: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a credit note: it is paid when all of it went off payments."""
    columns: dict[str, Any] = {"payment_id": data["credit_id"]}
    if what == "credit_added":
        return {**columns, "payment_status": "approved", "payment_reasons": [data["summary"]]}
    if what == "credit_withdrawn":
        return {**columns, "payment_status": "cancelled", "payment_reasons": [data["reason"]]}
    if data["open_cents"] == 0:
        return {**columns, "payment_status": "paid", "payment_reasons": []}
    return columns


_MATCH_STATUS = {
    "waiting": "unmatched",
    "exception": "exception",
    "matched": "matched",
    "rejected": "rejected",
    "replaced": "cancelled",
}


def match_says(what: str, data: dict[str, Any]) -> dict[str, Any]:
    """Return the columns of a match that an event of matching sets."""
    status = _MATCH_STATUS.get(what)
    if status is None:
        return {}
    told = [f"{f['code']}: {f['sentence']}" for f in data.get("findings", ()) if f["weight"] != "note"]
    reason = data.get("reason")
    return {"status": status, "reasons": told or ([reason] if reason else [])}


def summary_of(type_: str, data: dict[str, Any]) -> str:
    """Return one sentence for an event in an invoice's history."""
    feature, what, _ = type_.split(".")
    if feature == "payments":
        return _payment_summary(what, data)
    if feature == "matching":
        return data["summary"]
    if feature == "suppliers":
        return f"held: {data['hold']}" if what == "held" else f"no longer held: {data['summary']}"
    match what:
        case "received":
            number = data["summary"].get("number") or "without number"
            return f"document {number} received from {data['submitted_by']}"
        case "validated":
            kept = "breaks no fatal rule of" if data.get("warnings") else "keeps every rule of"
            return "; ".join([f"{kept} {data['ruleset']}", *data.get("flags", ())])
        case "invalid":
            rules = ", ".join(dict.fromkeys(f["rule"] for f in data["findings"]))
            return f"breaks {rules}"
        case "duplicate":
            return f"is the same bill as {data['of']}: {data.get('because') or 'same supplier, number and total'}"
        case "found_different":
            return f"{data['by']} says it is no duplicate of {data['of']}: {data['reason']}"
        case "check_failed":
            return f"could not be checked: {data['reason']}"
        case _:
            return what.replace("_", " ")


def _payment_summary(what: str, data: dict[str, Any]) -> str:
    match what:
        case "approval_requested":
            ask = data["ask"]
            people = ask["needs"]["people"]
            return f"waits for {people} {'person' if people == 1 else 'people'}: {ask['why']}"
        case "approved":
            people = ", ".join(data.get("people", ()))
            return f"payment approved by {people or data.get('rule', 'the policy')}"
        case "scheduled":
            return f"to be paid on {data['pay_on']}"
        case "included":
            less = data.get("credits") or data.get("discount_cents")
            return data["summary"] if less else f"in pay run {data['run_id']}"
        case "approval_withdrawn" | "credited" | "suspended" | "account_settled" | "paid_elsewhere":
            return data["summary"]
        case _ if what.startswith("credit_"):
            return data["summary"]
        case _:
            words = what.replace("_", " ")
            return f"payment {words}: {data['reason']}" if data.get("reason") else f"payment {words}"
