"""Fills a feature's views from the history that the bus keeps."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from finnest.agents.views import RunViews
from finnest.dapr.consumer import read_fact
from finnest.dev.bus import connected
from finnest.dev.home import Home
from finnest.feature import Fact
from finnest.ids import PARTITIONS
from finnest.letters import LetterViews
from finnest.manifest import Manifest
from finnest.settings import views_database
from finnest.views import Views

BATCH = 500


def rebuild(home: Home, nats_url: str, manifest: Manifest, say: Callable[[str], None]) -> int:
    """Rebuild the views of a feature; return the number of events applied.

    The tables change in one transaction: readers see the old ones until the new ones are complete.
    """
    module = importlib.import_module(manifest.module or f"services.{manifest.name}.main")
    views = Views.of(manifest.name, home.root, views_database())
    views.create(*module.projections(), LetterViews(manifest.name), RunViews(manifest.name))

    def feed(take: Callable[[Fact], None]) -> None:
        facts = asyncio.run(_history(nats_url, manifest, say))
        # A redelivered or republished event may stand behind a later one: the version orders a stream.
        for fact in sorted(facts, key=lambda fact: (fact.stream, fact.version)):
            take(fact)

    try:
        return views.rebuild(feed)
    finally:
        views.close()


async def _history(nats_url: str, manifest: Manifest, say: Callable[[str], None]) -> list[Fact]:
    filters = sorted({f for p in range(PARTITIONS) for f in manifest.project_filters(p)})
    facts: list[Fact] = []
    async with connected(nats_url) as js:
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL, ack_policy=AckPolicy.NONE, filter_subjects=filters
        )
        info = await js.add_consumer("events", config)
        pull = await js.pull_subscribe_bind(info.name, "events")
        left = info.num_pending or 0
        while left > 0:
            batch = await pull.fetch(min(BATCH, left), timeout=10)
            facts += [read_fact(message.data) for message in batch]
            left -= len(batch)
            say(f"read {len(facts)} events, {left} left")
        await js.delete_consumer("events", info.name)
    return facts
