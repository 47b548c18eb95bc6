"""The routes of invoices: submit and validate, list and look, the document and what belongs to it."""

from __future__ import annotations

from fastapi import APIRouter

from finnest.feature import Kit
from services.invoices.api import deciding, documents, drafts, looking, responses, submitting
from services.invoices.ports import Days, Judge, Texts


def router(kit: Kit, judge: Judge, days: Days, texts: Texts) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["invoices"])
    routes.include_router(submitting.router(kit, judge, days))
    routes.include_router(drafts.router(kit, texts))
    routes.include_router(deciding.router(kit))
    routes.include_router(looking.router(kit))
    routes.include_router(documents.router(kit))
    routes.include_router(responses.router(kit))
    return routes
