"""How a stream keeps the workflow that moves it: started, told, and started anew when it is gone."""

from __future__ import annotations

from datetime import datetime, timedelta

from finnest.records import Command, Event
from finnest.turn import Message, Start

WATCH = timedelta(seconds=30)
"""How long a stream waits for its workflow before it looks after it."""


class ProcessStarted(Command):
    """The workflow is there."""

    wire = "payments.process_started.v1"


class ProcessTold(Command):
    """The workflow was told that something moved, or it was not found."""

    wire = "payments.process_told.v1"
    generation: int
    found: bool


class ProcessRestarted(Event):
    """The workflow was gone; a new one goes on from what the stream says."""

    wire = "payments.restarted.v1"
    generation: int
    summary: str = "Goes on in a new workflow."


def start(effect: str, generation: int) -> Start:
    """Return the effect for one generation of the workflow."""
    return Start(effect=effect, args={"generation": generation})


def watch(message: Message) -> datetime:
    """Return when to look after the workflow."""
    return message.at + WATCH
