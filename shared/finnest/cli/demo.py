"""`finnest demo`: feeds orders, deliveries and invoices through the public API and shows what became of each.

`…-confirmed.json` is a supplier; two people of the demo confirm its account.
"""

from __future__ import annotations

import csv
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from finnest.cli import _screen
from finnest.dev.api import Api, Reply
from finnest.dev.confirming import confirm, people_of, tenant_of
from finnest.dev.home import REPO, Home

DOCUMENTS = REPO / "tests" / "data" / "demo"
EXPECTED = "expected.tsv"
"""In the folder: of each document its status and words of its reason."""
SETTLED_WITHIN_S = 10.0
DIFFERS_WITHIN_S = 20.0
"""How long all documents together may take to become what they must."""
ROOT = re.compile(rb"<(?:\w+:)?(Order|OrderResponse|DespatchAdvice|ReceiptAdvice)[\s>]")
PATHS = {
    b"Order": "/v1/orders",
    b"OrderResponse": "/v1/order-responses",
    b"DespatchAdvice": "/v1/receipts",
    b"ReceiptAdvice": "/v1/receipts",
}
MOVING = frozenset({"received", "matched", "approved", "taken", "reading", "booking"})
REASON_CHARS = 120
SUPPLIERS = "/v1/suppliers"

app = typer.Typer()


@dataclass
class Sent:
    """A document, what was answered, and what it must become."""

    name: str
    path: str
    reply: Reply
    expected: tuple[str, str] | None
    now: dict[str, Any]

    @property
    def status(self) -> str:
        """The status now; a document that was not taken is refused."""
        return str(self.now["status"]) if self.reply.ok else "refused"

    @property
    def reason(self) -> str:
        """Why, in words."""
        return "; ".join(self.now.get("reasons", ())) if self.reply.ok else self.reply.reason

    @property
    def differs(self) -> bool:
        """Whether it is not what it must be."""
        if self.expected is None:
            return False
        status, words = self.expected
        return self.status != status or words not in self.reason

    @property
    def rests(self) -> bool:
        """Whether nothing more is to come without a person or another document."""
        moving = {"/v1/invoices": MOVING, SUPPLIERS: frozenset({"known"})}.get(
            self.path, MOVING - {"received"}
        )
        return not self.reply.ok or self.status not in moving

    def look(self, api: Api) -> None:
        """See what it is now."""
        if self.reply.ok:
            self.now = api.call("GET", self.reply.content["links"]["self"]).content


@app.command()
def demo(
    folder: Annotated[
        Path, typer.Argument(help="Documents to feed, in the order of their names.")
    ] = DOCUMENTS,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Feed documents and show what became of each, beside what must; exit code 1 when they differ."""
    home = Home.of()
    api = Api(home)
    files = sorted([*folder.glob("*.xml"), *folder.glob("*-confirmed.json")])
    if not files:
        _screen.say(f"there is no .xml file in {folder}")
        raise typer.Exit(1)
    asked = any(file.suffix == ".json" for file in files)
    people = [Api(home, name) for name in people_of(home, tenant_of(home, "dev"))] if asked else []
    wanted = _expected(folder)
    documents = [
        _send(api, people, file, wanted)
        for file in track(files, "one after the other", console=_screen.screen, disable=json)
    ]
    deadline = time.monotonic() + DIFFERS_WITHIN_S
    for one in documents:
        one.look(api)
        _until(api, one, lambda one: not one.differs and (one.rests or one.expected is not None), deadline)
    _show(documents, json)
    if any(one.differs for one in documents):
        raise typer.Exit(1)


def _send(api: Api, people: Sequence[Api], file: Path, wanted: Mapping[str, tuple[str, str]]) -> Sent:
    """Send one and return when it rests: the next one may build on it."""
    body = file.read_bytes()
    root = ROOT.search(body[:4000])
    path = PATHS[root.group(1)] if root else "/v1/invoices"
    if file.suffix == ".json":
        path, reply = SUPPLIERS, confirm(api, people, body)
    else:
        reply = api.call("POST", path, body, "application/xml")
    one = Sent(file.name, path, reply, wanted.get(file.name), reply.content if reply.ok else {})
    one.look(api)
    goal = (one.expected or ("",))[0]
    _until(api, one, lambda one: one.rests or one.status == goal, time.monotonic() + SETTLED_WITHIN_S)
    return one


def _until(api: Api, one: Sent, done: Callable[[Sent], bool], deadline: float) -> None:
    while not done(one) and time.monotonic() < deadline:
        time.sleep(0.1)  # a command polls the API as a person would
        one.look(api)


def _expected(folder: Path) -> dict[str, tuple[str, str]]:
    path = folder / EXPECTED
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as text:
        return {
            row["document"]: (row["status"], row["reason"]) for row in csv.DictReader(text, delimiter="\t")
        }


def _show(documents: list[Sent], json: bool) -> None:
    rows = [_row(one) for one in documents]
    if json:
        _screen.as_json(rows)
        return
    table = Table("", "document", "supplier", "total", "status", "reason")
    for one, row in zip(documents, rows, strict=True):
        mark = "[red]✗[/red]" if one.differs else "[green]✓[/green]" if one.expected else ""
        cells = [row[name] for name in ("document", "supplier", "total", "status", "reason")]
        table.add_row(mark, *(escape(cell) for cell in cells))
    _screen.screen.print(table)
    wrong = [one for one in documents if one.differs]
    for one in wrong:
        status, words = one.expected or ("", "")
        _screen.say(f"✗ {one.name} must be {status}{f' ({words})' if words else ''}, and is {one.status}")
    if not wrong and any(one.expected for one in documents):
        _screen.say(f"all {len(documents)} documents are what they must be")
    _screen.say("what waits for a person: finnest approve")


def _row(one: Sent) -> dict[str, str]:
    now = one.now
    total = f"{now['total']} {now['currency']}" if now.get("total") and now.get("currency") else ""
    return {
        "document": one.name,
        "supplier": str(now.get("supplier") or now.get("name") or ""),
        "total": total,
        "status": one.status,
        "reason": shorten(one.reason, REASON_CHARS, placeholder=" …"),
        "expected": (one.expected or ("", ""))[0],
    }
