"""What requests carry, bounded; who may send them; how a command is answered."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Missing
from finnest.ports import Commands
from finnest.records import Command
from services.payments.domain.payer import Format

READERS = ("viewer", "clerk", "approver", "treasurer", "admin")
PAYERS = ("treasurer", "admin")

Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


def _written(day: object) -> object:
    # pydantic would also take a number of seconds, or a day with a time.
    if not isinstance(day, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", day):
        raise ValueError("a day is written YYYY-MM-DD")
    return day


Day = Annotated[date, BeforeValidator(_written)]


class ReasonBody(BaseModel):
    """Why."""

    reason: Reason = "no reason given"


class StopBody(BaseModel):
    """Why; the bank will ask."""

    reason: Reason


class ElsewhereBody(BaseModel):
    """How it was paid, and by which reference that is found."""

    reason: Reason
    reference: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=140)]


class RescheduleBody(BaseModel):
    """The day that is wanted instead."""

    pay_on: Day


class PayRunBody(BaseModel):
    """What a run pays at most, and in which of the banks' formats; without one, in the first its bank takes."""

    pay_on: Day
    format: Format | None = None
    cash_limit_cents: Annotated[int | None, Field(strict=True, ge=0, le=10**15)] = None


def known(thing: str, kind: str) -> str:
    """Return the id when it is one of ours; raises `Missing` otherwise."""
    if not re.fullmatch(rf"{kind}-[a-z2-7]{{26}}", thing):
        raise Missing(f"no-such-{_NAMES[kind]}", f"there is no such {_NAMES[kind].replace('-', ' ')}")
    return thing


async def answered(
    commands: Commands, thing: str, command: Command, who: Caller, request: str, path: str, about: str = ""
) -> Response:
    """Send the command; answer with the final status, or 202 when it takes longer.

    The answer is about the thing, unless another one is named.
    """
    outcome = await commands.send(thing, command, who, request=request)
    links = {"self": path}
    if outcome is None:
        return JSONResponse({"id": about or thing, "status": "accepted", "links": links}, 202)
    body: dict[str, Any] = {"id": about or thing, **outcome.reply, "links": links}
    return JSONResponse(body)


_NAMES = {"pay": "payment", "run": "pay-run"}
