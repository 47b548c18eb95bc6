"""Building the runtime once per machine, with a fake Go."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from finnest.dev.errors import SetupError
from finnest.dev.gobuild import explain
from finnest.dev.pins import NATS
from finnest.dev.runtime import cache_folder, cached, locate
from finnest.testing import eventually

FAKE_GO = """#!/bin/sh
if [ "$1" = env ]; then echo go99.0.0; exit 0; fi
echo build >>"$LOG"
while [ -e "$HOLD" ]; do /bin/sleep 0.02; done
if [ -s "$BREAK" ]; then /bin/cat "$BREAK"; exit 1; fi
while [ "$1" != -o ]; do shift; done
echo program >"$2"
"""


class Machine:
    """A machine whose Go does what it is told."""

    def __init__(self, folder: Path) -> None:
        self.log, self.hold, self.breaks = folder / "log", folder / "hold", folder / "break"
        self.env = {
            "PATH": str(folder),
            "FINNEST_CACHE": str(folder / "cache"),
            "LOG": str(self.log),
            "HOLD": str(self.hold),
            "BREAK": str(self.breaks),
        }
        go = folder / "go"
        go.write_text(FAKE_GO)
        go.chmod(0o755)

    @property
    def builds(self) -> int:
        """How often Go was asked to build."""
        return self.log.read_text().count("build") if self.log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine on which nothing is built yet."""
    return Machine(tmp_path)


def test_what_is_built_once_is_found_the_next_time(machine: Machine) -> None:
    said: list[str] = []
    folder = cached(NATS, said.append, machine.env)
    assert (folder / "nats-server").read_text() == "program\n"
    assert said[0].startswith(f"building nats-server {NATS.version} (1 of 1); this happens once per machine")
    assert cached(NATS, said.append, machine.env) == folder == locate(machine.env)["nats"]
    assert machine.builds == 1


async def test_two_checkouts_at_the_same_moment_build_once(machine: Machine) -> None:
    machine.hold.touch()
    said: list[str] = []
    with ThreadPoolExecutor() as pool:
        try:
            first = pool.submit(cached, NATS, said.append, machine.env)
            await eventually(lambda: machine.builds == 1, 5)
            second = pool.submit(cached, NATS, said.append, machine.env)
            await eventually(lambda: any("another checkout is building" in line for line in said), 5)
        finally:
            machine.hold.unlink()
        assert first.result(10) == second.result(10)
    assert machine.builds == 1


@pytest.mark.parametrize(
    ("go_says", "sentence", "next_step"),
    [
        (
            "verifying github.com/x@v1: checksum mismatch",
            "A download arrived broken:",
            "Run it again; if the same",
        ),
        ("zip: not a valid zip file", "A download arrived broken:", "Run it again; if the same"),
        (
            "dial tcp: lookup a.proxy: no such host",
            "Sources could not be downloaded",
            "Check the network",
        ),
        ("write /tmp/x: no space left on device", "The disk is full:", "Free some space"),
        ("./main.go:3: undefined: x", "The build failed:", "Read the lines above"),
    ],
)
def test_a_failed_build_is_one_sentence_and_leaves_nothing(
    machine: Machine, go_says: str, sentence: str, next_step: str
) -> None:
    machine.breaks.write_text(f"go: downloading github.com/x v1\n{go_says}\n")
    with pytest.raises(SetupError) as failed:
        cached(NATS, print, machine.env)
    assert failed.value.message.startswith(sentence)
    assert go_says in failed.value.message
    assert "downloading github.com" not in failed.value.message
    assert failed.value.next_step.startswith(next_step)
    assert not cache_folder(NATS, machine.env).exists()


def test_after_a_broken_download_the_next_try_builds(machine: Machine) -> None:
    machine.breaks.write_text("unexpected EOF")
    with pytest.raises(SetupError):
        cached(NATS, print, machine.env)
    machine.breaks.unlink()
    assert (cached(NATS, print, machine.env) / "nats-server").exists()


def test_a_build_that_fails_frees_the_way_for_another_checkout(machine: Machine) -> None:
    machine.breaks.write_text("unexpected EOF")
    failures: list[SetupError] = []

    def build() -> None:
        try:
            cached(NATS, lambda line: None, machine.env)
        except SetupError as failure:
            failures.append(failure)

    threads = [threading.Thread(target=build) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(failures) == machine.builds == 2


def test_a_hash_that_pip_refuses_is_a_broken_download() -> None:
    said = explain("THESE PACKAGES DO NOT MATCH THE HASHES\n  Expected sha256 aa\n  Got bb")
    assert said.message.startswith("A download arrived broken:")
