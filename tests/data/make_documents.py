"""Writes the demo documents beside this file: `python -m tests.data.make_documents`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.data.ubl_documents import CLEANING, EQUIPMENT, PAPER, Bill, line

DEMO = Path(__file__).parent / "demo"

_CLEAN = Bill("KP-10231", PAPER)


def demo_documents() -> dict[str, bytes]:
    """File name -> document: what a demonstration feeds, in this order.

    Clean (AUD 440.00), over the limit for one approval (4,400.00) and for two (16,500.00),
    invalid (the tax total is wrong), the clean one again in other bytes, and broken XML.
    """
    approval = Bill(
        "BSC-2206", CLEANING, lines=(line("Office cleaning, May", "2000.00", "2"),), order="PO-88"
    )
    two = Bill("IE-7741", EQUIPMENT, lines=(line("Ride-on mower", "7500.00", "2"),), order="PO-2026-0140")
    invalid = Bill("KP-10232", PAPER, tax_total=Decimal("44.00"))
    again = Bill("KP 10231", PAPER, note="Second copy, sent again at your request")
    return {
        "1-clean.xml": _CLEAN.xml(),
        "2-needs-approval.xml": approval.xml(),
        "3-needs-two-people.xml": two.xml(),
        "4-invalid-tax-total.xml": invalid.xml(),
        "5-duplicate-of-clean.xml": again.xml(),
        "6-broken.xml": _CLEAN.xml()[:1500],
    }


def main() -> None:
    """Writes all demo documents."""
    DEMO.mkdir(exist_ok=True)
    for name, body in demo_documents().items():
        (DEMO / name).write_bytes(body)


if __name__ == "__main__":
    main()
