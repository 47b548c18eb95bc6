"""The rules of a run: think, judge, act or ask, think again, until there is an answer. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from finnest.agents import hearing, nested, steps, wide
from finnest.agents import messages as m
from finnest.agents.deciding import decided, mine, refused
from finnest.agents.folding import evolve
from finnest.agents.guard import Guard
from finnest.agents.state import Run
from finnest.agents.tools import EffectKind
from finnest.agents.wires import wires
from finnest.errors import Denied, Invalid, Missing, Stale
from finnest.records import Command, Event
from finnest.texts import stored_bytes
from finnest.turn import Decider, EffectFailed, Message, Tick, Turn

CALLS_BYTES = 5_000
"""What the calls of one answer may take: the state holds them until they are done."""


class Runs(Decider[Run]):
    """Takes the turns of one agent's runs."""

    schema = 2
    newborn = Run()

    def __init__(self, feature: str, agent: str, guard: Guard, tools: Mapping[str, EffectKind]) -> None:
        self.kind = feature
        self.wires = wires(feature)
        self.commands: Sequence[type[Command]] = self.wires.commands
        self.events: Sequence[type[Event]] = self.wires.events
        self._agent = agent
        self._guard = guard
        self._tools = tools
        self._handlers: Mapping[type[Command], Callable[[Run, Any, Message], Turn]] = {
            m.AskAgent: self._ask,
            m.Thought: self._thought,
            m.Acted: self._acted,
            m.Previewed: self._previewed,
            m.DecideCall: self._decide_call,
            m.SettleCall: self._settle,
            m.Taken: self._taken,
            m.HearAgent: self._hear,
            m.CancelRun: self._cancel,
            m.HearProcess: self._hear_process,
            m.DropRun: self._drop,
            m.PauseRun: self._pause,
            m.ResumeRun: self._resume,
            Tick: self._tick,
            EffectFailed: self._effect_failed,
        }

    def decide(self, state: Run, command: Command, message: Message) -> Turn:
        if not state.status and not isinstance(command, m.AskAgent | m.DropRun):
            raise Missing("no-such-run", "there is no such run")
        if state.ended:
            raise Stale("ended", f"this run is {state.status}")
        for kind, handler in self._handlers.items():
            if isinstance(command, kind):
                return self._whole(state, handler(state, command, message), message)
        raise Invalid("unknown-command", "a run does not take this")

    def evolve(self, state: Run, event: Event) -> Run:
        return evolve(state, event)

    def _whole(self, state: Run, turn: Turn, message: Message) -> Turn:
        """Return the turn with its deadline, and with what the run above is told of it."""
        if not turn.events:
            return turn
        after = nested.folded(state, turn.events)
        told = nested.reported(self.wires, state, after, message.thing)
        events = [*turn.events, told] if told is not None else turn.events
        return replace(turn, events=events, wake_at=nested.wake_at(after))

    def _ask(self, state: Run, command: m.AskAgent, message: Message) -> Turn:
        if state.status:
            raise Stale("asked", "this run has begun")
        if not command.text.strip() or len(command.text) > m.TEXT_CHARS:
            raise Invalid("bad-text", f"a message has 1 to {m.TEXT_CHARS} characters")
        asked = self.wires.make(
            m.Asked,
            agent=self._agent,
            text=command.text,
            thread=command.thread,
            user=message.by,
            roles=command.roles,
            origin=command.origin,
            limits=command.limits,
            parent=command.parent,
            process=command.process,
            ask=command.ask,
            tainted=command.tainted,
            due=message.at + timedelta(seconds=command.limits.work_s),
        )
        reply = {"run": message.thing, "thread": command.thread, "status": "thinking"}
        if not command.ask:
            return Turn([asked], reply, [steps.think(1)])
        turn = self._thought(self.evolve(state, asked), nested.errand(self.wires, command), message)
        return replace(turn, events=[asked, *turn.events], reply=reply)

    def _thought(self, state: Run, command: m.Thought, message: Message) -> Turn:
        if state.status != "thinking":
            raise Stale("not-thinking", "the run does not wait for a model")
        if command.trouble:
            return self._ends(state, message, m.Failed, reason=command.trouble)
        # One id is one call: the guard's word about another of that id must never reach it.
        calls = tuple({call.id: call for call in reversed(command.calls)}.values())[::-1]
        if stored_bytes([call.wire_data() for call in calls]) > CALLS_BYTES:
            return self._ends(state, message, m.Failed, reason="the model asked for too much at once")
        text = command.text or ("" if calls else "The model had nothing to say.")
        answered = self.wires.make(
            m.Answered,
            text=text,
            calls=calls,
            usage=command.usage,
            model=command.model,
            reminded=command.reminded,
            recall=command.recall,
        )
        after = self.evolve(state, answered)
        if over := steps.over(after):
            return self._ends(after, message, m.Failed, [answered], reason=over)
        if not calls:
            return self._ends(after, message, m.Finished, [answered])
        events: list[Event] = [answered]
        for call in calls:
            said = wide.judged(self.wires, after, call, self._guard, self._tools, message.tenant)
            events += said
            after = nested.folded(after, said)
        events += wide.noted(self.wires, after)
        return steps.go_on(self.wires, after, events, message)

    def _acted(self, state: Run, command: m.Acted, message: Message) -> Turn:
        return hearing.acted(self.wires, state, command, message)

    def _previewed(self, state: Run, command: m.Previewed, message: Message) -> Turn:
        queued = next((one for one in state.queue if one.call.id == command.call), None)
        if queued is None or queued.verdict not in ("confirm", "ask"):
            raise Stale("not-asked", "this call needs no person, or is settled")
        if command.trouble:
            return refused(self.wires, state, queued.call.id, command.trouble, message)
        until = message.at + timedelta(seconds=state.limits.wait_s)
        return steps.waits(self.wires, state, queued, command, message, until)

    def _decide_call(self, state: Run, command: m.DecideCall, message: Message) -> Turn:
        waiting = state.waiting
        if waiting is None or waiting.args_hash != command.args_hash:
            raise Stale("not-waiting", "this is not what waits for an answer now; look again")
        if waiting.by != "user" or message.by != state.user:
            raise Denied("not-yours", "the user of the run decides this, or the approvers do")
        decision = "approved" if command.decision == "approve" else "rejected"
        return decided(self.wires, state, decision, (message.by,), command.reason, message, command.roles)

    def _settle(self, state: Run, command: m.SettleCall, message: Message) -> Turn:
        waiting = state.waiting
        if waiting is None or waiting.by != "approvers" or waiting.args_hash != command.args_hash:
            return Turn()
        return decided(self.wires, state, command.verdict, command.people, command.reason, message)

    def _tick(self, state: Run, command: Tick, message: Message) -> Turn:
        if state.waiting is not None:
            return decided(self.wires, state, "expired", (), "nobody answered in time", message)
        late = [child for child in state.children if child.until <= message.at]
        if late:
            return hearing.give_up(self.wires, state, late, message)
        if state.due is None or state.stands_since is not None or message.at < state.due:
            return Turn()
        return self._ends(state, message, m.Failed, reason=f"it worked for more than {state.limits.work_s} s")

    def _taken(self, state: Run, command: m.Taken, message: Message) -> Turn:
        return hearing.taken(self.wires, state, command, message)

    def _hear(self, state: Run, command: m.HearAgent, message: Message) -> Turn:
        return hearing.hear(self.wires, state, command, message)

    def _hear_process(self, state: Run, command: m.HearProcess, message: Message) -> Turn:
        return hearing.hear_process(self.wires, state, command, message)

    def _drop(self, state: Run, command: m.DropRun, message: Message) -> Turn:
        if state.user not in ("", message.by):
            raise Denied("not-yours", "whoever asked for a run stops it")
        return self._ends(state, message, m.Cancelled, reason="its answer is not wanted any more")

    def _pause(self, state: Run, command: m.PauseRun, message: Message) -> Turn:
        mine(state, command.roles, message)
        if state.paused or state.waiting is not None:
            raise Stale("rests", "this run rests already")
        return Turn([self.wires.make(m.Paused, at=message.at)], {"status": "paused"})

    def _resume(self, state: Run, command: m.ResumeRun, message: Message) -> Turn:
        mine(state, command.roles, message)
        if not state.paused:
            raise Stale("not-paused", "this run is not paused")
        resumed = self.wires.make(m.Resumed, at=message.at)
        if not state.held_back:
            return Turn([resumed], {"status": state.status})
        return steps.go_on(self.wires, self.evolve(state, resumed), [resumed], message)

    def _cancel(self, state: Run, command: m.CancelRun, message: Message) -> Turn:
        mine(state, command.roles, message)
        return self._ends(state, message, m.Cancelled, reason=f"stopped by {message.by}")

    def _effect_failed(self, state: Run, command: EffectFailed, message: Message) -> Turn:
        if command.effect in ("agent_remember", "agent_drop", "agent_tell"):
            return Turn()
        if command.effect == "agent_hand":
            return hearing.broke(self.wires, state, command.args["run"], command.reason, message)
        reason = f"{command.effect.removeprefix('agent_')} broke: {command.reason}"
        return self._ends(state, message, m.Failed, reason=reason)

    def _ends(
        self, state: Run, message: Message, how: type[Event], events: Sequence[Event] = (), **said: Any
    ) -> Turn:
        return steps.ends(self.wires, state, message, how, events, **said)
