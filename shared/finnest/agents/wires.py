"""The messages of runs under the wire names of one feature."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from finnest.agents import messages as m
from finnest.letters import named
from finnest.records import Command, Event, Wired

W = TypeVar("W", bound=Wired)

NAMES: Mapping[type[Wired], str] = {
    m.AskAgent: "ask_agent",
    m.Thought: "agent_thought",
    m.Acted: "agent_acted",
    m.Previewed: "agent_previewed",
    m.DecideCall: "decide_call",
    m.SettleCall: "settle_call",
    m.CancelRun: "cancel_agent_run",
    m.Taken: "agent_taken",
    m.HearAgent: "hear_agent",
    m.HearProcess: "hear_process",
    m.DropRun: "drop_agent_run",
    m.PauseRun: "pause_agent_run",
    m.ResumeRun: "resume_agent_run",
    m.Asked: "agent_asked",
    m.Answered: "agent_answered",
    m.Judged: "agent_judged",
    m.Planned: "agent_planned",
    m.Done: "agent_done",
    m.Handed: "agent_handed",
    m.Heard: "agent_heard",
    m.Reported: "agent_reported",
    m.Waits: "agent_waits",
    m.Decided: "agent_decided",
    m.Finished: "agent_finished",
    m.Failed: "agent_failed",
    m.Cancelled: "agent_cancelled",
    m.Paused: "agent_paused",
    m.Resumed: "agent_resumed",
    m.HeldBack: "agent_held_back",
    m.CallApprovalRequested: "approval_requested",
    m.CallApprovalWithdrawn: "approval_withdrawn",
}


class Wires:
    """The message types of one feature's runs."""

    def __init__(self, kinds: Mapping[type[Wired], type[Wired]]) -> None:
        self._kinds = kinds
        self.commands = [kind for kind in kinds.values() if issubclass(kind, Command)]
        self.events = [kind for kind in kinds.values() if issubclass(kind, Event)]

    def of(self, kind: type[W]) -> type[W]:
        """Return the feature's own type."""
        found = self._kinds[kind]
        if not issubclass(found, kind):
            raise TypeError(f"{found.__name__} is no {kind.__name__}")
        return found

    def make(self, kind: type[W], **values: Any) -> W:
        """Return a message of the feature's own type."""
        return self.of(kind)(**values)


def wires(feature: str) -> Wires:
    """Return the messages of runs under the feature's wire names."""
    return Wires({kind: named(kind, feature, what) for kind, what in NAMES.items()})
