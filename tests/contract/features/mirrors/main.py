"""Mirrors: a view of every pad, built from all its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from finnest.feature import Fact, Feature, Kit, Projection, Settings
from finnest.turn import Decider

_metadata = sa.MetaData()
LINES = sa.Table(
    "lines",
    _metadata,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("text", sa.String, nullable=False),
)


class Lines(Projection):
    tables = _metadata

    def apply(self, connection: sa.Connection, fact: Fact) -> None:
        row = sa.insert(LINES).values(stream=fact.stream, version=fact.version, text=fact.data["text"])
        connection.execute(row)


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    return []


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    return Feature(kit.manifest, deciders, projections=[Lines()])
