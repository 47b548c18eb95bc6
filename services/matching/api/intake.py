"""Takes documents in: judged by the official rules before anything is kept, and kept as they came."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from fastapi import Request
from starlette.responses import Response

from finnest.errors import Missing
from finnest.feature import Kit
from finnest.web.documents import shown
from services.matching.agent.archive import Archive
from services.matching.documents.page import page
from services.matching.documents.readable import readable
from services.matching.documents.rulings import Ruling
from services.matching.documents.xml import Node, read
from services.matching.ports import Rules

P = TypeVar("P")


@dataclass(frozen=True)
class Kept:
    """Where a document and what the rules say about it are kept: hashes, empty when there is nothing."""

    document: str
    report: str


class Intake:
    """Reads, judges and keeps what is sent to the routes of matching."""

    def __init__(self, kit: Kit, archive: Archive, rules: Rules) -> None:
        self._blobs = kit.blobs
        self._tenants = kit.tenants
        self._archive = archive
        self._rules = rules

    def home_currency(self, tenant: str) -> str:
        """Return the currency that is meant where a paper of the tenant names none."""
        return self._tenants.of(tenant).currency

    async def read(
        self,
        http: Request,
        tenant: str,
        raw: bytes,
        names: tuple[str, ...],
        paper: Callable[[Node], P],
        form: Callable[[bytes], P],
    ) -> tuple[P, Ruling]:
        """Return the paper in a valid UBL document of one of these names, or in JSON, which has no rules.

        Raises:
            Unreadable, TooLarge, Invalid: It is no such document, or breaks a fatal rule.
            Unavailable: The rules cannot be applied now.
        """
        if "json" in http.headers.get("content-type", ""):
            return await asyncio.to_thread(form, raw), Ruling()
        root = await asyncio.to_thread(read, raw, names)
        ruling = await self._rules.judge(tenant, raw)
        ruling.must_be_valid()
        return await asyncio.to_thread(paper, root), ruling

    async def keep(self, tenant: str, raw: bytes, ruling: Ruling) -> Kept:
        """Keep a document as it came, and what the rules say about it."""
        report = await self._archive.keep(tenant, ruling) if ruling.findings else ""
        return Kept(await self._blobs.put(tenant, raw), report)

    async def document(self, http: Request, tenant: str, sha256: str, name: str) -> Response:
        """Return a document as the request asks for it, under this file name.

        Raises:
            Missing: It came before documents were kept.
        """
        if not sha256:
            raise Missing("no-document", "the document was not kept when it came")
        return await shown(http, await self._blobs.get(tenant, sha256), name, readable, page)

    async def findings(self, tenant: str, report: str) -> list[dict[str, Any]]:
        """Return what the rules say about a document that was taken: warnings."""
        ruling = await self._archive.read(tenant, Ruling, report) if report else Ruling()
        return [finding.model_dump(mode="json") for finding in ruling.findings]
