"""The demo as a table: chains of orders, deliveries and bills, each bill with what must become of it.

A row is a name, a document, and for a bill its status and words of its reason. They are fed in this order.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.data.demo_people import (
    CLEANING,
    EQUIPMENT,
    FASTENERS,
    FOOD,
    PAPER,
    POWER,
    SOFTWARE,
    TIMBER,
)
from tests.data.demo_rows import Row, bill, order
from tests.data.demo_special import SPECIAL
from tests.data.ubl_documents import Line, line
from tests.data.ubl_orders import Delivery

PAPERS = order("PO-2026-0117", PAPER, line("Copy paper A4, carton", "40.00", "10", item="KP-A4", unit="XCT"))
HELMETS = order("PO-2026-0140", EQUIPMENT, line("Safety helmet", "25.00", "12", item="IE-HH1"))
GLOVES = order("PO-2026-0141", EQUIPMENT, line("Work gloves, pair", "9.00", "10", item="IE-GL2"))
CHAIRS = order("PO-2026-0142", EQUIPMENT, line("Folding chair", "180.00", "2"), line("Trestle", "90.00", "2"))
ROPE = order("PO-2026-0143", EQUIPMENT, line("Rope, 50 m", "46.00", "4"), charge="18.00")
CONES = order("PO-2026-0144", EQUIPMENT, line("Traffic cone", "14.00", "20"))
BOLTS = order("PO-2026-0150", FASTENERS, line("Bolt M8, zinc", "48.00", "400", base="100", item="BF-M8"))
SCREWS = order(
    "PO-2026-0151", FASTENERS, line("Screws, carton of 60", "48.00", "5", unit="XCT", item="BF-S60")
)
HINGES = order("PO-2026-0152", FASTENERS, line("Door hinge", "7.50", "40", item="BF-H1"))
APPLES = order("PO-2026-0160", FOOD, line("Apples", "3.20", "100", gst="0", unit="KGM", item="MF-A"))
PEARS = order("PO-2026-0161", FOOD, line("Pears", "2.90", "60", gst="0", unit="KGM", item="MF-P"))
CLEAN = order("PO-2026-0088", CLEANING, line("Office cleaning, hour", "50.00", "80", unit="HUR"))

_A4 = line("Copy paper A4, carton", "40.00", "10", order_line="1", item="KP-A4", unit="XCT")
_CLEAN_PAPER = bill("KP-10231", PAPERS, _A4)
_WRONG = bill("IE-7703", CHAIRS, line("Folding chair", "210.00", "2", order_line="1"))
_HINGES = line("Door hinge", "7.50", "40", order_line="1")


def _helmets(quantity: str) -> Line:
    return line("Safety helmet", "25.00", quantity, order_line="1", item="IE-HH1")


def _hour(quantity: str, price: str = "50.00") -> Line:
    return line("Office cleaning, hour", price, quantity, order_line="1", unit="HUR")


PAPER_CHAIN = [
    Row("order-paper", PAPERS.xml()),
    Row("despatch-paper", Delivery("D-5501", PAPERS, [("1", "10")]).advice()),
    Row("receipt-paper", Delivery("GR-301", PAPERS, [("1", "10")], despatch="D-5501").receipt()),
    Row("invoice-clean", _CLEAN_PAPER.xml(), "scheduled"),
    Row("invoice-sent-twice", replace(_CLEAN_PAPER, note="Second copy").xml(), "duplicate", "duplicate of"),
    Row(
        "invoice-nearly-the-same",
        bill("KP-10231-A", PAPER, replace(_A4, order_line="")).xml(),
        "awaiting_approval",
        "looks like",
    ),
    Row("invoice-wrong-total", replace(_CLEAN_PAPER, number="KP-10232", tax_total=Decimal("44.00")).xml(),
        "invalid", "ibr-co-14"),
    Row("invoice-wrong-gst", bill("KP-10233", PAPER, line("Envelopes", "60.00", gst="12")).xml(),
        "invalid", "FN-GST-RATE"),
    Row("invoice-broken", _CLEAN_PAPER.xml()[:1500], "refused", "Not well-formed"),
]  # fmt: skip
EQUIPMENT_CHAIN = [
    Row("order-helmets", HELMETS.xml()),
    Row("receipt-helmets-first", Delivery("GR-310", HELMETS, [("1", "8")]).receipt()),
    Row("invoice-helmets-first", bill("IE-7701", HELMETS, _helmets("8")).xml(), "scheduled"),
    Row("receipt-helmets-rest", Delivery("GR-311", HELMETS, [("1", "4")]).receipt()),
    Row("invoice-helmets-rest", bill("IE-7702", HELMETS, _helmets("4")).xml(), "scheduled"),
    Row("order-gloves", GLOVES.xml()),
    Row("receipt-gloves", Delivery("GR-312", GLOVES, [("1", "10")]).receipt()),
    Row("invoice-too-many", bill("IE-7705", GLOVES, line("Work gloves, pair", "9.00", "12", order_line="1")).xml(),
        "exception", "QUANTITY-OVER"),
    Row("order-chairs", CHAIRS.xml()),
    Row("receipt-chairs", Delivery("GR-313", CHAIRS, [("1", "2"), ("2", "2")]).receipt()),
    Row("invoice-over-tolerance", _WRONG.xml(), "cancelled", "Replaced by IE-7703C"),
    Row("invoice-corrected", bill("IE-7703C", CHAIRS, line("Folding chair", "180.00", "2", order_line="1"),
        replaces="IE-7703").xml(), "scheduled"),
    Row("invoice-within-tolerance", bill("IE-7704", CHAIRS, line("Trestle", "91.50", "2", order_line="2")).xml(),
        "scheduled"),
    Row("order-rope", ROPE.xml()),
    Row("receipt-rope", Delivery("GR-314", ROPE, [("1", "4")]).receipt()),
    Row("invoice-freight-not-ordered", bill("IE-7706", ROPE, line("Rope, 50 m", "46.00", "2", order_line="1"),
        charge=Decimal("65.00")).xml(), "exception", "CHARGE-OVER"),
    Row("invoice-freight-ordered", bill("IE-7707", ROPE, line("Rope, 50 m", "46.00", "2", order_line="1"),
        charge=Decimal("18.00")).xml(), "scheduled"),
    Row("order-cones", CONES.xml()),
    Row("invoice-not-received", bill("IE-7708", CONES, line("Traffic cone", "14.00", "20", order_line="1")).xml(),
        "unmatched", "RECEIPT-MISSING"),
    Row("invoice-order-unknown", bill("IE-7709", EQUIPMENT, line("Ladder", "240.00"), order="PO-2026-0999").xml(),
        "unmatched", "ORDER-MISSING"),
]  # fmt: skip
FASTENERS_CHAIN = [
    Row("order-bolts", BOLTS.xml()),
    Row("receipt-bolts", Delivery("GR-320", BOLTS, [("1", "400")]).receipt()),
    Row("invoice-price-per-piece", bill("BF-101", BOLTS, line("Bolt M8", "0.48", "400", item="BF-M8")).xml(),
        "scheduled"),
    Row("order-screws", SCREWS.xml()),
    Row("receipt-screws", Delivery("GR-321", SCREWS, [("1", "5")]).receipt()),
    Row("invoice-other-unit", bill("BF-102", SCREWS, line("Screws", "0.80", "300", item="BF-S60")).xml(),
        "scheduled"),
    Row("order-hinges", HINGES.xml()),
    Row("invoice-before-receipt", bill("BF-103", HINGES, _HINGES).xml(), "scheduled"),
    Row("receipt-hinges-late", Delivery("GR-322", HINGES, [("1", "40")]).receipt()),
    Row("credit-note-return", bill("BF-CN1", HINGES, replace(_HINGES, quantity=Decimal(4)),
        corrects="BF-103").xml(), "approved", "goes off"),
]  # fmt: skip
FOOD_CHAIN = [
    Row("order-apples", APPLES.xml()),
    Row("order-pears", PEARS.xml()),
    Row("despatch-apples", Delivery("D-71", APPLES, [("1", "100")]).advice()),
    Row("despatch-pears", Delivery("D-72", PEARS, [("1", "60")]).advice()),
    Row("invoice-two-orders", bill("MF-9001", FOOD,
        line("Apples", "3.20", "100", gst="0", unit="KGM", order=APPLES.number, order_line="1"),
        line("Pears", "2.90", "60", gst="0", unit="KGM", order=PEARS.number, order_line="1")).xml(),
        "scheduled"),
]  # fmt: skip
SERVICES = [
    Row("order-cleaning", CLEAN.xml()),
    Row("invoice-one-approver", bill("BSC-2206", CLEAN, _hour("40")).xml(), "awaiting_approval", "one approver"),
    Row("invoice-changed-account", bill("BSC-2207", CLEAN, _hour("8"), bsb="732-002", account="99112233").xml(),
        "awaiting_approval", "bank account"),
    Row("invoice-two-people", bill("HB-500", SOFTWARE, line("Licence, year", "15000.00")).xml(),
        "awaiting_approval", "2 people"),
    Row("invoice-unverified-supplier", bill("SLE-77", POWER, line("Street lighting, May", "610.00"),
        order="NA").xml(), "awaiting_approval", "nobody has confirmed this supplier"),
    Row("invoice-no-order", bill("SLE-78", POWER, line("Library electricity, May", "212.40")).xml(), "scheduled"),
    Row("invoice-payid", bill("SLE-79", POWER, line("Meter reading", "31.00"), bsb="NPP-EMAL",
        account="pay@southernlight.example").xml(), "exception", "PayID"),
    Row("invoice-bpay", bill("SLE-80", POWER, line("Pool electricity, May", "188.00"), bsb="BPAY",
        account="23796", payment_id="1188224466").xml(), "exception", "BPAY"),
    Row("invoice-direct-debit", bill("SLE-81", POWER, line("Depot electricity, May", "97.00"), means="49",
        account="", bsb="").xml(), "exception", "Direct debit"),
    Row("invoice-self-billed", bill("SB-0001", FOOD, line("Apples, market stall", "2.80", "50", gst="0"),
        self_billed=True).xml(), "scheduled"),
    Row("invoice-new-zealand", bill("KCT-31", TIMBER, line("Kauri boards", "88.00", "3", gst="15"),
        currency="NZD").xml(), "exception", "Foreign currency"),
    Row("invoice-not-a-nz", bill("KP-10240", PAPER, line("Labels", "20.00")).xml().replace(
        b"urn:peppol:pint:billing-1@aunz-1", b"urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"),
        "invalid", "aligned-ibrp-001-aunz"),
]  # fmt: skip
TABLE = [*PAPER_CHAIN, *EQUIPMENT_CHAIN, *FASTENERS_CHAIN, *FOOD_CHAIN, *SERVICES, *SPECIAL]
