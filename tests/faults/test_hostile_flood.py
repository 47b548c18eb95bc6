"""A flood of hostile documents: each refused, none harms the good traffic of others."""

from __future__ import annotations

import asyncio
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from finnest.dev.runtime import cache_root
from finnest.testing import eventually
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Judges
from tests.data.ubl_documents import Bill, line
from tests.support.documents import bill
from tests.support.person import Person
from tests.support.platform import Company, Platform

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "peppol"
GOOD = 120
GOOD_AT_ONCE = 4
FLOOD_AT_ONCE = 8
ROUNDS = 3
UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"


@pytest.fixture
async def platform(tmp_path: Path) -> AsyncGenerator[Platform]:
    """A platform of the test's own."""
    alone = Platform.at(tmp_path)
    await alone.start()
    try:
        yield alone
    finally:
        await alone.stop()


def hostile(secret: Path) -> list[bytes]:
    """Documents that must be refused; some would read a file, fill the memory or the time."""
    clean = Bill("EVIL-1").xml()
    declaration, _, rest = clean.partition(b"\n")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    external = f'<!DOCTYPE Invoice [<!ENTITY x SYSTEM "file://{secret}">]>'.encode()
    remote = b'<!DOCTYPE Invoice SYSTEM "http://127.0.0.1:9/evil.dtd">'
    made = [
        declaration + f'<!DOCTYPE Invoice [<!ENTITY l0 "ha">{laughs}]>'.encode() + rest,
        declaration + external + rest.replace(b"EVIL-1", b"&x;"),
        declaration + remote + rest,
        f'<Invoice xmlns="{UBL}">'.encode() + b"<a>" * 50_000,
        f'<Invoice xmlns="{UBL}" '.encode() + b" ".join(b'a%d="1"' % n for n in range(60_000)) + b"/>",
        f'<Invoice xmlns="{UBL}">'.encode() + b"<a/>" * 210_000 + b"</Invoice>",
        clean[:-40],
        clean.replace(b'encoding="UTF-8"', b'encoding="UTF-7"'),
        clean.replace(b"Copy paper", b"\xff\xfe\x00"),
        b"",
        b'{"ubl": 1}',
        b"\x1f\x8b" + bytes(1000),
        b"x" * (5 * 1024 * 1024 + 1),
    ]
    folder = OFFICIAL / "invalid" / "hostile"
    # Schema errors are taken and judged invalid: they are tried apart from what is refused at once.
    official = [path.read_bytes() for path in sorted(folder.glob("*.xml")) if "xsd" not in path.name]
    return made + official


class Flood:
    """Sends hostile documents from several connections until it is stopped."""

    def __init__(self, sender: Person, documents: Sequence[bytes]) -> None:
        self._sender = sender
        self._documents = documents
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(FLOOD_AT_ONCE)
        self.answers: Counter[int] = Counter()

    def __enter__(self) -> Flood:
        for first in range(FLOOD_AT_ONCE):
            self._pool.submit(self._send, first)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True)

    def _send(self, number: int) -> None:
        while not self._stop.is_set():
            body = self._documents[number % len(self._documents)]
            number += FLOOD_AT_ONCE + 1
            try:
                self.answers[self._sender.send(body).status] += 1
            except OSError:
                # The gateway may close while a body over its limit still comes.
                self.answers[0] += 1


async def good_traffic(company: Company) -> float:
    """Send good documents and return how many a second went through to their payment."""
    documents = [bill(f"{200 + n}.00").xml() for n in range(GOOD)]
    began = time.monotonic()
    with ThreadPoolExecutor(GOOD_AT_ONCE) as pool:
        ids = list(pool.map(company.intake.submit, documents))

    def all_there() -> bool:
        listed = company.vera.all("/v1/invoices?status=scheduled")
        return set(ids) <= {one["id"] for one in listed}

    await eventually(all_there, 120, "the good documents did not all go on")
    return GOOD / (time.monotonic() - began)


@pytest.mark.slow
async def test_a_hostile_flood_is_refused_and_good_documents_go_on(
    platform: Platform, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a-secret-of-this-machine")
    attacker = platform.company().intake
    documents = hostile(secret)
    for body in documents:
        answer = attacker.send(body)
        assert 400 <= answer.status < 500 or (answer.status == 202 and b"secret" not in answer.body), body[
            :80
        ]
        assert b"a-secret-of-this-machine" not in answer.body
    refused = [body for body in documents if attacker.send(body).status >= 400]
    assert len(refused) >= 13
    await good_traffic(platform.company())

    with Flood(attacker, refused) as flood:
        # The first refusals are answered at once; what counts is a flood that lasts.
        await eventually(lambda: sum(flood.answers.values()) > 120, 200, "the flood is not answered")

    alone: list[float] = []
    flooded: list[float] = []
    answers: Counter[int] = Counter()
    for _ in range(ROUNDS):
        alone.append(await good_traffic(platform.company()))
        with Flood(attacker, refused) as flood:
            flooded.append(await good_traffic(platform.company()))
        answers += flood.answers
    share = statistics.median(one / other for one, other in zip(flooded, alone, strict=True))
    print(
        f"\ngood documents/s to their payment: alone {statistics.median(alone):.1f}, "
        f"during a flood {statistics.median(flooded):.1f} ({share:.0%}); flood answers {dict(answers)}"
    )
    assert sum(answers.values()) > ROUNDS
    assert all(400 <= status < 500 for status in answers if status), answers
    assert platform.restarts() == 0


async def test_large_slow_documents_of_one_tenant_leave_the_others_their_workers(platform: Platform) -> None:
    flooder, company = platform.company(), platform.company()
    large = [Bill(f"L-{n}", lines=[line("Paper", "1.00")] * 3_000).xml() for n in range(6)]
    ids = [flooder.intake.submit(body) for body in large]
    alone = await good_traffic(company)
    print(f"\ngood documents/s while {len(large)} documents of 3,000 lines are judged: {alone:.1f}")
    for id in ids:
        invoice = await flooder.vera.until(id, within_s=180)
        assert invoice["status"] != "failed", invoice


async def test_a_document_that_takes_too_long_does_not_harm_the_one_at_hand() -> None:
    slow = Bill("L-1", lines=[line("Paper", "1.00")] * 5_000).xml()
    rules = fetch(cache_root(), lambda _: None)
    judges = Judges(rules, lambda: date(2026, 11, 24), workers=1, timeout_s=0.5)
    try:
        await judges.warm()
        reports = await asyncio.gather(judges.judge(slow), *(judges.judge(bill().xml()) for _ in range(4)))
    finally:
        await judges.close()
    assert [f.rule for f in reports[0].findings] == ["FN-TIMEOUT"]
    assert all(report.valid for report in reports[1:])


async def test_workers_that_are_killed_in_the_middle_lose_no_document() -> None:
    judges = Judges(fetch(cache_root(), lambda _: None), lambda: date(2026, 11, 24), queue=200)
    try:
        await judges.warm()
        work = asyncio.gather(*(judges.judge(bill().xml()) for _ in range(120)))
        for _ in range(3):
            await eventually(judges.resident_mb, 20)
            pid = next(iter(judges.resident_mb()))
            os.kill(pid, signal.SIGKILL)
            await eventually(lambda pid=pid: pid not in judges.resident_mb(), 20)
        reports = await work
        os.kill(next(iter(judges.resident_mb())), signal.SIGKILL)
        assert (await judges.judge(bill().xml())).valid
    finally:
        await judges.close()
    assert sum(report.valid for report in reports) >= 118
    assert {f.rule for report in reports for f in report.findings} <= {"ENGINE-CRASH"}
