"""Which ports an installation listens on."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict

import pytest

from finnest.dev.errors import SetupError
from finnest.dev.ports import LOOPBACK, Ports, any_free, choose, holder_of


@pytest.fixture
def gateway() -> int:
    """A port that nobody listens on."""
    return any_free([])


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that this process listens on."""
    with socket.socket() as server:
        server.bind((LOOPBACK, any_free([])))
        server.listen()
        yield server.getsockname()[1]


def _all(ports: Ports) -> list[int]:
    shared = [port for name, port in asdict(ports).items() if name != "pairs"]
    return shared + [port for pair in ports.pairs.values() for port in asdict(pair).values()]


def test_no_two_listeners_get_the_same_port(gateway: int) -> None:
    ports = _all(choose(gateway, {}, ["finnest", "payments"]))
    assert len(ports) == len(set(ports)) == 1 + 8 + 2 * 4


def test_a_second_start_listens_where_the_first_did(gateway: int) -> None:
    first = choose(gateway, {}, ["finnest", "payments"])
    assert choose(gateway, asdict(first), ["finnest", "payments"]) == first


def test_an_app_keeps_its_ports_when_another_moves_out(gateway: int) -> None:
    alone = choose(gateway, {})
    apart = choose(gateway, asdict(alone), ["finnest", "payments"])
    assert apart.pairs["finnest"] == alone.pairs["finnest"]
    assert apart.broker == alone.broker


def test_a_port_that_was_taken_meanwhile_is_given_up(taken: int, gateway: int) -> None:
    earlier = {**asdict(choose(gateway, {})), "broker": taken}
    assert choose(gateway, earlier).broker != taken


def test_what_an_older_version_wrote_down_is_no_trouble(gateway: int) -> None:
    assert choose(gateway, {"app": 21_500, "dapr_http": 21_501}).pairs["finnest"].app


def test_ports_survive_the_way_through_run_json(gateway: int) -> None:
    ports = choose(gateway, {}, ["finnest", "payments"])
    assert Ports.read(json.loads(json.dumps(asdict(ports)))) == ports


def test_a_busy_gateway_port_is_said_with_its_holder_and_a_free_one(taken: int) -> None:
    with pytest.raises(SetupError) as refused:
        choose(taken, {})
    assert refused.value.message.startswith(f"Port {taken} is in use by ")
    assert f"(process {os.getpid()})" in refused.value.message
    assert f"`make run PORT={taken + 1}`" in refused.value.next_step


def test_a_port_that_nobody_holds_has_no_holder(gateway: int) -> None:
    assert holder_of(gateway) is None
