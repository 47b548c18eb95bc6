"""Invoices on paper, as rows of text."""

from __future__ import annotations

from decimal import Decimal

from tests.data.ubl_documents import BUYER, Bill


def rows(bill: Bill, *, due: str = "01/07/2026") -> list[str]:
    """The rows of a bill as a program for invoices prints them; three blanks begin another column."""
    seller = bill.supplier
    return [
        f"{seller.name:60}TAX INVOICE",
        f"{seller.street}, {seller.city} {seller.state} {seller.postcode}",
        f"ABN {spaced(seller.abn)}",
        "",
        f"{'Bill to: ' + BUYER.name:60}Invoice number: {bill.number}",
        f"{'ABN ' + spaced(BUYER.abn):60}Invoice date: {bill.issued:%d %B %Y}",
        f"{'':60}Due date: {due}",
        *([f"{'':60}Purchase order: {bill.order}"] if bill.order else []),
        "",
        f"{'Description':40}{'Qty':15}{'Unit price':20}Amount",
        *(f"{one.name:40}{one.quantity!s:15}{one.price:<20.2f}{one.net:.2f}" for one in bill.lines),
        "",
        f"{'':55}{'Subtotal':20}{bill.net:.2f}",
        f"{'':55}{'GST (10%)':20}{bill.tax:.2f}",
        f"{'':55}{'Total due (AUD)':20}${bill.net + bill.tax:,.2f}",
        "",
        f"Pay to BSB {seller.bsb}   Account number {seller.account}   Account name {seller.name}",
    ]


def spaced(abn: str) -> str:
    """An ABN as it is printed."""
    return f"{abn[:2]} {abn[2:5]} {abn[5:8]} {abn[8:]}"


def cents(amount: Decimal) -> int:
    """An amount in minor units."""
    return int(amount * 100)
