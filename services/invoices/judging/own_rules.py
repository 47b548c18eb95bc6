"""Our own checks (FN-…) where the official A-NZ rules are blind; runs in the worker process.

Fatal is what makes the document wrong under the law or by its own arithmetic; a warning asks a
person to look. Each function states which gap of the official rules it closes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from finnest.nzaccounts import fault_of, nz_account, said_of
from services.invoices.documents.findings import Finding
from services.invoices.documents.identifiers import is_nzbn, normal_bsb
from services.invoices.documents.money import amount, decimals
from services.invoices.documents.ubl import Document

if TYPE_CHECKING:
    from services.invoices.documents.ubl import Element

GST_RATES = {"AU": Decimal(10), "NZ": Decimal(15)}
"""Legislated rates in percent (PINT A-NZ BIS 1.1.3, 3.1.1 and 3.1.2)."""

SENT_AHEAD = timedelta(days=1)
"""New Zealand's date is ahead of UTC; a document may be dated tomorrow."""
IMPLAUSIBLE = timedelta(days=366)

_CREDIT_TRANSFER = frozenset({"30", "58"})
_NOT_A_BSB = re.compile(r"NPP(-[A-Z]{4})?|BPAY|URI", re.IGNORECASE)
_AU_ACCOUNT = re.compile(r"[0-9]{1,9}")
_PLACE = "{*}PostalAddress/{*}Country/{*}IdentificationCode"


def check(document: Document, today: date) -> Iterator[Finding]:
    """All own findings about an Invoice or CreditNote; `today` decides what is in the future."""
    root = document.root
    seller = root.find("{*}AccountingSupplierParty/{*}Party")
    buyer = root.find("{*}AccountingCustomerParty/{*}Party")
    yield from _tax_totals(document)
    yield from _gst_rates(root, {_of(seller, _PLACE), _of(buyer, _PLACE)})
    yield from _issue_date(_of(root, "{*}IssueDate"), today)
    yield from _precision(root, _of(root, "{*}DocumentCurrencyCode") or "")
    for role, party in (("Supplier", seller), ("Customer", buyer)):
        yield from _nzbn_length(role, party)
    for index, means in enumerate(root.findall("{*}PaymentMeans"), 1):
        yield from _payee(means, index, _of(seller, _PLACE))


def _of(node: Element | None, path: str) -> str | None:
    text = None if node is None else node.findtext(path)
    return (text.strip() or None) if text else None


def _tax_totals(document: Document) -> Iterator[Finding]:
    """ibr-co-14 never runs on credit notes: the context of the official rule has a typo."""
    if document.name != "CreditNote":
        return
    for index, total in enumerate(document.root.findall("{*}TaxTotal"), 1):
        parts = [amount(text.text) for text in total.findall("{*}TaxSubtotal/{*}TaxAmount")]
        stated = amount(total.findtext("{*}TaxAmount"))
        exact = [part for part in parts if part is not None]
        if stated is None or not parts or len(exact) != len(parts) or sum(exact) == stated:
            continue
        yield Finding(
            "FN-CREDIT-TAX-TOTAL",
            "fatal",
            f"The tax total {stated} is not the sum {sum(exact)} of its tax subtotals.",
            f"/CreditNote/TaxTotal[{index}]/TaxAmount",
        )


def _gst_rates(root: Element, countries: set[str | None]) -> Iterator[Finding]:
    """The official rules take any positive rate for category S."""
    rates = sorted(GST_RATES[country] for country in countries if country in GST_RATES)
    if not rates:
        return
    for category in root.iter("{*}TaxCategory", "{*}ClassifiedTaxCategory"):
        yield from _gst_rate(category, rates)


def _gst_rate(category: Element, rates: list[Decimal]) -> Iterator[Finding]:
    percent = amount(category.findtext("{*}Percent"))
    if _of(category, "{*}ID") == "S" and percent is not None and percent not in rates:
        lawful = " or ".join(f"{rate} %" for rate in rates)
        yield Finding(
            "FN-GST-RATE",
            "fatal",
            f"GST is stated at {percent} %; between these parties the legislated rate is {lawful}.",
            f"line {category.sourceline}",
        )


def _issue_date(text: str | None, today: date) -> Iterator[Finding]:
    """The official rules check the form of a date, not when it is."""
    try:
        issued = date.fromisoformat(text or "")
    except ValueError:
        return
    if issued - today > SENT_AHEAD:
        yield Finding(
            "FN-DATE-FUTURE",
            "fatal" if issued - today > IMPLAUSIBLE else "warning",
            f"The issue date {issued} lies in the future.",
            "/*/IssueDate",
        )


def _precision(root: Element, currency: str) -> Iterator[Finding]:
    """The official rules allow two decimals whatever the currency."""
    places = decimals(currency)
    if places == 2:
        return
    for path in ("{*}LegalMonetaryTotal/*", "{*}TaxTotal/{*}TaxAmount"):
        for found in root.iterfind(path):
            value = amount(found.text)
            if value is not None and value != round(value, places):
                yield Finding(
                    "FN-AMOUNT-PRECISION",
                    "fatal",
                    f"{value} has more decimals than {currency} has.",
                    f"line {found.sourceline}",
                )


def _nzbn_length(role: str, party: Element | None) -> Iterator[Finding]:
    """ibr-068 checks the digit but takes any length; an NZBN has 13 digits."""
    company = None if party is None else party.find("{*}PartyLegalEntity/{*}CompanyID")
    if company is None or company.get("schemeID") != "0088" or _of(party, _PLACE) != "NZ":
        return
    if not is_nzbn((company.text or "").strip()):
        yield Finding(
            "FN-NZBN",
            "fatal",
            "The NZBN is not 13 digits with a right check digit.",
            f"/*/Accounting{role}Party/Party/PartyLegalEntity/CompanyID",
        )


def _payee(means: Element, index: int, country: str | None) -> Iterator[Finding]:
    """No official rule looks at bank details; a payment to a wrong one is hard to get back."""
    account = _of(means, "{*}PayeeFinancialAccount/{*}ID")
    if _of(means, "{*}PaymentMeansCode") not in _CREDIT_TRANSFER or account is None:
        return
    branch = _of(means, "{*}PayeeFinancialAccount/{*}FinancialInstitutionBranch/{*}ID")
    where = f"/*/PaymentMeans[{index}]/PayeeFinancialAccount"
    plain = re.sub(r"[\s-]", "", account)
    if branch is None:
        if country == "NZ" and (wrong := _wrong_in_new_zealand(account)):
            yield Finding("FN-ACCOUNT", "warning", wrong, f"{where}/ID")
        elif country == "AU":
            yield Finding("FN-BSB", "warning", "The account has no BSB.", where)
    elif not _NOT_A_BSB.fullmatch(branch):
        if normal_bsb(branch) is None:
            yield Finding(
                "FN-BSB",
                "warning",
                "The branch is neither a BSB (6 digits) nor NPP, BPAY or URI.",
                f"{where}/FinancialInstitutionBranch/ID",
            )
        if not _AU_ACCOUNT.fullmatch(plain):
            yield Finding(
                "FN-ACCOUNT",
                "warning",
                "An Australian account number has at most 9 digits.",
                f"{where}/ID",
            )


def _wrong_in_new_zealand(account: str) -> str | None:
    digits = nz_account(account)
    if digits is None:
        return "A New Zealand account has 15 or 16 digits (bank, branch, account, suffix)."
    fault = fault_of(digits)
    return said_of(digits, fault) if fault else None
