"""Handing a piece of work to another feature's agent: the effects of who asks, the routes of who is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict
from starlette.responses import JSONResponse, Response

from finnest.agents import messages as m
from finnest.agents.calling import as_user, user_of
from finnest.agents.grants import check, grant
from finnest.agents.guard import ASK, Guard
from finnest.agents.nested import piece
from finnest.agents.runs import Runs
from finnest.agents.state import Run
from finnest.agents.wires import Wires
from finnest.context import GRANT_HEADER, Caller
from finnest.errors import Denied, Invalid, Later, from_status
from finnest.feature import Kit
from finnest.ids import kind_of
from finnest.ports import Answer, Effect, EffectCall
from finnest.records import Command
from finnest.web.caller import Who

ASKED, DROPPED = "/agent/asked", "/agent/dropped"
ASK_S = 10.0


class AskedBody(BaseModel):
    """A piece of work for the feature's agent, with the id of the run that does it."""

    model_config = ConfigDict(extra="forbid")

    run: str
    text: str
    parent: m.Parent
    limits: m.Limits


class DroppedBody(BaseModel):
    """The run whose answer nobody wants any more; it may be one that has not begun."""

    run: str


def handing_effects(kit: Kit, wires: Wires) -> Mapping[str, Effect]:
    """Return the effects by which runs ask other features' agents."""
    made = _Handing(kit, wires)
    return {"agent_hand": made.hand, "agent_drop": made.drop}


class _Handing:
    """Begins and stops runs below, each under a derived id: a repeat is the same request."""

    def __init__(self, kit: Kit, wires: Wires) -> None:
        self._kit = kit
        self._wires = wires

    async def hand(self, call: EffectCall) -> Command:
        run: Run = call.state
        child, args = str(call.args["run"]), call.args
        wanted = piece(call.thing, run, child)
        if wanted is None:
            return self._wires.make(m.Taken, run=child)
        parent = m.Parent(run=call.thing, agents=run.agents, thread=run.payer)
        text = str(wanted.args.get("text", ""))
        body = {"run": child, "text": text, "parent": parent.wire_data(), "limits": args["limits"]}
        user = user_of(call, run)
        token = grant(self._kit, user, wanted.tool, body, decided=args["decided"], tainted=args["tainted"])
        answer = await self._post(user, child, ASKED, body, {GRANT_HEADER: token})
        return self._wires.make(m.Taken, run=child, trouble=_trouble(answer))

    async def drop(self, call: EffectCall) -> Command:
        run: Run = call.state
        child = str(call.args["run"])
        answer = await self._post(user_of(call, run), child, DROPPED, {"run": child}, {})
        return self._wires.make(m.Taken, run=child, trouble=_trouble(answer))

    async def _post(
        self, user: Caller, child: str, path: str, body: dict[str, Any], headers: Mapping[str, str]
    ) -> Answer:
        return await self._kit.peers.call(
            kind_of(child),
            "POST",
            path,
            body=json.dumps(body).encode(),
            headers={**as_user(self._kit, user, f"{child}{path}"), **headers},
            timeout_s=ASK_S,
        )


def _trouble(answer: Answer) -> str:
    """Return why the other side refused, or nothing; raises `Later` when it did not say."""
    if answer.status in (200, 202):
        return ""
    try:
        detail = str(json.loads(answer.body).get("detail") or "")
    except ValueError:
        detail = ""
    error = from_status(answer.status, detail or f"it answered {answer.status}")
    if isinstance(error, Later):
        raise error
    return error.detail


def piece_router(kit: Kit, runs: Runs, guard: Guard) -> APIRouter:
    """Return the routes by which other features' agents ask this one's; no person reaches them."""
    router = APIRouter()
    feature = kit.manifest.name

    @router.post(ASKED, status_code=202)
    async def begin_piece(body: AskedBody, who: Who, raw: Request) -> Response:
        """Begin a run for another agent's run; the same id again is the same run."""
        _of_agent(who, body.run, feature)
        token = raw.headers.get(GRANT_HEADER, "")
        tainted = check(kit, guard, who, ASK, "read", await raw.json(), token).tainted
        if len(body.parent.agents) >= body.limits.depth:
            raise Invalid("too-deep", f"{len(body.parent.agents)} agents stand in a row already")
        command = runs.wires.make(
            m.AskAgent,
            text=body.text,
            thread="",
            roles=who.roles,
            limits=body.limits,
            parent=body.parent,
            tainted=tainted,
        )
        await kit.commands.send(body.run, command, who, request=body.run)
        return JSONResponse({"run": body.run}, 202)

    @router.post(DROPPED, status_code=202)
    async def drop_piece(body: DroppedBody, who: Who) -> Response:
        """Stop a run that another agent's run asked for, now or before it begins."""
        _of_agent(who, body.run, feature)
        await kit.commands.send(body.run, runs.wires.make(m.DropRun), who, request=body.run)
        return JSONResponse({"run": body.run}, 202)

    return router


def _of_agent(who: Caller, run: str, feature: str) -> None:
    if not who.agent:
        raise Denied("agents-only", "people ask an agent by its messages")
    if kind_of(run) != feature:
        raise Invalid("bad-run", "a run is named by its feature")
