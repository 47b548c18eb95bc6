"""Twins: every port in memory, with the same contract as its adapter (`tests/contract` holds both to it)."""

from __future__ import annotations

from finnest.testing.bus import MemoryCommands, MemoryPublisher
from finnest.testing.clock import ManualClock
from finnest.testing.reach import MemoryPeers, MemoryProcesses, MemoryWaker
from finnest.testing.stage import Stage
from finnest.testing.stores import MemoryBlobs, MemoryStore
from finnest.testing.trouble import OPEN, Gate, Planned, Trouble
from finnest.testing.troubled import TroubledStore
from finnest.testing.waiting import eventually

__all__ = [
    "OPEN",
    "Gate",
    "ManualClock",
    "MemoryBlobs",
    "MemoryCommands",
    "MemoryPeers",
    "MemoryProcesses",
    "MemoryPublisher",
    "MemoryStore",
    "MemoryWaker",
    "Planned",
    "Stage",
    "Trouble",
    "TroubledStore",
    "eventually",
]
