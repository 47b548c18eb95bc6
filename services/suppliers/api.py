"""The routes of suppliers: add, list, look, change the account, block."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AliasChoices, BaseModel, Field
from starlette.responses import JSONResponse, Response

from finnest.context import Caller
from finnest.errors import Missing
from finnest.feature import Kit
from finnest.paging import page_of
from finnest.records import Command
from finnest.web.caller import RequestName, Who
from finnest.web.paging import After, Limit
from services.suppliers.domain.account import TEXT_CHARS, Account, by_person
from services.suppliers.domain.commands import (
    BlockSupplier,
    ChangeAccount,
    RegisterSupplier,
    UnblockSupplier,
)
from services.suppliers.domain.events import Standing
from services.suppliers.domain.identity import NAME_CHARS, of_name, of_number, supplier_ref
from services.suppliers.domain.supplier import Supplier
from services.suppliers.views import listed, waiting

HELD_SHOWN = 50

_Text = Annotated[str, Field(max_length=TEXT_CHARS)]


class AccountBody(BaseModel):
    """A bank account: BSB and number, or a New Zealand number alone."""

    bsb: _Text = ""
    account: _Text = Field(validation_alias=AliasChoices("account", "account_number"), min_length=1)
    name: _Text = Field(default="", validation_alias=AliasChoices("name", "account_name"))

    def read(self) -> Account:
        """Return the account; raises `Invalid` when it is none."""
        return by_person(self.bsb, self.account, self.name)


class SupplierBody(BaseModel):
    """A supplier as a person knows it: the business number where there is one."""

    name: str = Field(min_length=1, max_length=NAME_CHARS)
    abn: str | None = Field(default=None, max_length=30)
    nzbn: str | None = Field(default=None, max_length=30)
    bank_account: AccountBody | None = None


class BlockBody(BaseModel):
    """Why nothing goes on."""

    reason: str = Field(min_length=1, max_length=300)


def router(kit: Kit) -> APIRouter:
    """Return the feature's routes."""
    routes = APIRouter(tags=["suppliers"])

    async def told(id: str, command: Command, who: Caller, request: str, status: int) -> Response:
        outcome = await kit.commands.send(id, command, who, request=request)
        links = {"self": f"/v1/suppliers/{id}"}
        if outcome is None:
            return JSONResponse({"id": id, "status": "accepted", "links": links}, 202)
        reply = outcome.reply
        content: dict[str, Any] = {"id": id, "status": reply["status"], "links": links}
        if approval := reply.get("approval_id"):
            content |= {"held": True, "approval_id": approval}
            links["approval"] = f"/v1/approvals/{approval}"
            status = 202
        return JSONResponse(content, 201 if reply.get("created") else status)

    @routes.post("/v1/suppliers", status_code=201)
    async def add_supplier(body: SupplierBody, who: Who, request: RequestName) -> Response:
        """Add or vouch for a supplier; a bank account given with it waits for two other people."""
        number = body.abn or body.nzbn
        identity = of_number(number) if number else of_name(body.name)
        account = body.bank_account.read() if body.bank_account else None
        command = RegisterSupplier(identity=identity, name=body.name.strip(), account=account)
        return await told(supplier_ref(identity), command, who, request, 200)

    @routes.get("/v1/suppliers")
    async def list_suppliers(
        who: Who,
        status: Standing | None = None,
        limit: Limit = 50,
        after: After = None,
    ) -> dict[str, Any]:
        """Return suppliers, oldest first."""
        rows = await kit.views.read(listed(who.tenant, status, after, limit + 1))
        return page_of(rows, limit, "opened_at", _row)

    @routes.get("/v1/suppliers/{id}")
    async def get_supplier(id: str, who: Who) -> dict[str, Any]:
        """Return one supplier with its accounts, what waits and its history."""
        state, _ = await kit.streams.state(who.tenant, id)
        if not isinstance(state, Supplier) or not state.standing:
            raise Missing("no-such-supplier", "there is no such supplier")
        _, held = await kit.views.read(waiting(who.tenant, id, "", 0, HELD_SHOWN))
        own = await kit.streams.history(who.tenant, id)
        told_of = [entry for entry in own if "summary" in entry.data and "invoice_id" not in entry.data]
        return {
            **_shown(id, state),
            "held_invoices": [{"id": row["invoice"], "reason": row["reason"]} for row in held],
            "history": [
                {
                    "at": entry.at.isoformat(),
                    "type": entry.type,
                    "by": entry.by,
                    "summary": entry.data["summary"],
                }
                for entry in told_of
            ],
        }

    @routes.put("/v1/suppliers/{id}/bank-account", status_code=202)
    async def change_bank_account(id: str, body: AccountBody, who: Who, request: RequestName) -> Response:
        """Ask for another account; it counts when two people who did not ask have approved."""
        return await told(id, ChangeAccount(account=body.read()), who, request, 200)

    @routes.post("/v1/suppliers/{id}/block")
    async def block_supplier(id: str, body: BlockBody, who: Who, request: RequestName) -> Response:
        """Let nothing of this supplier go on; what is scheduled and in no file yet waits too."""
        return await told(id, BlockSupplier(reason=body.reason), who, request, 200)

    @routes.post("/v1/suppliers/{id}/unblock")
    async def unblock_supplier(id: str, who: Who, request: RequestName) -> Response:
        """Let its invoices and payments go on again; what waited is looked at again."""
        return await told(id, UnblockSupplier(), who, request, 200)

    return routes


def _shown(id: str, state: Supplier) -> dict[str, Any]:
    pending = state.pending
    return {
        "id": id,
        "name": state.name,
        "identity": state.identity,
        "status": state.status,
        "blocked": state.blocked or None,
        "bank_account": state.confirmed.wire_data() if state.confirmed else None,
        "claimed_account": state.claimed.wire_data() if state.claimed else None,
        "pending_account": {**pending.account.wire_data(), "approval_id": pending.approval_id}
        if pending
        else None,
        "links": {"self": f"/v1/suppliers/{id}"},
    }


def _row(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["id"],
        "name": row["name"],
        "identity": row["identity"],
        "status": row["status"],
        "change_pending": row["pending"],
        "links": {"self": f"/v1/suppliers/{row['id']}"},
    }
