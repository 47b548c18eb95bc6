"""What people decide about a run, and what follows. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from finnest.agents import messages as m
from finnest.agents import nested, steps
from finnest.agents.folding import evolve
from finnest.agents.state import Run
from finnest.agents.wires import Wires
from finnest.errors import Denied, Stale
from finnest.records import Event
from finnest.turn import Message, Turn


def decided(
    wires: Wires,
    state: Run,
    decision: str,
    people: Sequence[str],
    reason: str,
    message: Message,
    roles: tuple[str, ...] | None = None,
) -> Turn:
    """Return the turn that does what waits, or tells the model that it is not done.

    Raises:
        Stale: Nothing waits.
    """
    waiting = state.waiting
    if waiting is None:
        raise Stale("not-waiting", "nothing waits for an answer")
    event = wires.make(
        m.Decided,
        call=waiting.call.id,
        decision=decision,
        people=tuple(people),
        reason=reason,
        roles=roles,
        at=message.at,
    )
    after = evolve(state, event)
    if decision == "approved" and nested.is_piece(waiting.call):
        handed, start = nested.handing(wires, after, waiting.call, message, decided=True)
        return Turn([event, handed], {"status": "acting"}, [start])
    if decision == "approved":
        return Turn([event], {"status": "acting"}, [steps.act([waiting.call], decided=True)])
    who = f" by {', '.join(people)}" if people else ""
    text = f"{decision}{who}{': ' + reason if reason else ''}"
    return refused(wires, after, waiting.call.id, text, message, [event])


def refused(
    wires: Wires, state: Run, call: str, text: str, message: Message, events: Sequence[Event] = ()
) -> Turn:
    """Return the turn that goes on without a call; `text` tells the model why."""
    queued = next(one for one in state.queue if one.call.id == call)
    done = wires.make(m.Done, results=(steps.no(queued.call, text),), outside=False)
    return steps.go_on(wires, evolve(state, done), [*events, done], message)


def mine(state: Run, roles: Sequence[str], message: Message) -> None:
    """Raise `Denied` unless the message comes from the run's user or an admin."""
    if message.by != state.user and "admin" not in roles:
        raise Denied("not-yours", "its user decides about a run, or an admin does")
