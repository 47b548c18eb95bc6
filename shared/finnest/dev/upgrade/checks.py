"""Compares what a home or a cluster has with this version, one sentence and one next step per thing."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from finnest.dev import backup
from finnest.dev.home import Home
from finnest.dev.pins import parse_version
from finnest.dev.upgrade import stored
from finnest.dev.upgrade.stamp import Stamp, deciders, differing_pins, events

State = Literal["ok", "look", "stop"]
"""Nothing to do; worth a look; do not upgrade before the next step is done."""
OLDEST_BACKUP = timedelta(hours=24)
LEAST_FREE_BYTES = 1024**3


@dataclass(frozen=True)
class Check:
    """One thing looked at; `next_step` is empty when nothing is to be done."""

    about: str
    state: State
    says: str
    next_step: str = ""


def of_home(home: Home, services: Path, before: Stamp | None, now: Stamp, at: datetime) -> list[Check]:
    """Check a home, stopped or running; changes nothing.

    Raises:
        sqlite3.Error, ValueError: Stored state is broken.
    """
    return [
        *of_versions(before, now),
        *_events(home, services),
        *_workflows(home, before, now),
        *_disk(home),
        *_backup(home, at),
    ]


def of_versions(before: Stamp | None, now: Stamp) -> list[Check]:
    """Compare the version that wrote the data with this one; all that can be said of a cluster from outside."""
    if before is None:
        step = "Start the version that wrote the data once more: it writes down what it is."
        return [Check("version", "look", "nothing says which version wrote the data", step)]
    looks: Sequence[Callable[[Stamp, Stamp], Iterator[Check]]] = (_pins, _heads, _messages, _consumers)
    return [check for look in looks for check in look(before, now)]


def _pins(before: Stamp, now: Stamp) -> Iterator[Check]:
    changed = differing_pins(before.pins, now.pins)
    older = [
        name
        for name, was in before.pins.items()
        if parse_version(now.pins.get(name, "")) < parse_version(was)
    ]
    if older:
        step = "Use a version of Finnest with at least the same runtime; they do not read later data."
        yield Check("runtime", "stop", f"older than what ran: {', '.join(changed)}", step)
    elif changed:
        yield Check("runtime", "look", ", ".join(changed), "Read the release notes; all of it restarts.")
    else:
        yield Check("runtime", "ok", ", ".join(f"{name} {is_now}" for name, is_now in now.pins.items()))


def _heads(before: Stamp, now: Stamp) -> Iterator[Check]:
    newer = [f"{one} {was}" for one, was in before.heads.items() if was > now.heads.get(one, was)]
    if newer:
        step = "This version is older than what wrote the data; use that one, or a later one."
        yield Check("state", "stop", f"of later schemas: {_some(newer)}", step)
    else:
        grown = [one for one, is_now in now.heads.items() if is_now > before.heads.get(one, is_now)]
        yield Check("state", "ok", f"{len(grown)} kinds get a new schema when they are next written")


def _messages(before: Stamp, now: Stamp) -> Iterator[Check]:
    gone = sorted(set(before.messages) - set(now.messages))
    strict = sorted(
        f"{wire} ({', '.join(sorted(set(needs) - set(before.messages[wire])))})"
        for wire, needs in now.messages.items()
        if wire in before.messages and set(needs) - set(before.messages[wire])
    )
    if strict:
        step = "Give the field a default, or the message a new version (.v2) beside the old one."
        yield Check("contracts", "stop", f"messages that were written lack a field: {_some(strict)}", step)
    if gone:
        step = "What still waits for them becomes a dead letter: let the bus run empty first."
        yield Check("contracts", "look", f"no longer taken or told: {_some(gone)}", step)
    if not strict and not gone:
        fresh = len(set(now.messages) - set(before.messages))
        yield Check("contracts", "ok", f"{len(before.messages)} messages as before, {fresh} new")


def _consumers(before: Stamp, now: Stamp) -> Iterator[Check]:
    gone = sorted(set(before.consumers) - set(now.consumers))
    changed = [one for one, takes in now.consumers.items() if before.consumers.get(one, takes) != takes]
    if gone:
        step = "Remove them when they are empty, or the broker keeps counting for nobody: nats consumer rm."
        yield Check("bus", "look", f"consumers that nobody reads any more: {_some(gone)}", step)
    made = len(set(now.consumers) - set(before.consumers))
    yield Check(
        "bus", "ok", f"{made} consumers are made and {len(changed)} changed at the start; places are kept"
    )


def _events(home: Home, services: Path) -> Iterator[Check]:
    count = 0
    well = True
    for feature, rules in deciders(services).items():
        known = events(feature, rules)
        found = stored.held(home, feature, known)
        count += found.events.total()
        unknown = {wire: number for wire, number in found.events.items() if wire not in known}
        schemas = {one.kind: one.schema for one in rules}
        later = [f"{kind} {is_now}" for kind, is_now in found.heads.items() if is_now > schemas.get(kind, 0)]
        step = f"Use the version that wrote them, or a later one: no stream of {feature} that has one can be read."
        if unknown:
            well = False
            says = _some(f"{number} of {wire}" for wire, number in sorted(unknown.items()))
            yield Check(f"events of {feature}", "stop", f"this version does not know {says}", step)
        for wire, why in found.unreadable.items():
            well = False
            yield Check(f"events of {feature}", "stop", f"{wire} cannot be read: {why}", step)
        if later:
            well = False
            yield Check(f"state of {feature}", "stop", f"heads of a later schema: {_some(later)}", step)
    if well:
        yield Check("events", "ok", f"{count} stored events, all of kinds that this version reads")


def _workflows(home: Home, before: Stamp | None, now: Stamp) -> Iterator[Check]:
    waiting = stored.workflows(home)
    known = before.workflows if before is not None else {}
    for feature, is_now in now.workflows.items():
        pending = {name: n for name, n in waiting.items() if name.startswith(f"{feature}_")}
        says = _some(f"{number} of {name}" for name, number in sorted(pending.items())) or "none"
        if pending and feature not in known:
            step = "Compare the bodies by hand: one that replays other steps than it has taken fails."
            yield Check(f"workflows of {feature}", "look", f"code before unknown; under way: {says}", step)
        elif known.get(feature, is_now) == is_now:
            yield Check(f"workflows of {feature}", "ok", f"the same code; under way: {says}")
        elif pending:
            step = "Let them end with the version before, or keep its body and give the new one another name."
            yield Check(f"workflows of {feature}", "stop", f"other code, and under way: {says}", step)
        else:
            yield Check(f"workflows of {feature}", "ok", "other code, and none is under way")
    strange = sorted(name for name in waiting if name.partition("_")[0] not in now.workflows)
    if strange:
        step = "Let them end with the version before; nobody here would take them on."
        yield Check("workflows", "stop", f"under way, and unknown here: {_some(strange)}", step)


def _disk(home: Home) -> Iterator[Check]:
    there = next(parent for parent in (home.data, *home.data.parents) if parent.exists())
    free = shutil.disk_usage(there).free
    size = sum(path.stat().st_size for path in home.data.rglob("*") if path.is_file())
    needed = max(LEAST_FREE_BYTES, size)
    says = f"{free / 1024**3:.1f} GiB free, data takes {size / 1024**3:.1f} GiB"
    step = (
        ""
        if free >= needed
        else f"Free some: {needed / 1024**3:.1f} GiB are wanted for a copy and the start."
    )
    yield Check("disk", "ok" if free >= needed else "stop", says, step)


def _backup(home: Home, at: datetime) -> Iterator[Check]:
    last = backup.last(home)
    step = "`finnest stop`, then `finnest backup`; what a later version wrote is not read by an earlier one."
    if last is None:
        yield Check("backup", "stop", "none was made of this home", step)
        return
    path, made_at = last
    hours = (at - made_at) / timedelta(hours=1)
    if not path.exists():
        yield Check("backup", "look", f"{path} was made {hours:.0f} h ago and is no longer there", step)
    elif at - made_at > OLDEST_BACKUP:
        yield Check("backup", "stop", f"{path} is {hours:.0f} h old", step)
    else:
        yield Check("backup", "ok", f"{path}, {hours:.1f} h old")


def _some(names: Iterable[str], most: int = 5) -> str:
    listed = list(names)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(listed[:most]) + more
