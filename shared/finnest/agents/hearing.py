"""What a run hears of what it waits for, and how it goes on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from finnest.agents import messages as m
from finnest.agents import steps
from finnest.agents.folding import evolve
from finnest.agents.models.port import Result
from finnest.agents.nested import call_of, drops, folded
from finnest.agents.state import Child, Run
from finnest.agents.wires import Wires
from finnest.errors import NotYet
from finnest.ids import kind_of
from finnest.records import Event
from finnest.texts import shortened
from finnest.turn import Message, Turn

TEXT_BYTES = 4_000


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


def broke(wires: Wires, run: Run, child: str, reason: str, message: Message) -> Turn:
    """Return the turn that goes on without a piece whose handing on broke; perhaps it was taken: then it stops."""
    turn = taken(wires, run, m.Taken(run=child, trouble=f"it could not be asked: {reason}"), message)
    stopped = drops([one for one in run.children if one.run == child])
    return replace(turn, starts=[*turn.starts, *stopped])


def give_up(wires: Wires, run: Run, late: Sequence[Child], message: Message) -> Turn:
    """Return the turn that waits no longer for these."""
    heard = [
        wires.make(m.Heard, run=child.run, at=message.at, status="expired", leaves=_left(run, child.run))
        for child in late
    ]
    texts = {child.run: (False, "it did not answer in time") for child in late}
    turn = _settled(wires, run, heard, texts, message)
    return replace(turn, starts=[*turn.starts, *drops(late)])


def acted(wires: Wires, run: Run, command: m.Acted, message: Message) -> Turn:
    """Return what follows from results; a call that began a workflow rests until that ends."""
    if not command.process:
        done = wires.make(m.Done, results=command.results, outside=command.outside)
        return steps.go_on(wires, evolve(run, done), [done], message)
    until = message.at + timedelta(seconds=run.limits.wait_s)
    told = {
        "run": command.process,
        "call": command.results[0].call,
        "until": until,
        "process": True,
        "at": message.at,
    }
    events: list[Event] = [wires.make(m.Done, results=(), outside=True)] if command.outside else []
    events.append(wires.make(m.Handed, **told))
    return steps.go_on(wires, folded(run, events), events, message)


def hear_process(wires: Wires, run: Run, command: m.HearProcess, message: Message) -> Turn:
    """Return what follows from the end of a workflow.

    Raises:
        NotYet: The run does not know yet that it waits for it.
    """
    child = next((one for one in run.children if one.run == command.instance), None)
    if child is None:
        if run.status == "acting" and run.queue and not run.children:
            raise NotYet("not-waiting-yet", "the run has not heard that this began")
        return Turn()
    status = "finished" if command.ok else "failed"
    heard = wires.make(m.Heard, run=child.run, at=message.at, status=status, leaves=_left(run, child.run))
    results = {child.run: (command.ok, shortened(command.text, TEXT_BYTES))}
    return _settled(wires, run, [heard], results, message, command.content)


def _left(run: Run, child: str, wanted: m.Wanted | None = None) -> str:
    others = any(one.wanted for one in run.children if one.run != child)
    return "waiting" if wanted or others else "acting"


def _settled(
    wires: Wires,
    run: Run,
    heard: Sequence[Event],
    texts: dict[str, tuple[bool, str]],
    message: Message,
    content: dict[str, Any] | None = None,
) -> Turn:
    results: list[Result] = []
    for child in run.children:
        call = call_of(message.thing, run, child) if child.run in texts else None
        if call is not None:
            ok, text = texts[child.run]
            summary = text if ok or child.call else f"{kind_of(child.run)} did not do it: {text}"
            facts = {"run": child.run} if content is None else content
            results.append(Result(call=call.id, tool=call.tool, ok=ok, summary=summary, content=facts))
    done = wires.make(m.Done, results=tuple(results), outside=False)
    events = [*heard, done]
    after = folded(run, events)
    if over := steps.over(after):
        return steps.ends(wires, after, message, m.Failed, events, reason=over)
    return steps.go_on(wires, after, events, message)
