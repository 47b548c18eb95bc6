"""Bad input by the dozen: never a 5xx, always a problem that a program can read, and nothing changed."""

from __future__ import annotations

import contextlib
import socket
from typing import Any

import pytest
import pytest_asyncio

from tests.support.bad_requests import Bad, every
from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.person import Answer, Person
from tests.support.platform import Company, Platform

CASES = list(every())


def everything(person: Person) -> list[Any]:
    """What there is of a tenant."""
    lists = ("invoices", "payments", "approvals")
    return [*(person.all(f"/v1/{one}") for one in lists), person.get("/v1/dead-letters").content]


def test_there_are_enough_cases() -> None:
    assert len(CASES) > 200
    assert len({case.name for case in CASES}) == len(CASES)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def victim(platform: Platform) -> Company:
    """A tenant that has something to lose: a scheduled payment, and one that waits for a person."""
    company = platform.company()
    for net, status in ((SMALL, "scheduled"), (ONE_PERSON, "awaiting_approval")):
        await company.vera.until(company.intake.submit(bill(net).xml()), status)
    await company.bob.asked(company.vera.all("/v1/invoices?status=awaiting_approval")[0]["id"])
    return company


def test_no_bad_request_breaks_or_changes_anything(victim: Company) -> None:
    before = everything(victim.alice)
    wrong: list[str] = []
    for case in CASES:
        answer = victim.alice.call(case.method, case.path, case.body, case.content_type, case.headers)
        if complaint := _complaint(case, answer):
            wrong.append(f"{case.name}: {complaint}")
    assert not wrong, "\n" + "\n".join(wrong)
    assert everything(victim.alice) == before


POST = b"POST /v1/invoices HTTP/1.1\r\nHost: x\r\n%AUTH%"
GET = b"GET %b HTTP/1.1\r\nHost: x\r\n%%AUTH%%"
RAW = {
    "a length that is no number": POST + b"Content-Length: abc\r\n\r\n",
    "a negative length": POST + b"Content-Length: -5\r\n\r\n",
    "two lengths": POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nab",
    "both kinds of length": POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a broken chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
    "bytes over 127 in the path": GET % b"/v1/invoices/\xff\xfe" + b"\r\n",
    "a NUL in the path": GET % b"/v1/invoices/\x00" + b"\r\n",
    "an absolute path": GET % b"http://evil.example/v1/invoices/x" + b"\r\n",
    "a header that is none": GET % b"/v1/invoices/x" + b"nonsense\r\n\r\n",
}


@pytest.mark.parametrize("name", RAW)
def test_bytes_that_are_hardly_http_are_refused(victim: Company, name: str) -> None:
    auth = f"Authorization: Bearer {victim.alice.key}\r\n".encode()
    status = _raw(victim.alice.port, RAW[name].replace(b"%AUTH%", auth))
    assert 400 <= status < 500, status


def test_a_body_sent_without_its_size_is_bounded_too(victim: Company) -> None:
    before = everything(victim.alice)
    auth = f"Authorization: Bearer {victim.alice.key}\r\n".encode()
    head = b"POST /v1/invoices HTTP/1.1\r\nHost: x\r\n" + auth + b"Transfer-Encoding: chunked\r\n\r\n"
    chunk = b"%x\r\n%b\r\n" % (1 << 20, b"x" * (1 << 20))
    assert _raw(victim.alice.port, head + chunk * 7 + b"0\r\n\r\n") == 413
    assert everything(victim.alice) == before


def test_a_client_that_goes_away_leaves_nothing(victim: Company) -> None:
    before = everything(victim.alice)
    for size in (10, 1_000, 100_000):
        with socket.create_connection(("127.0.0.1", victim.alice.port), 5) as gone:
            head = f"POST /v1/invoices HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {victim.alice.key}\r\n"
            gone.sendall(f"{head}Content-Length: {size}\r\n\r\n".encode() + b"<Invoice")
    assert victim.alice.get("/v1/features").status == 200
    assert everything(victim.alice) == before


def _complaint(case: Bad, answer: Answer) -> str:
    if answer.status not in case.good:
        return f"answered {answer.status}, not one of {case.good}: {answer.body[:200]!r}"
    if answer.headers.get("content-type") != "application/problem+json":
        return f"is no problem: {answer.headers.get('content-type')} {answer.body[:100]!r}"
    problem = answer.content
    if not str(problem.get("type")).startswith("urn:finnest:problem:"):
        return f"has no type: {problem}"
    if problem.get("retryable") is not False:
        return f"does not say that a repeat is useless: {problem}"
    if not problem.get("trace_id"):
        return f"has no trace id: {problem}"
    if problem.get("status") != answer.status or not problem.get("detail"):
        return f"does not say what is wrong: {problem}"
    if b"Traceback" in answer.body or b"/work/" in answer.body or b"sqlite" in answer.body.lower():
        return f"tells too much: {answer.body[:200]!r}"
    return ""


def _raw(port: int, request: bytes) -> int:
    """Send bytes and return the status that came back."""
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        # It may answer and close before everything is sent.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(request)
        first = connection.recv(1_000).partition(b"\r\n")[0].split()
    return int(first[1])
