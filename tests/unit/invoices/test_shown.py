from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from services.invoices.documents.attachments import (
    MAX_ATTACHMENT_BYTES,
    MAX_ATTACHMENTS,
    files,
)
from services.invoices.documents.facts import facts
from services.invoices.documents.page import page
from services.invoices.documents.readable import MAX_LINES, readable
from services.invoices.documents.response import Code, Unanswerable, reason_code, respond
from services.invoices.documents.ubl import DocumentError, UnknownDocument, read
from tests.data.ubl_documents import Bill, line
from tests.support.documents import attached

OFFICIAL = Path(__file__).resolve().parents[4] / "shared" / "peppol"
AT = datetime(2026, 6, 2, 3, 4, 5, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=60)


@given(texts, texts)
@settings(max_examples=60)
def test_whatever_a_sender_writes_is_text_on_the_page(note: str, reference: str) -> None:
    evil = f"<script>{note}</script><img src=x onerror=1>"
    shown = page(readable(read(Bill("A-1", note=evil, buyer_reference=reference or "x").xml())))
    tree = etree.fromstring(shown, etree.HTMLParser())
    assert tree.xpath("//script|//img|//iframe|//object|//link|//a|//form") == []
    assert "<script" not in shown
    assert "<img" not in shown


def test_a_long_document_is_cut_and_says_so() -> None:
    lines = tuple(line(f"Item {n}", "1.00") for n in range(MAX_LINES + 7))
    shown = readable(read(Bill("A-1", lines=lines).xml()))
    assert (len(shown["lines"]), shown["lines_left_out"]) == (MAX_LINES, 7)
    assert "7 more lines" in page(shown)


@given(st.binary(min_size=1, max_size=500))
def test_a_file_comes_out_as_it_went_in(content: bytes) -> None:
    (file,) = files(read(attached(Bill("A-1").xml(), content)))
    assert file.content == content
    assert file.about.sha256 == hashlib.sha256(content).hexdigest()
    assert (file.about.number, file.about.size) == (1, len(content))


def test_files_over_the_bounds_stay_inside_the_document() -> None:
    document = Bill("A-1").xml()
    for n in range(MAX_ATTACHMENTS + 3):
        document = attached(document, f"file {n}".encode())
    assert len(list(files(read(document)))) == MAX_ATTACHMENTS
    large = attached(Bill("A-1").xml(), b"x" * (MAX_ATTACHMENT_BYTES + 1))
    assert list(files(read(large))) == []


@pytest.mark.parametrize("name", ['"; x=".pdf', "../../etc/passwd", "a\r\nb", "", "é" * 300])
def test_a_file_name_is_safe_in_a_header(name: str) -> None:
    body = attached(Bill("A-1").xml(), b"x", name=name.replace("\r\n", "&#13;&#10;"))
    (file,) = files(read(body))
    assert file.about.name
    assert len(file.about.name) <= 100
    assert not set(file.about.name) & set('"\\/\r\n;')


def test_what_is_no_base64_is_left_out() -> None:
    body = attached(Bill("A-1").xml(), b"xyz").replace(b"eHl6", b"%%%")
    assert list(files(read(body))) == []


@pytest.mark.parametrize("code", get_args(Code))
def test_a_response_says_its_code_and_a_reason_when_it_refuses_or_asks(code: Code) -> None:
    written = respond(facts(read(Bill("A-1").xml())), "inv-abc-1", code, ["ibr-120: wrong"], AT)
    root = read(written).root
    assert root.findtext("{*}ID") == "inv-abc-1"
    assert root.findtext(".//{*}ResponseCode") == code
    assert (root.find(".//{*}Status") is not None) == (code in ("RE", "UQ"))
    assert root.findtext("{*}IssueDate") == "2026-06-02"
    assert root.findtext(".//{*}DocumentReference/{*}ID") == "A-1"


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("aligned-ibrp-003-aunz: order or buyer reference", "REF"),
        ("ibr-120: ABN", "LEG"),
        ("duplicate of inv-1", "OTH"),
        ("FN-GST-RATE: 12 %", "OTH"),
    ],
)
def test_a_reason_has_the_code_of_the_practice(reason: str, code: str) -> None:
    assert reason_code(reason) == code


def test_without_an_address_there_is_no_response() -> None:
    text = Bill("A-1").xml().decode()
    start, end = text.index("<cbc:EndpointID"), text.index("</cbc:EndpointID>") + len("</cbc:EndpointID>")
    with pytest.raises(Unanswerable):
        respond(facts(read((text[:start] + text[end:]).encode())), "inv-1", "RE", [], AT)


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official documents are not here: no ../shared/peppol")
def test_every_official_invoice_can_be_read_by_a_person() -> None:
    shown = 0
    for path in sorted(OFFICIAL.rglob("*.xml")):
        try:
            values = readable(read(path.read_bytes()))
        except (DocumentError, UnknownDocument):
            continue
        assert page(values).endswith("</html>")
        shown += 1
    print(f"{shown} official invoices and credit notes are readable")
    assert shown > 100
