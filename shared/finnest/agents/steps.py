"""The steps that the rules of a run are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from finnest.agents import messages as m
from finnest.agents import nested
from finnest.agents.folding import evolve
from finnest.agents.guard import Asked, Guard, Judgement
from finnest.agents.models.port import Call, Result
from finnest.agents.nested import is_piece
from finnest.agents.state import Queued, Run
from finnest.agents.tools import EffectKind
from finnest.agents.wires import Wires
from finnest.asking import Ask, action_hash
from finnest.records import Event
from finnest.turn import Message, Start, Turn


def think(step: int) -> Start:
    """Return the effect that asks the model."""
    return Start(effect="agent_think", args={"step": step})


def act(calls: Sequence[Call], *, decided: bool = False) -> Start:
    """Return the effect that uses tools."""
    args = {"calls": [call.wire_data() for call in calls], "decided": decided}
    return Start(effect="agent_act", args=args)


def no(call: Call, text: str) -> Result:
    """Return the result of a call that was not made."""
    return Result(call=call.id, tool=call.tool, ok=False, summary=text)


def over(run: Run) -> str:
    """Return which bound the run has reached, with those it asked for, or nothing."""
    limits, spent = run.limits, run.spent
    usage = spent.usage
    if spent.steps > limits.steps:
        return f"more than {limits.steps} steps"
    if usage.input_tokens + usage.output_tokens > limits.tokens:
        return f"more than {limits.tokens} tokens"
    if usage.micros > limits.micros:
        return f"more than {limits.micros / 1_000_000:.2f} US dollars"
    return ""


def word(
    guard: Guard, run: Run, tenant: str, tool: str, effect: EffectKind, args: Mapping[str, Any]
) -> Judgement:
    """Return the strictest word of the guard about one use of a tool by a run, and by those that asked for it."""
    asked = Asked(
        tenant=tenant,
        agent=run.agent,
        roles=run.roles,
        tool=tool,
        effect=effect,
        args=dict(args),
        tainted=run.tainted,
    )
    return guard.judge_all(asked, run.agents)


def judged(
    wires: Wires, run: Run, call: Call, guard: Guard, tools: Mapping[str, EffectKind], tenant: str
) -> m.Judged:
    """Return what the guard says about a call."""
    effect = tools.get(call.tool)
    if effect is None:
        judgement = Judgement(verdict="deny", why="this agent has no such tool", version="none")
    elif is_piece(call) and (why := nested.refusal(run)):
        judgement = Judgement(verdict="deny", why=why, version="limits")
    else:
        judgement = word(guard, run, tenant, call.tool, effect, call.args)
    return wires.make(
        m.Judged,
        call=call.id,
        tool=call.tool,
        effect=effect or "read",
        verdict=judgement.verdict,
        why=judgement.why,
        needs=judgement.needs,
        policy=judgement.version,
    )


def go_on(wires: Wires, run: Run, events: Sequence[Event], message: Message) -> Turn:
    """Return the turn that takes up the next call, or thinks again when none is left."""
    said = list(events)
    refused = [one for one in run.queue if one.verdict == "deny"]
    if refused:
        results = tuple(no(one.call, f"not allowed: {one.why}") for one in refused)
        done = wires.make(m.Done, results=results, outside=False)
        run, said = evolve(run, done), [*said, done]
    if run.paused:
        return Turn([*said, wires.make(m.HeldBack)], {"status": "paused"})
    if not run.queue and run.ask:
        if run.in_vain:
            return ends(wires, run, message, m.Failed, said, reason=run.answer)
        return ends(wires, run, message, m.Finished, said)
    if not run.queue:
        return Turn(said, {"status": "thinking"}, [think(run.steps + 1)])
    free = [one.call for one in run.queue if one.verdict == "allow" and one.effect == "read"]
    reads = [call for call in free if not is_piece(call)]
    first = run.queue[0]
    if reads and not run.children:
        start = act(reads[: run.limits.reads])
    elif free or run.children:
        return nested.hand(wires, run, said, message)
    elif first.verdict == "allow":
        start = act([first.call])
    else:
        start = Start(effect="agent_preview", args={"call": first.call.wire_data()})
    return Turn(said, {"status": "acting"}, [start])


def waits(
    wires: Wires, run: Run, queued: Queued, seen: m.Previewed, message: Message, until: datetime
) -> Turn:
    """Return the turn that asks a person about exactly this call."""
    call = queued.call
    exact = action_hash(call.tool, call.args, queued.policy)
    waiting = m.Waiting(
        call=call,
        args_hash=exact,
        by="user" if queued.verdict == "confirm" else "approvers",
        preview=seen.text,
        why=queued.why,
        until=until,
    )
    events: list[Event] = [wires.make(m.Waits, waiting=waiting, at=message.at)]
    if waiting.by == "approvers":
        ask = Ask(
            feature=wires.of(m.Waits).wire.partition(".")[0],
            thing=message.thing,
            action=call.tool,
            args=call.args,
            policy=queued.policy,
            args_hash=exact,
            why=f"{seen.text} ({queued.why})",
            risk=queued.effect,
            requested_by=run.user,
            excluded=(run.user,),
            needs=queued.needs,
            expires_at=until,
        )
        events.append(wires.make(m.CallApprovalRequested, ask=ask))
    return Turn(events, {"status": "waiting"})


def ends(
    wires: Wires, run: Run, message: Message, how: type[Event], events: Sequence[Event], **said: Any
) -> Turn:
    """Return the turn that ends the run; what waited for people is withdrawn, and the runs below stop."""
    end = wires.make(how, **said)
    all_events = [*events, end]
    if run.waiting is not None and run.waiting.by == "approvers":
        withdrawn = wires.make(
            m.CallApprovalWithdrawn,
            feature=wires.of(m.Waits).wire.partition(".")[0],
            thing=message.thing,
            args_hash=run.waiting.args_hash,
            reason="the run has ended",
        )
        all_events.append(withdrawn)
    after = evolve(run, end)
    starts = [Start(effect="agent_remember")] if how is m.Finished and run.thread else []
    if run.process is not None:
        starts.append(Start(effect="agent_tell"))
    return Turn(all_events, {"status": after.status}, [*starts, *nested.drops(run.children)])
