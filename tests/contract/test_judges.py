"""The pool of workers: no document harms the service or another document."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from finnest.dev.runtime import cache_root
from services.invoices.documents.findings import Report
from services.invoices.judging.packages import fetch
from services.invoices.judging.workers import Busy, Judges, Unavailable
from tests.data.make_documents import demo_documents
from tests.data.ubl_documents import Bill, line, many_invoices

TODAY = date(2026, 11, 24)
CLEAN = Bill("KP-1").xml()
LONG = Bill("KP-2", lines=[line("Paper", "1.00")] * 5_000).xml()


@pytest.fixture(scope="module")
def rules() -> Path:
    return fetch(cache_root(), lambda _: None)


@asynccontextmanager
async def _open(judges: Judges) -> AsyncGenerator[Judges]:
    try:
        yield judges
    finally:
        await judges.close()


def _judges(rules: Path, **limits: Any) -> AbstractAsyncContextManager[Judges]:
    return _open(Judges(rules, lambda: TODAY, **limits))


def _rules_of(report: Report) -> set[str]:
    return {finding.rule for finding in report.findings}


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            tick = asyncio.Event()
            asyncio.get_running_loop().call_later(0.02, tick.set)
            await tick.wait()


def test_generated_documents_pass_the_official_rules(rules: Path) -> None:
    async def scenario() -> None:
        bodies = [
            CLEAN,
            Bill("CN-1", corrects="KP-1").xml(),
            Bill("3", lines=[line("a", "10.01", "3"), line("b", "3.337", "3", gst="0")]).xml(),
            *many_invoices(40),
        ]
        async with _judges(rules) as judges:
            reports = await asyncio.gather(*(judges.judge(body) for body in bodies))
        assert [report.findings for report in reports] == [()] * len(bodies)

    asyncio.run(scenario())


def test_the_demo_documents_are_what_they_claim(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules) as judges:
            reports = {name: await judges.judge(body) for name, body in demo_documents().items()}
        refused = {name: _rules_of(report) for name, report in reports.items() if not report.valid}
        assert refused == {
            "07-invoice-wrong-total.xml": {"ibr-co-14"},
            "08-invoice-wrong-gst.xml": {"FN-GST-RATE"},
            "09-invoice-broken.xml": {"XML-MALFORMED"},
            "56-invoice-not-a-nz.xml": {"aligned-ibrp-001-aunz"},
            "62-credit-note-wrong-total.xml": {"FN-CREDIT-TAX-TOTAL"},
            "63-invoice-retired-profile.xml": {"FN-RETIRED-PROFILE", "aligned-ibrp-001-aunz"},
        }

    asyncio.run(scenario())


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGSEGV])
def test_a_worker_that_dies_is_replaced_and_its_document_judged(
    rules: Path, signal_number: signal.Signals
) -> None:
    async def scenario() -> None:
        async with _judges(rules) as judges:
            await judges.warm()
            (pid,) = judges.resident_mb()
            work = asyncio.create_task(judges.judge(LONG))
            started = asyncio.Event()
            asyncio.get_running_loop().call_later(0.05, started.set)
            await started.wait()
            os.kill(pid, signal_number)
            assert (await work).valid
            assert pid not in judges.resident_mb()

    asyncio.run(scenario())


def test_a_document_that_takes_too_long_is_a_finding_and_others_go_on(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules, timeout_s=0.25) as judges:
            await judges.warm()
            slow, *good = await asyncio.gather(judges.judge(LONG), *(judges.judge(CLEAN) for _ in range(5)))
            assert _rules_of(slow) == {"FN-TIMEOUT"}
            assert not slow.valid
            assert all(report.valid for report in good)

    asyncio.run(scenario())


def test_a_document_that_needs_too_much_memory_is_a_finding(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules, memory_mb=190) as judges:
            assert _rules_of(await judges.judge(LONG)) == {"ENGINE-CRASH"}
            assert (await judges.judge(CLEAN)).valid

    asyncio.run(scenario())


def test_a_full_queue_says_busy_and_loses_nothing(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules, queue=4) as judges:
            work = (judges.judge(CLEAN) for _ in range(20))
            answers = await asyncio.gather(*work, return_exceptions=True)
            judged = [answer for answer in answers if not isinstance(answer, BaseException)]
            assert len(judged) >= 4
            assert all(report.valid for report in judged)
            assert {type(a) for a in answers if isinstance(a, BaseException)} == {Busy}
            assert (await judges.judge(CLEAN)).valid

    asyncio.run(scenario())


def test_a_cancelled_document_does_not_answer_another(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules) as judges:
            await judges.warm()
            work = asyncio.create_task(judges.judge(LONG))
            await asyncio.wait([work], timeout=0)
            work.cancel()
            await asyncio.wait([work])
            assert (await judges.judge(CLEAN)).valid

    asyncio.run(scenario())


def test_workers_come_with_the_load_and_go_with_it(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules, idle_s=0.2) as judges:
            await judges.warm()
            assert len(judges.resident_mb()) == 1
            for _ in range(20):
                await asyncio.gather(*(judges.judge(CLEAN) for _ in range(40)))
                if len(judges.resident_mb()) == 2:
                    break
            assert len(judges.resident_mb()) == 2
            await _until(lambda: not judges.resident_mb())
            assert (await judges.judge(CLEAN)).valid

    asyncio.run(scenario())


def test_closing_leaves_no_process(rules: Path) -> None:
    async def scenario() -> None:
        async with _judges(rules) as judges:
            await judges.warm()
            (pid,) = judges.resident_mb()
        await _until(lambda: not _runs(pid))
        with pytest.raises(Unavailable):
            await judges.judge(CLEAN)

    asyncio.run(scenario())


PARENT = """
import asyncio, sys
from datetime import date
from pathlib import Path
from services.invoices.judging.workers import Judges

async def main():
    judges = Judges(Path(sys.argv[1]), date.today)
    await judges.warm()
    print(*judges.resident_mb(), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def test_workers_end_with_a_parent_that_is_killed(rules: Path) -> None:
    async def scenario() -> None:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PARENT, str(rules)),
            stdout=asyncio.subprocess.PIPE,
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert parent.stdout is not None
        worker = int(await parent.stdout.readline())
        assert _runs(worker)
        parent.kill()
        await parent.wait()
        await _until(lambda: not _runs(worker))

    asyncio.run(scenario())


def test_rules_that_were_never_set_up_are_said_to_be_missing(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with _judges(tmp_path) as judges:
            with pytest.raises(Unavailable, match="set-up"):
                await judges.judge(CLEAN)

    asyncio.run(scenario())


def test_external_references_are_neither_read_nor_fetched(rules: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("SECRET-WORD")

    async def scenario() -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            server.settimeout(0.2)
            url = f"http://127.0.0.1:{server.getsockname()[1]}/x"
            root = CLEAN.split(b"?>", 1)[1]
            hostile = [
                b'<!DOCTYPE Invoice SYSTEM "' + url.encode() + b'">' + root,
                f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'.encode()
                + root.replace(b"Kookaburra", b"&e;"),
                f'<?xml-stylesheet href="{url}"?>'.encode() + root,
                root.replace(
                    b"<Invoice ",
                    b'<Invoice xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                    b'xsi:schemaLocation="urn:x ' + url.encode() + b'" ',
                ),
                root.replace(
                    b"<cbc:BuyerReference>",
                    b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" parse="text" '
                    + f'href="{secret}"/>'.encode()
                    + b"<cbc:BuyerReference>",
                ),
            ]
            async with _judges(rules) as judges:
                reports = [await judges.judge(body) for body in hostile]
            assert [report.valid for report in reports] == [False, False, True, True, False]
            assert "SECRET-WORD" not in str(reports)
            with pytest.raises(TimeoutError):
                server.accept()

    asyncio.run(scenario())
