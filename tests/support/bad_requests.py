"""Requests that no honest client sends: every public path with wrong types, sizes, bytes and paths."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.support.documents import bill
from tests.support.person import JSON, XML

HASH = "0" * 64
INV, PAY, RUN, APR = (f"{kind}-{'a' * 26}" for kind in ("inv", "pay", "run", "apr"))
"""Ids of the right form that nothing has."""
DEEP = b"[" * 100_000
DEEP_OBJECT = b'{"ubl":' * 20_000 + b'""' + b"}" * 20_000
DEEP_XML = b"<a>" * 50_000 + b"</a>" * 50_000
LIMITS = ("-1", "0", "201", "999999999999999999999999", "1.5", "abc", "NaN", "%00", "")
DAYS = (
    *('"yesterday"', '"2026-02-30"', '"0000-00-00"', '"9999-12-31"', '"10000-01-01"', '"2026-13-01"', '""'),
    *("20261231", "0", "1764547200", "-1", "1e400", "null", "[]", "{}", "true", '"2026-12-01T00:00:00Z"'),
)
PATHS = (
    "/v1/../v1/invoices",
    "/v1/%2e%2e/%2e%2e/etc/passwd",
    "/v1/invoices/%2e%2e%2f%2e%2e",
    "/v1/invoices/..",
    "/v1/invoices/.",
    "/v1/invoices/%00",
    f"/v1/invoices/{INV}%00",
    f"/v1/invoices/{INV}%2fdocument",
    f"/v1/invoices/{INV}/document/more",
    f"/v1/invoices/{INV}/",
    "/v1/invoices/",
    "//v1/invoices",
    "/v1//invoices",
    "/V1/INVOICES/X",
    "/v1/invoices/%F0%28%8C%28",
    "/v1/invoices/%ff%fe",
    "/v1/invoices/%",
    "/v1/invoices/%zz",
    "/v1/invoices/inv-" + "a" * 5_000,
    "/v1/invoices/" + "a" * 20,
    "/v1/invoices/dead-" + "a" * 26,
    "/v1/invoices/ping-" + "a" * 26,
    f"/v1/invoices/{PAY}",
    "/v1/invoices/inv-AAAA",
    "/v1/invoices/inv-a;DROP",
    "/v1/invoices/'%20OR%201=1--",
    f"/v1/payments/{INV}",
    "/v1/payments/pay-a",
    f"/v1/payments/{RUN}",
    f"/v1/pay-runs/{PAY}",
    f"/v1/pay-runs/{RUN}/file/..",
    f"/v1/pay-runs/{RUN}/file",
    f"/v1/approvals/{INV}",
    f"/v1/approvals/{APR}",
    "/v1/approvals/-",
    "/v1/approvals/apr-",
    "/v1/approvals/apr-..",
    "/invoices/v1/invoices",
    "/invoices/ping",
    "/payments/dead-letters",
    "/actors/invoices.clerk/x/method/turn",
    "/dapr/config",
    "/v1.0/metadata",
    "/v1/dead-letters/x",
    "/.env",
    "/%2e%2e/keys.json",
)


@dataclass(frozen=True)
class Bad:
    """One bad request and the statuses that are a good answer to it."""

    name: str
    method: str
    path: str
    body: bytes | None = None
    content_type: str | None = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    good: tuple[int, ...] = (400, 404, 405, 409, 413, 414, 415, 422, 431)


def every() -> Iterator[Bad]:
    """Yield all cases."""
    yield from _paths()
    yield from _queries()
    yield from _documents()
    yield from _decisions()
    yield from _pay_runs()
    yield from _steps()
    yield from _methods()
    yield from _headers()


def _paths() -> Iterator[Bad]:
    for path in PATHS:
        yield Bad(f"path {path[:80]}", "GET", path, good=(400, 404, 414, 422))


def _queries() -> Iterator[Bad]:
    for list_ in ("invoices", "payments", "approvals"):
        for limit in LIMITS:
            yield Bad(f"{list_} limit {limit!r}", "GET", f"/v1/{list_}?limit={limit}", good=(400, 422))
        yield Bad(f"{list_} after too long", "GET", f"/v1/{list_}?after={'x' * 101}", good=(422,))
        yield Bad(
            f"{list_} huge query", "GET", f"/v1/{list_}?after={'x' * 200_000}", good=(400, 414, 422, 431)
        )
        for state in ("OPEN", "%00", "paid,failed", "'", "é".encode().hex()):
            name = "state" if list_ == "approvals" else "status"
            yield Bad(f"{list_} {name} {state}", "GET", f"/v1/{list_}?{name}={state}", good=(422,))
    yield Bad("supplier too long", "GET", f"/v1/invoices?supplier={'x' * 101}", good=(422,))
    yield Bad("two limits", "GET", "/v1/invoices?limit=5&limit=-5", good=(422,))


def _documents() -> Iterator[Bad]:
    good = bill().xml()
    bodies = {
        "nothing": b"",
        "only blanks": b" \n\t",
        "invalid UTF-8": good[:400] + b"\xff\xfe\xfa" + good[400:],
        "UTF-16 that says UTF-8": good.decode().encode("utf-16"),
        "a NUL inside": good[:400] + b"\0" + good[400:],
        "two roots": good + good.partition(b"?>")[2],
        "very deep": DEEP_XML,
        "an unknown encoding": b'<?xml version="1.0" encoding="klingon"?>' + good.partition(b"?>")[2],
        "a stylesheet": b'<?xml-stylesheet href="http://127.0.0.1/x"?><a/>',
        "binary": bytes(range(256)) * 40,
        "JSON": b'{"ubl": "x"}',
    }
    for path in ("/v1/invoices", "/v1/invoices/validate"):
        for name, body in bodies.items():
            yield Bad(f"{path} with {name}", "POST", path, body, XML, good=(400, 413, 422))
        texts = (b"{}", b"[]", b"null", b"1e999", b'{"ubl": 5}', b'{"ubl": null}', b'{"ubl": ["x"]}')
        texts = (*texts, b'{"ubl": "\\ud800"}', b'{"ubl": ""}', b'{"ubl"', b'{"UBL": "x"}', DEEP, DEEP_OBJECT)
        for text in texts:
            name = f"{path} JSON {text[:40]!r} of {len(text)}"
            yield Bad(name, "POST", path, text, JSON, good=(400, 413, 422))
        yield Bad(f"{path} too large", "POST", path, b" " * (6 * 1024 * 1024 + 1), XML, good=(413,))
    yield Bad("ruleset too long", "POST", f"/v1/invoices/validate?ruleset={'x' * 41}", good, XML, good=(422,))
    yield Bad("ruleset of a path", "POST", "/v1/invoices/validate?ruleset=../../x", good, XML, good=(422,))
    yield Bad("ruleset empty", "POST", "/v1/invoices/validate?ruleset=", good, XML, good=(422,))


def _decisions() -> Iterator[Bad]:
    path = f"/v1/approvals/{APR}/decisions"
    right = {"decision": "approve", "args_hash": HASH, "reason": ""}
    changes = (
        *({"decision": wrong} for wrong in ("maybe", None, ["approve"], True, "APPROVE")),
        *({"args_hash": wrong} for wrong in ("0", 7, "0" * 65, None)),
        *({"reason": wrong} for wrong in ("x" * 501, {}, None)),
    )
    for change in changes:
        yield _json(f"decision {change}"[:75], path, {**right, **change}, good=(422,))
    for body in (b"", b"null", b"[]", b'"approve"', b"{", DEEP, b"\xff\xff", b"approve", b"1" * 5_000):
        yield Bad(f"decision body {body[:20]!r}", "POST", path, body, JSON, good=(400, 422))
    yield Bad("decision as XML", "POST", path, json.dumps(right).encode(), XML, good=(404, 415, 422))
    yield Bad(
        "decision as form",
        "POST",
        path,
        b"decision=approve",
        "application/x-www-form-urlencoded",
        good=(415, 422),
    )
    yield _json("decision about nothing", path, right, good=(404,))
    for thing in ("pay-1", INV, "apr-%00", "x", "apr-" + "a" * 70):
        yield _json(
            f"decision about {thing[:20]}", f"/v1/approvals/{thing}/decisions", right, good=(404, 422)
        )


def _pay_runs() -> Iterator[Bad]:
    for day in DAYS:
        body = f'{{"pay_on": {day}}}'.encode()
        yield Bad(f"pay run on {day}", "POST", "/v1/pay-runs", body, JSON, good=(400, 422))
    for format in ('"csv"', "7", '["aba"]', '"ABA"', '""'):
        body = f'{{"pay_on": "2026-12-01", "format": {format}}}'.encode()
        yield Bad(f"pay run as {format}", "POST", "/v1/pay-runs", body, JSON, good=(422,))
    for body in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b"{",
        DEEP,
        b"\xc3\x28",
        b'{"pay_on": "2026-12-01"',
        b"9" * 10_000,
    ):
        yield Bad(f"pay run body {body[:30]!r}", "POST", "/v1/pay-runs", body, JSON, good=(400, 422))
    yield Bad("pay run as XML", "POST", "/v1/pay-runs", b'{"pay_on": "2026-12-01"}', XML, good=(415, 422))
    for thing in (RUN, PAY, "run-x", "x", "run-%2e%2e"):
        yield Bad(f"sent {thing}", "POST", f"/v1/pay-runs/{thing}/sent", good=(404, 422))


def _steps() -> Iterator[Bad]:
    for step in ("confirm", "fail", "cancel", "stop", "reschedule", "explode"):
        content = {"reason": "x", "pay_on": "2026-12-01"}
        for thing in (PAY, RUN, "pay-x", "x", "pay-" + "a" * 27):
            yield _json(f"{step} {thing}", f"/v1/payments/{thing}/{step}", content, good=(404, 422))
    for step in ("fail", "cancel", "stop"):
        path = f"/v1/payments/{PAY}/{step}"
        for content in ({"reason": ""}, {"reason": " "}, {"reason": 5}, {"reason": "x" * 501}, [], "x"):
            yield _json(f"{step} with {content}"[:50], path, content, good=(422,))
        yield Bad(f"{step} with half a JSON", "POST", path, b'{"reason":', JSON, good=(400,))
    for day in DAYS:
        body = f'{{"pay_on": {day}}}'.encode()
        yield Bad(
            f"move to {day}", "POST", f"/v1/payments/{PAY}/reschedule", body, JSON, good=(400, 404, 422)
        )


def _methods() -> Iterator[Bad]:
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW"):
        for path in ("/v1/invoices", "/v1/pay-runs", f"/v1/payments/{PAY}", "/v1/features", "/healthz"):
            yield Bad(f"{method} {path}", method, path, good=(400, 404, 405))
    yield Bad("GET where POST is meant", "GET", f"/v1/payments/{PAY}/cancel", good=(404, 405))
    yield Bad("POST where GET is meant", "POST", "/v1/payments", b"{}", JSON, good=(404, 405))


def _headers() -> Iterator[Bad]:
    document = bill().xml()
    for key in ("", " ", "x" * 201, "x" * 20_000):
        yield Bad(
            f"Idempotency-Key {key[:3]!r} of {len(key)}", "POST", "/v1/invoices", document, XML,
            {"idempotency-key": key}, good=(400, 422, 431),
        )  # fmt: skip
    yield Bad(
        "a huge header", "GET", "/v1/invoices/x", headers={"x-huge": "y" * 100_000}, good=(400, 404, 422, 431)
    )
    for trace in ("garbage", "00-zz-zz-zz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "-" * 3, "é" * 10):
        yield Bad(
            f"traceparent {trace[:10]}",
            "GET",
            f"/v1/invoices/{INV}",
            headers={"traceparent": trace},
            good=(404,),
        )
    yield Bad(
        "content type without end",
        "POST",
        "/v1/invoices",
        b"<a/>",
        "application/xml;" + "x" * 5_000,
        good=(400, 422, 431),
    )
    yield Bad("content type of JSON for XML", "POST", "/v1/invoices", document, JSON, good=(400, 422))
    yield Bad(
        "gzip that is none", "POST", "/v1/pay-runs", b'{"pay_on": "x"}', JSON, {"content-encoding": "gzip"}
    )


def _json(name: str, path: str, content: object, good: tuple[int, ...]) -> Bad:
    return Bad(name, "POST", path, json.dumps(content).encode(), JSON, good=good)
