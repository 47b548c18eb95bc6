"""Deterministic simulation of turn, resume, bus and store: thousands of storms, each from one seed.

FINNEST_SEEDS=100000  how many seeds (10,000 by default)
FINNEST_SEED=42       only this one; its whole schedule is printed
"""

from __future__ import annotations

import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.simulation.planted import BUGS
from tests.simulation.seeds import Violation, run_seed, schedule
from tests.simulation.world import Parts

SEEDS = int(os.environ.get("FINNEST_SEEDS", "10000"))
ONE = os.environ.get("FINNEST_SEED")
CHUNK = 200
WORKERS = 2


def test_no_seed_breaks_a_promise(capsys: pytest.CaptureFixture[str], pytestconfig: pytest.Config) -> None:
    screen = pytestconfig.get_terminal_writer()
    began = time.monotonic()
    if ONE is not None:
        with capsys.disabled():
            screen.line("\n" + "\n".join(schedule(int(ONE))))
        broken = first_broken(int(ONE), 1)
        seeds = 1
    else:
        broken = None
        seeds = SEEDS
        fork = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(WORKERS, mp_context=fork) as pool:
            starts = range(0, SEEDS, CHUNK)
            sizes = [min(CHUNK, SEEDS - start) for start in starts]
            for found in pool.map(first_broken, starts, sizes):
                if found is not None:
                    broken = found
                    pool.shutdown(cancel_futures=True)
                    break
    took_s = time.monotonic() - began
    if broken is not None:
        pytest.fail(_report(*broken), pytrace=False)
    with capsys.disabled():
        screen.line(f"\n{seeds} seeds in {took_s:.1f} s, {seeds / took_s:.0f} seeds/s")


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found(bug: str) -> None:
    parts, within = BUGS[bug]
    assert first_broken(0, within, parts) is not None, f"not found in {within} seeds"


def test_a_seed_always_takes_the_same_course() -> None:
    for seed in (3, 7, 11):
        assert schedule(seed) == schedule(seed)


def first_broken(start: int, count: int, parts: Parts | None = None) -> tuple[int, str] | None:
    """Return the first seed that breaks a promise, and which; any other error counts as well."""
    for seed in range(start, start + count):
        try:
            run_seed(seed, parts)
        except Violation as violation:
            return seed, str(violation)
        except Exception as error:
            return seed, f"{type(error).__name__}: {error}"
    return None


def _report(seed: int, problem: str) -> str:
    steps = "\n".join(schedule(seed))
    replay = f"FINNEST_SEED={seed} pytest tests/simulation/test_simulation.py"
    return f"{steps}\n\nseed {seed}: {problem}\nreplay: {replay}"
