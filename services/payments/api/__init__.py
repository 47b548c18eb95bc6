"""The routes of payments and pay runs."""

from __future__ import annotations

from fastapi import APIRouter

from finnest.feature import Kit
from services.payments.api import deciding, pay_runs, payments


def router(kit: Kit) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter()
    routes.include_router(deciding.router(kit))
    routes.include_router(payments.router(kit))
    routes.include_router(pay_runs.router(kit))
    return routes
