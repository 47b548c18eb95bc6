"""A steward on twins, and the commands that tests say to it."""

from __future__ import annotations

from typing import Any

from finnest.asking import action_hash
from finnest.ports import EffectCall
from finnest.records import Command
from finnest.testing.stage import Stage
from services.suppliers.agent.steward import Gatherer, Steward
from services.suppliers.domain.account import Account
from services.suppliers.domain.commands import ReviewHeld, SettleChange, VetInvoice
from services.suppliers.domain.events import AccountApprovalRequested, InvoiceHeld, InvoiceVetted
from services.suppliers.domain.identity import supplier_ref
from services.suppliers.ports import HeldPage, Waiting

ABN = "51824753556"
IDENTITY = f"0151:{ABN}"
SUP = supplier_ref(IDENTITY)
OLD = Account(bsb="062-914", account="10482217", name="Kookaburra")
NEW = Account(bsb="082-401", account="55730921", name="Kookaburra")


class StreamWaiting(Waiting):
    """Reads what waits out of the stream itself."""

    def __init__(self) -> None:
        self.desk: Desk | None = None

    async def held(self, tenant: str, supplier: str, after: str, limit: int) -> HeldPage:
        assert self.desk is not None
        waiting: dict[str, tuple[int, dict[str, Any]]] = {}
        for number, event in enumerate(await self.desk.events(supplier), 1):
            if isinstance(event, InvoiceHeld):
                first, _ = waiting.get(event.invoice_id, (number, {}))
                waiting[event.invoice_id] = (first, event.wire_data())
            elif isinstance(event, InvoiceVetted):
                waiting.pop(event.invoice_id, None)
        rows = [row for row in sorted(waiting.values(), key=lambda r: r[0]) if row[0] > int(after or 0)]
        page, more = rows[:limit], len(rows) > limit
        return HeldPage(tuple(data for _, data in page), str(page[-1][0]) if more else "")


class Desk(Stage):
    """The steward's stage."""

    def __init__(self) -> None:
        waiting = StreamWaiting()
        gatherer = Gatherer(waiting)

        async def gather(call: EffectCall) -> Command:
            found = await gatherer.gather(call)
            assert isinstance(found, ReviewHeld)
            return found

        super().__init__("suppliers", [Steward()], {"gather_held": gather})
        waiting.desk = self

    async def vet(self, invoice: str, account: Account | None = OLD, **more: Any) -> str:
        """Have an invoice vetted; return `vetted` or `held`."""
        command = VetInvoice.model_validate({**data(invoice, account), **more})
        thing = command.address()
        return (await self.say(thing, command)).reply["status"]

    async def answer(self, verdict: str, *people: str, thing: str = SUP) -> None:
        """Answer the newest request, and see through what follows."""
        asked = [e for e in await self.events(thing) if isinstance(e, AccountApprovalRequested)][-1]
        assert asked.ask.args_hash == action_hash(asked.ask.action, asked.ask.args, asked.ask.policy)
        settle = SettleChange.model_validate(
            {
                "feature": "suppliers",
                "thing": thing,
                "approval_id": "apr-1",
                "args_hash": asked.ask.args_hash,
                "verdict": verdict,
                "people": people,
            }
        )
        await self.say(thing, settle)
        await self.perform(thing)

    async def told(self, thing: str = SUP) -> list[tuple[str, str]]:
        """Return what was said about invoices, oldest first."""
        said = [e for e in await self.events(thing) if isinstance(e, (InvoiceVetted, InvoiceHeld))]
        return [(e.wire.split(".")[1], e.invoice_id) for e in said]


def data(invoice: str, account: Account | None = OLD) -> dict[str, Any]:
    """Return what `invoices.validated.v1` says of an invoice."""
    payment = {"code": "30", **account.wire_data()} if account else None
    return {
        "source": invoice,
        "invoice_id": invoice,
        "number": f"N-{invoice}",
        "supplier": "Kookaburra Paper",
        "supplier_id": f"0151:{ABN}",
        "kind": "invoice",
        "currency": "AUD",
        "payable_cents": 44000,
        "payment": payment,
        "submitted_by": "ada",
        "intake": False,
        "a_field_of_tomorrow": {"x": 1},
    }
