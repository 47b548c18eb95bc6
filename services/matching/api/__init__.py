"""The routes of matching."""

from __future__ import annotations

from fastapi import APIRouter

from finnest.feature import Kit
from services.matching.agent.archive import Archive
from services.matching.api import matches, orders, receipts
from services.matching.domain.policy import Policies


def router(kit: Kit, archive: Archive, policies: Policies) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["matching"])
    orders.add_to(routes, kit, archive, policies)
    receipts.add_to(routes, kit, archive)
    matches.add_to(routes, kit, archive)
    return routes
