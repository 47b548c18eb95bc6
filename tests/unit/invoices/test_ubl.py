"""Reading documents: what is refused, with which slug, and what must be accepted."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.invoices.documents import ubl
from services.invoices.documents.ubl import DocumentError, read
from tests.data.ubl_documents import Bill

CLEAN = Bill("KP-1").xml()
XXE = b"""<?xml version="1.0"?>
<!DOCTYPE Invoice [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">&secret;</Invoice>"""
BOMB = b"""<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;&x;&x;&x;&x;">]><a>&y;</a>"""


@pytest.mark.parametrize(
    ("body", "error", "slug"),
    [
        (b"", ubl.NotWellFormed, "xml-malformed"),
        (b"  \n", ubl.NotWellFormed, "xml-malformed"),
        (b'{"invoice": 1}', ubl.NotWellFormed, "xml-malformed"),
        (CLEAN[:1500], ubl.NotWellFormed, "xml-malformed"),
        (CLEAN.replace(b"Wattle", b"Wa\xffttle"), ubl.NotWellFormed, "xml-malformed"),
        (b"<a>&undeclared;</a>", ubl.NotWellFormed, "xml-malformed"),
        (b'<?xml version="1.0" encoding="no-such"?><a/>', ubl.NotWellFormed, "xml-malformed"),
        (b"<a:b/>", ubl.NotWellFormed, "xml-malformed"),
        (XXE, ubl.DoctypeForbidden, "xml-doctype"),
        (XXE.decode().encode("utf-16"), ubl.DoctypeForbidden, "xml-doctype"),
        (BOMB, ubl.DoctypeForbidden, "xml-doctype"),
        (b"<!DOCTYPE html><html/>", ubl.DoctypeForbidden, "xml-doctype"),
        (b"<a>" * 65 + b"</a>" * 65, ubl.TooDeep, "xml-too-deep"),
        (b"<a>" * 300 + b"</a>" * 300, ubl.TooDeep, "xml-too-deep"),
        (b"<a>" * 65 + b"<b/>" * 199_900 + b"</a>" * 65, ubl.TooDeep, "xml-too-deep"),
        (b"<a>" * 1_000_000, ubl.TooDeep, "xml-too-deep"),
        (b"<a>" + b"<b/>" * 200_001 + b"</a>", ubl.TooLarge, "too-large"),
        (CLEAN + b" " * ubl.MAX_BYTES, ubl.TooLarge, "too-large"),
        (b"<Invoice/>", ubl.UnknownDocument, "unsupported-document"),
        (b"<html/>", ubl.UnknownDocument, "unsupported-document"),
        (CLEAN.replace(b"xsd:Invoice-2", b"xsd:Invoice-9"), ubl.UnknownDocument, None),
    ],
)
def test_a_document_outside_the_limits_is_refused_with_a_slug(
    body: bytes, error: type[DocumentError], slug: str | None
) -> None:
    with pytest.raises(error) as refused:
        read(body)
    assert refused.value.slug == slug or slug is None
    assert str(refused.value)


def test_many_attributes_are_refused_before_they_are_built() -> None:
    body = b"<a " + b" ".join(b'a%d=""' % i for i in range(410_000)) + b"/>"
    with pytest.raises(ubl.TooLarge):
        read(body)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_every_common_encoding_is_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    text = Bill("KP-1", note="Café").xml().decode()
    body = text.replace('encoding="UTF-8"', f'encoding="{declared}"').encode(encoding)
    document = read(body)
    assert document.value("{*}Note") == "Café"
    assert "<?xml" not in document.text


def test_sixty_four_levels_are_not_too_deep() -> None:
    with pytest.raises(ubl.UnknownDocument):
        read(b"<a>" * 64 + b"</a>" * 64)


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_raise_anything_but_a_document_error(body: bytes) -> None:
    with contextlib.suppress(DocumentError):
        read(body)


@given(st.data())
def test_a_damaged_document_raises_nothing_but_a_document_error(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(CLEAN) - 1))
    junk = data.draw(st.binary(max_size=8))
    with contextlib.suppress(DocumentError):
        read(CLEAN[:position] + junk + CLEAN[position + len(junk) :])
