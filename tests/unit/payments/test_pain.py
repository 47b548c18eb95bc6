"""The writer against the published schema, and against a reader that knows only the element names."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from finnest.errors import Invalid
from services.payments.domain import pain
from services.payments.domain.bill import MAX_CENTS
from services.payments.domain.entry import Entry
from services.payments.domain.payer import Payer
from tests.unit.payments.bills import POLICIES
from tests.unit.payments.test_aba import entries, entry

PAYER = POLICIES.of("kestrel").payer
NZ_PAYER = Payer(name="Kea & Søn Ltd", account="12-3456-0123456-012")
DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 22, 5, 9, 999, tzinfo=UTC)
RUN = "run-" + "a" * 26
NS = {"p": pain.NAMESPACE}


@lru_cache
def schema() -> Any:
    text = files("sepaxml").joinpath("schemas", "pain.001.001.03.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


def read(body: bytes) -> Any:
    root = etree.fromstring(body)
    schema().assertValid(root)
    return root


def texts(root: Any, path: str) -> list[str]:
    found: list[str] = root.xpath(f"//{path}/text()", namespaces=NS)
    return found


def write(payments: list[Entry], payer: Payer = PAYER) -> bytes:
    return pain.write(payer, payments, DAY, RUN, AT)


@settings(max_examples=50)
@given(st.lists(entries, min_size=1, max_size=30, unique_by=lambda entry: entry.payment_id))
def test_what_the_file_says_is_what_is_paid(payments: list[Entry]) -> None:
    root = read(write(payments))
    assert texts(root, "p:EndToEndId") == [p.payment_id for p in payments]
    assert texts(root, "p:CdtTrfTxInf//p:MmbId") == [p.bsb.replace("-", "") for p in payments]
    assert texts(root, "p:CdtrAcct//p:Othr/p:Id") == [p.account for p in payments]
    assert [int(Decimal(one) * 100) for one in texts(root, "p:InstdAmt")] == [
        p.amount_cents for p in payments
    ]
    total = Decimal(sum(p.amount_cents for p in payments)) / 100
    assert [Decimal(one) for one in texts(root, "p:CtrlSum")] == [total, total]
    assert texts(root, "p:NbOfTxs") == [str(len(payments))] * 2
    assert len({*texts(root, "p:EndToEndId")}) == len(payments)
    assert all(len(one) <= 35 for one in texts(root, "p:EndToEndId"))


def test_the_head_names_run_day_and_payer() -> None:
    root = read(write([entry()]))
    assert texts(root, "p:GrpHdr/p:MsgId") == [RUN]
    assert texts(root, "p:GrpHdr/p:CreDtTm") == ["2026-03-01T22:05:09Z"]
    assert texts(root, "p:ReqdExctnDt") == ["2026-03-02"]
    assert texts(root, "p:Dbtr/p:Nm") == ["FINNEST DEMO PTY LTD"]
    assert texts(root, "p:DbtrAgt//p:MmbId") == ["032000"]
    assert texts(root, "p:DbtrAcct//p:Othr/p:Id") == ["123456"]
    assert set(texts(root, "p:ClrSysId/p:Cd")) == {"AUBSB"}
    assert texts(root, "p:PmtMtd") == ["TRF"]
    assert root.xpath("string(//p:InstdAmt/@Ccy)", namespaces=NS) == "AUD"


def test_a_new_zealand_account_pays_new_zealand_accounts() -> None:
    root = read(write([entry(bsb="", account="0101020123456099")], NZ_PAYER))
    assert set(texts(root, "p:ClrSysId/p:Cd")) == {"NZNCC"}
    assert texts(root, "p:CdtTrfTxInf//p:MmbId") == ["010102"]
    assert texts(root, "p:CdtrAcct//p:Othr/p:Id") == ["0123456099"]
    assert texts(root, "p:DbtrAcct/p:Ccy") == ["NZD"]


def test_the_same_payments_are_the_same_bytes() -> None:
    assert write([entry()]) == write([entry()])


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_cents": 0},
        {"amount_cents": -1},
        {"amount_cents": MAX_CENTS + 1},
        {"account": ""},
        {"bsb": "", "account": "0101020123456099"},
        {"payment_id": "p" * 36},
    ],
)
def test_what_the_format_cannot_carry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        write([entry(**changes)])


def test_nothing_or_the_same_payment_twice_is_refused() -> None:
    for payments in ([], [entry(), entry()]):
        with pytest.raises(Invalid):
            write(payments)
