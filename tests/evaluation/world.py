"""A small world: known suppliers, requests that wait, and the tools of all features as they are declared."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from finnest.agents.models.port import Call, Result
from finnest.agents.tools import Tool, Toolbox, ToolSpec
from finnest.dev.home import SERVICES
from finnest.errors import Invalid
from finnest.manifest import discover
from services.approvals.tools import chosen
from services.suppliers.tools import closest

TODAY = date(2026, 6, 10)
"""A Wednesday."""
SUPPLIERS = (
    "Acme Industrial Supplies Pty Ltd",
    "Kauri Paper Co Ltd",
    "Island Equipment Hire Ltd",
    "Bay Fasteners Pty Ltd",
    "Meadow Foods Pty Ltd",
    "Southern Power Ltd",
    "Tasman Software Pty Ltd",
    "Harbour Cleaning Services Pty Ltd",
    "Harbour Freight Pty Ltd",
    "Rimu Timber Ltd",
    "Ngā Manu Catering Ltd",
    "O'Brien & Sons Plumbing",
    "3D Print Works",
    "Telco One",
    "Wattle Stationery",
)
_WAITING = (
    ("Acme Industrial Supplies Pty Ltd", "INV-4401", 320_00),
    ("Acme Industrial Supplies Pty Ltd", "INV-4402", 2_450_00),
    ("Kauri Paper Co Ltd", "KP-10240", 480_00),
    ("Meadow Foods Pty Ltd", "MF-2231", 1_150_50),
    ("Harbour Cleaning Services Pty Ltd", "HC-881", 9_900_00),
    ("Tasman Software Pty Ltd", "new bank account", None),
)
WAITING: list[dict[str, Any]] = [
    {"id": f"apr-{n}", "why": f"{what} of {who}", "about": f"{who} {what}", "amount_cents": cents}
    for n, (who, what, cents) in enumerate(_WAITING, 1)
]


def declared() -> Mapping[str, Tool]:
    """Return the tools of every Python feature by their full names."""
    found: dict[str, Tool] = {}
    for manifest in discover(SERVICES):
        if manifest.tools and not manifest.is_native:
            module = importlib.import_module(f"services.{manifest.name}.tools")
            found |= {f"{manifest.name}.{tool.name}": tool for tool in module.TOOLS}
    return found


TOOLS = declared()
SPECS: list[ToolSpec] = [
    spec for name, tool in sorted(TOOLS.items()) for spec in Toolbox(name.partition(".")[0], [tool]).specs()
]


def waiting(
    about: str | None = None, max_amount: str | None = None, min_amount: str | None = None
) -> list[dict[str, Any]]:
    """Return the requests that wait, as the approvals' own tool would."""
    return chosen(WAITING, about, min_amount, max_amount)


def known(name: str) -> str:
    """Return the full name of the one supplier that is meant, or the text as it is."""
    found = closest(name, [{"name": one} for one in SUPPLIERS])
    return found[0]["name"] if len(found) == 1 else name


def answer(call: Call) -> Result:
    """Return what a tool would say."""
    try:
        args = TOOLS[call.tool].read(call.args)
    except Invalid as no:
        return Result(call=call.id, tool=call.tool, ok=False, summary=no.detail)
    items: list[dict[str, Any]] = []
    match call.tool:
        case "suppliers.find_suppliers":
            items = [{"id": f"sup-{n}", "name": one} for n, one in enumerate(SUPPLIERS)]
            items = closest(args["name"], items) if args["name"] else items
            summary = f"{len(items)} supplier(s)." if items else f"I know no supplier like {args['name']}."
        case "approvals.find_waiting":
            items = waiting(**args)
            summary = f"{len(items)} wait(s)." if items else "Nothing of that waits for approval."
        case _:
            summary = f"{call.tool} has answered."
    return Result(call=call.id, tool=call.tool, ok=True, summary=summary, content={"items": items})
