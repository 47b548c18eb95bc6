"""Messages that no feature can take, put on the bus by somebody who does not know better."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from finnest.dev.bus import connected
from finnest.dev.ports import Ports
from finnest.ids import digest
from tests.support.platform import Platform

POISON = {
    "commands.invoices.submit.v1.1": b"\xff\xfe no JSON",
    "commands.payments.confirm.v1.2": b'{"specversion": "1.0", "id": "poison-2"}',
    "events.invoices.validated.v1.3": b'{"specversion": "1.0", "id": "poison-3", "data": "["}',
}


async def spill(platform: Platform) -> None:
    """Put all of it on the bus."""
    ports = Ports.read(platform.home.read_run()["ports"])
    async with connected(ports.nats_url(platform.home.secrets().nats_password)) as js:
        for subject, body in POISON.items():
            await js.publish(subject, body)


def is_poison(letter: dict[str, Any]) -> bool:
    """Return whether a dead letter is a message that nobody could have read."""
    return letter["reason"] == "undecodable"


def missing(letters: Iterable[dict[str, Any]]) -> list[bytes]:
    """Return the poison that is in no dead letter."""
    kept = {letter["id"] for letter in letters}
    return [body for body in POISON.values() if f"dead-{digest('raw:' + digest(body))}" not in kept]
