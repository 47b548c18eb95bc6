"""What a run hears of the pieces that other agents do, and how it goes on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from finnest.agents import messages as m
from finnest.agents import steps
from finnest.agents.models.port import Result
from finnest.agents.nested import drop, folded, piece
from finnest.agents.state import Child, Run
from finnest.agents.wires import Wires
from finnest.ids import kind_of
from finnest.records import Event
from finnest.turn import Message, Turn


def hear(wires: Wires, run: Run, command: m.HearAgent, message: Message) -> Turn:
    """Return what follows from a report; one that is late, or of a run that is not below, changes nothing."""
    child = next((one for one in run.children if one.run == command.source), None)
    if child is None or command.number <= child.heard:
        return Turn()
    told = command.model_dump(include={"number", "status", "tainted", "spent", "wanted"})
    heard = wires.make(
        m.Heard, run=child.run, at=message.at, leaves=_left(run, child.run, command.wanted), **told
    )
    if command.status in ("acting", "waiting"):
        return Turn([heard])
    ok = command.status == "finished"
    text = command.answer if ok else f"its run {command.status}: {command.answer}"
    return _settled(wires, run, [heard], {child.run: (ok, text)}, message)


def taken(wires: Wires, run: Run, command: m.Taken, message: Message) -> Turn:
    """Return what follows when a piece was taken, or was not."""
    if not command.trouble or not any(child.run == command.run for child in run.children):
        return Turn()
    heard = wires.make(
        m.Heard, run=command.run, at=message.at, status="refused", leaves=_left(run, command.run)
    )
    return _settled(wires, run, [heard], {command.run: (False, command.trouble)}, message)


def give_up(wires: Wires, run: Run, late: Sequence[Child], message: Message) -> Turn:
    """Return the turn that waits no longer for these."""
    heard = [
        wires.make(m.Heard, run=child.run, at=message.at, status="expired", leaves=_left(run, child.run))
        for child in late
    ]
    texts = {child.run: (False, "it did not answer in time") for child in late}
    turn = _settled(wires, run, heard, texts, message)
    return replace(turn, starts=[*turn.starts, *(drop(child.run) for child in late)])


def _left(run: Run, child: str, wanted: m.Wanted | None = None) -> str:
    others = any(one.wanted for one in run.children if one.run != child)
    return "waiting" if wanted or others else "acting"


def _settled(
    wires: Wires, run: Run, heard: Sequence[Event], texts: dict[str, tuple[bool, str]], message: Message
) -> Turn:
    results: list[Result] = []
    for child, (ok, text) in texts.items():
        call = piece(message.thing, run, child)
        if call is not None:
            summary = text if ok else f"{kind_of(child)} did not do it: {text}"
            results.append(
                Result(call=call.id, tool=call.tool, ok=ok, summary=summary, content={"run": child})
            )
    done = wires.make(m.Done, results=tuple(results), outside=False)
    events = [*heard, done]
    after = folded(run, events)
    if over := steps.over(after):
        return steps.ends(wires, after, message, m.Failed, events, reason=over)
    return steps.go_on(wires, after, events, message)
