"""The routes of matching."""

from __future__ import annotations

from fastapi import APIRouter

from finnest.feature import Kit
from services.matching.agent.archive import Archive
from services.matching.api import matches, orders, receipts
from services.matching.api.intake import Intake
from services.matching.domain.policy import Policies
from services.matching.ports import Rules


def router(kit: Kit, archive: Archive, policies: Policies, rules: Rules) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["matching"])
    intake = Intake(kit, archive, rules)
    orders.add_to(routes, kit, archive, policies, intake)
    receipts.add_to(routes, kit, archive, intake)
    matches.add_to(routes, kit, archive)
    return routes
