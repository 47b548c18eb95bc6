"""Hostile documents while good ones are paid: what share of the good throughput is left.

`python -m tests.faults flood` measures and writes the table in the README.
"""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path

from finnest.testing import eventually
from tests.data.ubl_documents import Bill
from tests.support.documents import bill, number
from tests.support.person import Person
from tests.support.platform import Company, Platform

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "peppol"
GOOD = 80
GOOD_AT_ONCE = 4
FLOOD_AT_ONCE = 8
ROUNDS = 3
UBL = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
_LINE = b"<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>"
_SUBTOTAL = b"<cac:TaxSubtotal><cac:TaxCategory><cbc:ID>S</cbc:ID></cac:TaxCategory></cac:TaxSubtotal>"
_EXTRA = b"<cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator></cac:AllowanceCharge>"

Make = Callable[[int], bytes]
"""The n-th document of a flood."""


def refused(secret: Path) -> list[bytes]:
    """Documents that a parser must refuse; some would read a file, fill the memory or the time."""
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


def judged(n: int) -> bytes:
    """A document that is taken and costs the rules much: many lines, subtotals, charges or levels; each is new."""
    body = Bill(f"EVIL-{number()}-{n}").xml()
    unit, place, size = (
        (_LINE, b"<cac:InvoiceLine>", 190_000),
        (_SUBTOTAL, b"</cac:TaxTotal>", 190_000),
        (_EXTRA, b"<cac:TaxTotal>", 190_000),
        (b"<a>" * 50 + b"</a>" * 50, b"<cac:TaxTotal>", 190_000),
        (_LINE, b"<cac:InvoiceLine>", 10_000),
        (_EXTRA, b"<cac:TaxTotal>", 15_000),
    )[n % 6]
    at = body.index(place)
    return body[:at] + unit * (size // len(unit)) + body[at:]


class Flood:
    """Sends hostile documents of several senders over several connections until it is stopped."""

    def __init__(self, senders: Sequence[Person], make: Make) -> None:
        self._senders = senders
        self._make = make
        self._numbers = count()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(FLOOD_AT_ONCE)
        self.answers: Counter[int] = Counter()

    def __enter__(self) -> Flood:
        for connection in range(FLOOD_AT_ONCE):
            self._pool.submit(self._send, self._senders[connection % len(self._senders)])
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True)

    def _send(self, sender: Person) -> None:
        while not self._stop.is_set():
            body = self._make(next(self._numbers))
            try:
                self.answers[sender.send(body).status] += 1
            except OSError:
                # The gateway may close while a body over its limit still comes.
                self.answers[0] += 1


async def good_traffic(company: Company) -> float:
    """Send good documents and return how many a second went through to their payment."""
    documents = [bill(f"{200 + n}.00").xml() for n in range(GOOD)]
    began = time.monotonic()
    with ThreadPoolExecutor(GOOD_AT_ONCE) as pool:
        ids = list(pool.map(partial(_patiently, company.intake), documents))

    def all_there() -> bool:
        listed = company.vera.all("/v1/invoices?status=scheduled")
        return set(ids) <= {one["id"] for one in listed}

    await eventually(all_there, 300, "the good documents did not all go on")
    return GOOD / (time.monotonic() - began)


def _patiently(sender: Person, body: bytes) -> str:
    """Send a document again as long as the answer says so; return its id."""
    while True:
        answer = sender.send(body)
        if answer.status in (200, 202):
            return answer.content["id"]
        assert answer.content["retryable"], answer


@dataclass(frozen=True)
class Flooded:
    """What one kind of flood left of the good traffic, in the median of all rounds."""

    kind: str
    alone: float
    """Good documents a second to their payment, nobody else sending."""
    during: float
    answers: Counter[int]

    @property
    def share(self) -> float:
        """What was left of the good traffic."""
        return self.during / self.alone

    def row(self) -> str:
        """Return one line of the table."""
        answers = ", ".join(f"{n} x {status or 'closed'}" for status, n in sorted(self.answers.items()))
        return f"| {self.kind} | {self.alone:.1f}/s | {self.during:.1f}/s | {self.share:.0%} | {answers} |"


HEAD = "| hostile documents | good alone | good meanwhile | share, target 80 % | answers to hostile ones |\n|---|---|---|---|---|"


async def measure(platform: Platform, secret: Path) -> list[Flooded]:
    """Return what each kind of flood leaves; half of it comes from the tenant whose good documents are measured."""
    stranger = platform.company().intake
    documents = [body for body in refused(secret) if stranger.send(body).status >= 400]
    await good_traffic(platform.company())
    kinds: list[tuple[str, Make]] = [
        ("refused by the parser", lambda n: documents[n % len(documents)]),
        ("judged at length by the rules", judged),
    ]
    found: list[Flooded] = []
    for kind, make in kinds:
        alone = [await good_traffic(platform.company()) for _ in range(ROUNDS)]
        during: list[float] = []
        answers: Counter[int] = Counter()
        for _ in range(ROUNDS):
            company = platform.company()
            with Flood([stranger, company.alice], make) as flood:
                during.append(await good_traffic(company))
            answers += flood.answers
        found.append(Flooded(kind, statistics.median(alone), statistics.median(during), answers))
        print(found[-1].row(), flush=True)
    return found
