"""Composition root of matching."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings
from finnest.turn import Decider
from services.matching.adapters import PeerDocuments, PeerRules, ViewRegister, read_policies
from services.matching.agent.archive import Archive, Teller
from services.matching.agent.booking import Booker
from services.matching.agent.deliveries import Deliveries
from services.matching.agent.looking import Looker
from services.matching.agent.matches import Matches
from services.matching.agent.orders import Orders
from services.matching.agent.receiving import Receiver
from services.matching.api import router
from services.matching.tools import TOOLS
from services.matching.views import MatchingViews


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders, with the policies as they stand now."""
    return [Orders(), Deliveries(), Matches(read_policies(settings.home))]


def projections() -> Sequence[Projection]:
    """Return what builds the feature's views."""
    return [MatchingViews()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    policies = read_policies(kit.settings.home)
    archive = Archive(kit.blobs, kit.streams)
    teller = Teller(kit.commands)
    documents = PeerDocuments(kit.peers, kit.context_key, kit.clock)
    looker = Looker(documents, archive, teller, kit.streams, ViewRegister(kit.views), policies)
    effects = {
        "look": looker.look,
        **Booker(archive, teller, policies).effects,
        **Receiver(archive, teller).effects,
    }
    official = PeerRules(kit.peers, kit.context_key, kit.clock)
    return Feature(
        manifest=kit.manifest,
        deciders=deciders,
        effects=effects,
        router=router(kit, archive, policies, official),
        projections=projections(),
        tools=TOOLS,
    )
