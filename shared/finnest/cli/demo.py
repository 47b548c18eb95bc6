"""`finnest demo`: feeds the demo documents through the public API and shows what became of them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import track
from rich.table import Table

from finnest.cli import _screen
from finnest.dev.api import Api, Reply
from finnest.dev.home import REPO, Home

DOCUMENTS = REPO / "tests" / "data" / "demo"
SETTLED_WITHIN_S = 30.0

app = typer.Typer()


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="Documents to feed.")] = DOCUMENTS,
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Feed documents and show document, supplier, total, status and reason."""
    api = Api(Home.of())
    files = sorted(folder.glob("*.xml"))
    if not files:
        _screen.say(f"there is no .xml file in {folder}")
        raise typer.Exit(1)
    answers = {
        file.name: api.call("POST", "/v1/invoices", file.read_bytes(), "application/xml")
        for file in track(files, "sending", console=_screen.screen, disable=json)
    }
    rows = [
        _row(name, answer, _settled(api, answer))
        for name, answer in track(
            list(answers.items()), "waiting for decisions", console=_screen.screen, disable=json
        )
    ]
    if json:
        _screen.as_json(rows)
        return
    table = Table("document", "supplier", "total", "status", "reason")
    for row in rows:
        table.add_row(row["document"], row["supplier"], row["total"], row["status"], row["reason"])
    _screen.screen.print(table)
    _screen.say("what waits for a person: finnest approve")


def _settled(api: Api, answer: Reply) -> dict[str, Any]:
    """Return the invoice once it is past its checks."""
    if not answer.ok:
        return {}
    deadline = time.monotonic() + SETTLED_WITHIN_S
    while True:
        invoice = api.call("GET", answer.content["links"]["self"]).content
        if invoice["status"] not in ("received", "approved") or time.monotonic() > deadline:
            return invoice
        time.sleep(0.1)  # noqa: TID251 - a command polls the API as a person would


def _row(name: str, answer: Reply, invoice: dict[str, Any]) -> dict[str, str]:
    if not invoice:
        return {
            "document": name,
            "supplier": "",
            "total": "",
            "status": f"refused ({answer.status})",
            "reason": answer.reason,
        }
    return {
        "document": name,
        "supplier": invoice["supplier"] or "",
        "total": f"{invoice['total']} {invoice['currency']}",
        "status": invoice["status"],
        "reason": "; ".join(invoice["reasons"])[:120],
    }
