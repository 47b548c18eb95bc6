"""`finnest approve`: what waits for people, and their decisions."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Column, Table

from finnest.cli import _screen
from finnest.dev.api import Api
from finnest.dev.home import Home

app = typer.Typer()


@app.command()
def approve(
    id: Annotated[
        str | None, typer.Argument(help="The approval to decide; none lists the open ones.")
    ] = None,
    user: Annotated[str, typer.Option("--as", help="Whose key decides.")] = "dev",
    reject: Annotated[bool, typer.Option("--reject", help="Say no.")] = False,
    reason: Annotated[str, typer.Option(help="Why; kept with the decision.")] = "",
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List open approvals, or decide one: exactly the action that is shown."""
    api = Api(Home.of(), user)
    if id is None:
        items = _open(api)
        if json:
            _screen.as_json(items)
        else:
            _show(items)
        return
    known = api.call("GET", f"/v1/approvals/{id}")
    if not known.ok:
        _screen.say(known.reason)
        raise typer.Exit(1)
    decision = {
        "decision": "reject" if reject else "approve",
        "args_hash": known.content["args_hash"],
        "reason": reason,
    }
    answer = api.post(f"/v1/approvals/{id}/decisions", decision)
    if json:
        _screen.as_json(answer.content)
    elif answer.ok:
        needed = answer.content.get("still_needed")
        more = f", {needed} more needed (another person: --as NAME)" if needed else ""
        _screen.say(f"{id}: {answer.content['state']}{more}")
    else:
        _screen.say(f"{id}: refused, {answer.reason}")
    raise typer.Exit(0 if answer.ok else 1)


def _open(api: Api) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page = api.call("GET", f"/v1/approvals?state=open&limit=200{f'&after={after}' if after else ''}")
        items += page.content["items"]
        after = page.content["next"]
    return items


def _show(items: list[dict[str, Any]]) -> None:
    if not items:
        _screen.say("nothing waits for a person")
        return
    # An id that is cut in a narrow window could not be decided.
    table = Table(Column("approval", no_wrap=True), "action", "why", "needs", "so far", "until")
    for item in items:
        people = item["needs"]["people"]
        by = ", ".join(d["user"] for d in item["decisions"])
        table.add_row(
            item["id"],
            item["action"],
            item["why"],
            f"{people} {'person' if people == 1 else 'people'}",
            by,
            item["expires_at"][:16],
        )
    _screen.screen.print(table)
    _screen.say("decide: finnest approve ID [--reject] [--as NAME] [--reason TEXT]")
