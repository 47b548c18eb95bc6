"""`finnest key`: who may call the API."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from finnest.cli import _screen
from finnest.context import Caller
from finnest.dev.home import Home
from finnest.dev.keys import ROLES, listed, new_key, remove_key

app = typer.Typer(help="API keys: make, list, remove.", no_args_is_help=True)


@app.command()
def new(
    user: Annotated[str, typer.Argument(help="Whose key; also its name.")],
    role: Annotated[list[str], typer.Option(help=f"Repeat for several: {', '.join(ROLES)}.")],
    tenant: Annotated[str, typer.Option(help="Whose data the key sees.")] = "demo",
    intake: Annotated[
        bool,
        typer.Option(
            "--intake", help="The key only passes on what others sent, such as a network access point."
        ),
    ] = False,
) -> None:
    """Make a key and say where it lies."""
    unknown = set(role) - set(ROLES)
    if unknown:
        raise typer.BadParameter(f"no such role: {', '.join(sorted(unknown))}; there are {', '.join(ROLES)}")
    home = Home.of()
    home.prepare()
    caller = Caller(tenant=tenant, user=user, roles=tuple(role), intake=intake)
    name = user if tenant == "demo" else f"{tenant}-{user}"
    _screen.say(str(new_key(home, name, caller)))


@app.command("list")
def list_keys(json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """Show who has a key; keys themselves are never shown."""
    keys = listed(Home.of())
    if json:
        _screen.as_json([{"name": k["name"], **k["caller"]} for k in keys])
        return
    table = Table("name", "tenant", "user", "roles", "intake")
    for known in keys:
        caller = known["caller"]
        table.add_row(
            known["name"],
            caller["tenant"],
            caller["user"],
            ", ".join(caller["roles"]),
            "yes" if caller.get("intake") else "",
        )
    _screen.screen.print(table)


@app.command()
def remove(name: Annotated[str, typer.Argument(help="As `finnest key list` shows it.")]) -> None:
    """Refuse a key from now on."""
    remove_key(Home.of(), name)
