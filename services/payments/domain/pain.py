"""Writes the ISO 20022 file pain.001.001.03: one debtor account, one credit transfer per entry.

The same bytes always: the time of creation is when the run was opened. Clearing codes are of the ISO
external code list (AUBSB: six digits; NZNCC: bank and branch, six digits). Banks publish their own subset.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from finnest.errors import Invalid
from services.payments.domain.aba import ascii_text
from services.payments.domain.bill import MAX_CENTS
from services.payments.domain.entry import Entry
from services.payments.domain.payer import Payer

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
NAME_CHARS = REMITTANCE_CHARS = 140
ID_CHARS = 35
NZ_BRANCH = 6


def write(
    payer: Payer, entries: Sequence[Entry], process_on: date, message_id: str, created_at: datetime
) -> bytes:
    """Return the file, UTF-8 with declaration.

    Raises:
        Invalid: No entry, one twice, or one that the format cannot carry.
    """
    if not entries or len({entry.payment_id for entry in entries}) != len(entries):
        raise Invalid("pain-count", "a file has at least one payment, and each once")
    count, total = str(len(entries)), _amount(sum(entry.amount_cents for entry in entries))
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    header = SubElement(initiation, "GrpHdr")
    _text(header, "MsgId", message_id[:ID_CHARS])
    _text(header, "CreDtTm", f"{created_at:%Y-%m-%dT%H:%M:%S}Z")
    _text(header, "NbOfTxs", count)
    _text(header, "CtrlSum", total)
    _text(SubElement(header, "InitgPty"), "Nm", _name(payer.name))
    batch = SubElement(initiation, "PmtInf")
    _text(batch, "PmtInfId", f"{message_id[: ID_CHARS - 2]}-1")
    _text(batch, "PmtMtd", "TRF")
    _text(batch, "NbOfTxs", count)
    _text(batch, "CtrlSum", total)
    _text(batch, "ReqdExctnDt", process_on.isoformat())
    _text(SubElement(batch, "Dbtr"), "Nm", _name(payer.name))
    clearing, account = _parts(payer.bsb, payer.account)
    _account(batch, "DbtrAcct", account, payer.currency)
    _agent(batch, "DbtrAgt", clearing)
    for entry in entries:
        _transfer(batch, entry, payer.currency)
    return ElementTree.tostring(document, encoding="UTF-8", xml_declaration=True)


def _transfer(batch: Element, entry: Entry, currency: str) -> None:
    if not 0 < entry.amount_cents <= MAX_CENTS:
        raise Invalid("pain-amount", "the amount does not fit", id=entry.payment_id)
    if len(entry.payment_id) > ID_CHARS or not entry.account or bool(entry.bsb) != (currency == "AUD"):
        raise Invalid("pain-account", "the file cannot carry this account", id=entry.payment_id)
    transfer = SubElement(batch, "CdtTrfTxInf")
    _text(SubElement(transfer, "PmtId"), "EndToEndId", entry.payment_id)
    amount = SubElement(SubElement(transfer, "Amt"), "InstdAmt", Ccy=currency)
    amount.text = _amount(entry.amount_cents)
    clearing, account = _parts(entry.bsb, entry.account)
    _agent(transfer, "CdtrAgt", clearing)
    _text(SubElement(transfer, "Cdtr"), "Nm", _name(entry.name))
    _account(transfer, "CdtrAcct", account, None)
    remittance = ascii_text(entry.reference)[:REMITTANCE_CHARS].strip() or "PAYMENT"
    _text(SubElement(transfer, "RmtInf"), "Ustrd", remittance)


def _parts(bsb: str, account: str) -> tuple[tuple[str, str], str]:
    """Return the clearing code with the number in it, and the rest of the account."""
    if bsb:
        return ("AUBSB", bsb.replace("-", "")), account
    return ("NZNCC", account[:NZ_BRANCH]), account[NZ_BRANCH:]


def _agent(parent: Element, tag: str, clearing: tuple[str, str]) -> None:
    member = SubElement(SubElement(SubElement(parent, tag), "FinInstnId"), "ClrSysMmbId")
    _text(SubElement(member, "ClrSysId"), "Cd", clearing[0])
    _text(member, "MmbId", clearing[1])


def _account(parent: Element, tag: str, number: str, currency: str | None) -> None:
    account = SubElement(parent, tag)
    _text(SubElement(SubElement(account, "Id"), "Othr"), "Id", number)
    if currency:
        _text(account, "Ccy", currency)


def _text(parent: Element, tag: str, text: str) -> None:
    SubElement(parent, tag).text = text


def _name(text: str) -> str:
    return ascii_text(text)[:NAME_CHARS].strip() or "PAYEE"


def _amount(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"
