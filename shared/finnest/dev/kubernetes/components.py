"""Dapr components of one installation on Kubernetes, from the templates in `components/kubernetes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from string import Template

from finnest.agents.memory import Memories
from finnest.agents.threads import Threads
from finnest.agents.wires import Wires, wires
from finnest.dev.home import REPO
from finnest.dev.render import ACK_WAIT_S, MAX_ACK_PENDING
from finnest.ids import PARTITIONS, subject
from finnest.letters import Letters, Pings
from finnest.manifest import Manifest
from finnest.turns import Noted

TEMPLATES = REPO / "components" / "kubernetes"


def of_feature(feature: Manifest) -> list[str]:
    """Return the components that only this feature sees."""
    if not feature.has_store:
        return []
    texts = [filled("state.yaml", feature=feature.name)]
    if feature.has_streams:
        texts.append(filled("actors.yaml", feature=feature.name))
    for lane, _, durable in feature.consumers():
        texts.append(
            filled(
                "consumer.yaml",
                feature=feature.name,
                durable=durable,
                lane=lane,
                ack_wait_s=ACK_WAIT_S,
                max_ack_pending=MAX_ACK_PENDING,
            )
        )
    return texts


def shared(features: Sequence[Manifest]) -> list[str]:
    """Return the components that several features see under one name."""
    speakers = [feature for feature in features if feature.has_streams]
    topics = [f"{feature.name}={','.join(published(feature, features))};" for feature in speakers]
    everyone = ", ".join(feature.name for feature in features)
    return [
        filled("secrets.yaml", apps=everyone),
        filled(
            "bus.yaml",
            apps=", ".join(feature.name for feature in speakers),
            topics="\n".join(f"        {line}" for line in topics),
        ),
    ]


def published(feature: Manifest, features: Sequence[Manifest]) -> list[str]:
    """Return every subject that a feature may publish: its own messages, and those it takes (a letter replayed)."""
    told = [wire for one in features for wire in _events(one)]
    heard = [wire for wire in told if any(consumed.matches(wire) for consumed in feature.hears)]
    own = (Letters(feature.name), Pings(feature.name), *_of_agent(feature))
    taken = [kind.wire for part in own for kind in part.commands]
    return [
        *_subjects("commands", [*feature.commands, *taken]),
        *_subjects("events", [*_events(feature), *heard]),
    ]


def _events(feature: Manifest) -> list[str]:
    """Return what a feature tells, with what the kernel tells in its name."""
    noted = Noted.wire.replace("kernel.", f"{feature.name}.")
    own = (Letters(feature.name), *_of_agent(feature))
    return [*feature.publishes, *(kind.wire for part in own for kind in part.events), noted]


def _of_agent(feature: Manifest) -> Sequence[Wires | Threads | Memories]:
    """Return the parts that keep the runs of the feature's agent; none without an agent."""
    if feature.agent is None or feature.is_native:
        return ()
    return (wires(feature.name), Threads(feature.name), Memories(feature.name))


def _subjects(lane: str, wires: Sequence[str]) -> Iterator[str]:
    for wire in dict.fromkeys(wires):
        for partition in range(PARTITIONS):
            yield subject(lane, wire, partition)


def filled(template: str, **values: object) -> str:
    """Return a template with its places filled."""
    text = Path(TEMPLATES / template).read_text()
    return Template(text).substitute({name: str(value) for name, value in values.items()})
