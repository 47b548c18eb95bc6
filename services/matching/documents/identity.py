"""Who a supplier is and which order is meant, whatever way the sender writes it."""

from __future__ import annotations

import re
import unicodedata

from finnest.ids import derived

_WEIGHTS = (10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19)
_NO_ORDER = re.compile(
    "NA|NIL|NONE|NO|NULL|NOPO|PO|PONUMBER|ORDER|ORDERNUMBER|PURCHASEORDER(NUMBER|REFERENCE)?|TBA|TBC|TBD|"
    "UNKNOWN|VERBAL|BUYERREFERENCE|NOTAPPLICABLE"
)


def identity(scheme: str, number: str, name: str = "") -> str:
    """Return a party's identity: `0151:<ABN>`, `0088:<NZBN>`, another number, or its name.

    An ABN with its three-digit GST branch is the ABN, whatever scheme stands beside it. Empty when there
    is neither number nor name.
    """
    digits = re.sub(r"[\s.-]", "", number).upper()
    if len(digits) == 14 and _is_abn(digits[:11]):
        digits = digits[:11]
    if _is_abn(digits):
        return f"0151:{digits}"
    if _is_nzbn(digits):
        return f"0088:{digits}"
    if digits:
        return f"{scheme}:{digits}"[:80]
    return f"name:{_letters(name)}"[:80] if _letters(name) else ""


def of_event(supplier_id: str | None, name: str | None) -> str:
    """Return the identity of the supplier that an event names as `scheme:number`."""
    scheme, _, number = (supplier_id or "").partition(":")
    return identity(scheme, number, name or "")


def order_number(text: str, invoice_number: str = "") -> str:
    """Return an order number in its one form; empty for what senders write when they have none."""
    number = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    letters = _letters(text)
    own = letters == _letters(invoice_number)
    meant = letters and letters.strip("0") and not _NO_ORDER.fullmatch(letters) and not own
    return number if meant else ""


def number_key(text: str) -> str:
    """Return an invoice number without case, blanks and punctuation."""
    return _letters(text)


def order_id(supplier: str, number: str) -> str:
    """Return the id of the order with this number (`order_number`) at this supplier (`identity`)."""
    return derived("ord", supplier, number)


def delivery_id(supplier: str, order: str, delivery: str) -> str:
    """Return the id of a delivery: a despatch advice and the receipt about it are one."""
    return derived("rct", supplier, order_number(order), order_number(delivery) or delivery)


def match_id(invoice_id: str) -> str:
    """Return the id of an invoice's match."""
    return derived("mat", invoice_id)


def _letters(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def _is_abn(text: str) -> bool:
    if not re.fullmatch("[0-9]{11}", text):
        return False
    digits = [int(text[0]) - 1, *map(int, text[1:])]
    return sum(w * d for w, d in zip(_WEIGHTS, digits, strict=True)) % 89 == 0


def _is_nzbn(text: str) -> bool:
    if not re.fullmatch("[0-9]{13}", text):
        return False
    total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(text[:12]))
    return (10 - total % 10) % 10 == int(text[12])
