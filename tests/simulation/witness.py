"""What the views of a feature have been told."""

from __future__ import annotations

from dataclasses import dataclass, field

from finnest.feature import Fact


@dataclass
class Witness:
    """What a feature's views have been told, for good."""

    positions: dict[str, int] = field(default_factory=dict[str, int])
    facts: list[Fact] = field(default_factory=list[Fact])
    early: dict[tuple[str, int], Fact] = field(default_factory=dict[tuple[str, int], Fact])

    def take(self, fact: Fact) -> bool:
        """Keep a fact in its place; return whether it was new."""
        last = self.positions.get(fact.stream, 0)
        if fact.version <= last or (fact.stream, fact.version) in self.early:
            return False
        self.early[fact.stream, fact.version] = fact
        while (due := self.early.pop((fact.stream, last + 1), None)) is not None:
            last = self.positions[fact.stream] = due.version
            self.facts.append(due)
        return True
