"""The last rows of the demo: allowances, attachments, other means of payment, New Zealand, what is refused."""

from __future__ import annotations

from decimal import Decimal

from tests.data.demo_people import DAIRY, FREIGHT, NURSERY, PRINT
from tests.data.demo_rows import Row, bill, confirmed, order
from tests.data.ubl_documents import line
from tests.data.ubl_orders import Delivery
from tests.data.ubl_responses import Response, Said

_BIS3 = b"urn:cen.eu:en16931:2017#conformant#urn:fdc:peppol.eu:2017:poacc:billing:international:aunz:3.0"
_PAPER = b"%PDF-1.4 The delivery note of 2 June, as a page."

BROCHURES = order("PO-2026-0170", PRINT, line("Brochure, A5", "0.80", "500", item="GP-A5", extra="-20.00"))
_BROCHURES = bill("GP-401", BROCHURES, line("Brochure, A5", "0.80", "500", order_line="1", extra="-20.00"))
_POSTERS = bill("GP-402", PRINT, line("Poster, A1", "6.50", "20"), attachment=_PAPER)

CARDBOARD = order("PO-2026-0171", PRINT, line("Folder", "1.20", "200", item="GP-FO"))
_LESS = Response("GP-OR-1", CARDBOARD, "CA", [Said("1", "3", "150")])

SPECIAL = [
    Row("order-brochures", BROCHURES.xml()),
    Row("receipt-brochures", Delivery("GR-330", BROCHURES, [("1", "500")]).receipt()),
    Row("invoice-line-allowance", _BROCHURES.xml(), "scheduled"),
    Row("invoice-with-attachment", _POSTERS.xml(), "scheduled"),
    Row("invoice-same-attachment", bill("GP-417", PRINT, line("Poster, A2", "4.10", "31"), attachment=_PAPER).xml(),
        "awaiting_approval", "same supplier and attachment"),
    Row("credit-note-wrong-total", bill("GP-CN1", PRINT, line("Poster, A1", "6.50", "2"), corrects="GP-402",
        tax_total=Decimal("500.00")).xml(), "invalid", "FN-CREDIT-TAX-TOTAL"),
    Row("invoice-retired-profile", bill("GP-404", PRINT, line("Letterhead", "44.00")).xml().replace(
        b"urn:peppol:pint:billing-1@aunz-1", _BIS3), "invalid", "FN-RETIRED-PROFILE"),
    Row("invoice-card", bill("GP-405", PRINT, line("Business cards", "85.00"), means="48").xml(),
        "exception", "Card (48)"),
    Row("invoice-order-field-po", bill("GP-406", PRINT, line("Stamp", "23.00"), order="PO").xml(), "scheduled"),
    Row("invoice-discount-in-terms", bill("GP-407", PRINT, line("Banner", "140.00"),
        terms="2 % off when paid within 10 days, otherwise net 30 days").xml(), "scheduled"),
    Row("invoice-new-zealand-account", bill("SAD-88", DAIRY, line("Milk powder", "9.40", "30", gst="0",
        unit="KGM")).xml(), "exception", "a New Zealand account"),
    Row("invoice-new-zealand-paid", bill("TF-2091", FREIGHT, line("Freight, Tauranga to Newcastle", "390.00",
        gst="0")).xml(), "scheduled"),
    Row("order-folders", CARDBOARD.xml()),
    Row("order-response-fewer", _LESS.xml()),
    Row("receipt-folders", Delivery("GR-331", CARDBOARD, [("1", "150")]).receipt()),
    Row("invoice-as-confirmed", bill("GP-408", CARDBOARD, line("Folder", "1.20", "150", order_line="1")).xml(),
        "scheduled"),
    Row("invoice-as-ordered", bill("GP-409", CARDBOARD, line("Folder", "1.20", "50", order_line="1")).xml(),
        "exception", "150 confirmed by the supplier"),
    Row("account-confirmed", confirmed(NURSERY), "verified"),
    Row("invoice-confirmed-account", bill("LM-60", NURSERY, line("Seedlings, tray", "36.00", "12")).xml(),
        "scheduled"),
    Row("invoice-other-account", bill("LM-61", NURSERY, line("Mulch, bag", "8.50", "20"), bsb="732-002",
        account="99112244").xml(), "exception", "is not the confirmed one"),
]  # fmt: skip
