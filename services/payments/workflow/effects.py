"""How the streams reach others: their workflow, and the balance of the supplier's credit notes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from finnest.context import Caller
from finnest.errors import Rejected, Unavailable
from finnest.ports import Commands, Effect, EffectCall, Processes, Streams
from finnest.records import Command
from services.payments.agent.asking import NAME
from services.payments.agent.holding import SEE
from services.payments.domain.balances import DROP
from services.payments.domain.commands import CreditDropped, CreditRefused, CreditSettled
from services.payments.domain.credit_messages import AddCredit, ReleaseCredit, UseCredit
from services.payments.domain.payee import TELL
from services.payments.domain.payee_messages import PayeeSeen, PaymentsTold, payee_id
from services.payments.domain.process import ProcessStarted, ProcessTold
from services.payments.ports import Ledger
from services.payments.workflow.bodies import MOVED, PAY_RUN, PAYMENT

PAGE = 50
AT_ONCE = 8


def effects(
    processes: Processes, commands: Commands, streams: Streams, ledger: Ledger
) -> Mapping[str, Effect]:
    """Return the effects of payments by name."""
    payment, pay_run = _Reach(processes, PAYMENT, "p"), _Reach(processes, PAY_RUN, "r")
    balance, payees = _Balances(commands), _Payees(commands, streams, ledger)
    return {
        SEE: payees.see,
        TELL: payees.tell,
        "add_credit": balance.add,
        DROP: balance.drop,
        "settle_credit": balance.settle,
        "start_payment": payment.start,
        "tell_payment": payment.tell,
        "start_pay_run": pay_run.start,
        "tell_pay_run": pay_run.tell,
    }


class _Reach:
    """Reaches the workflow of a stream; both acts may be repeated."""

    def __init__(self, processes: Processes, workflow: str, letter: str) -> None:
        self._processes = processes
        self._workflow = workflow
        self._letter = letter

    async def start(self, call: EffectCall) -> Command:
        instance = self._instance(call)
        argument = {"tenant": call.tenant, "thing": call.thing, "instance": instance}
        await self._processes.start(self._workflow, instance, argument)
        return ProcessStarted()

    async def tell(self, call: EffectCall) -> Command:
        found = await self._processes.tell(self._workflow, self._instance(call), MOVED, {})
        return ProcessTold(generation=int(call.args["generation"]), found=found)

    def _instance(self, call: EffectCall) -> str:
        """Return the instance's id; an underscore is in no tenant and in no thing."""
        return f"{call.tenant}_{call.thing}-{self._letter}{call.args['generation']}"


class _Balances:
    """Tells a supplier's balance what became of a credit note, and back; repeats are the same message."""

    def __init__(self, commands: Commands) -> None:
        self._commands = commands

    async def add(self, call: EffectCall) -> Command:
        given = {name: value for name, value in call.args.items() if name != "balance"}
        command = AddCredit(**given, credit_id=call.thing)
        try:
            await _send(self._commands, call, call.args["balance"], command, f"{call.thing}/add")
        except Rejected as refusal:
            return CreditRefused(reason=refusal.detail or refusal.slug)
        return CreditSettled()

    async def settle(self, call: EffectCall) -> Command:
        kind = UseCredit if call.args["used"] else ReleaseCredit
        command = kind(payment_id=call.thing, run_id=call.args["run_id"])
        request = f"{call.thing}/{call.args['run_id']}/settle"
        await _send(self._commands, call, call.args["balance"], command, request)
        return CreditSettled()

    async def drop(self, call: EffectCall) -> Command:
        command = CreditDropped(by=call.args["by"], reason=call.args["reason"])
        await _send(self._commands, call, call.args["credit_id"], command, call.key)
        return CreditSettled()


class _Payees:
    """Carries the news of a supplier's account to its payments; repeats are the same messages."""

    def __init__(self, commands: Commands, streams: Streams, ledger: Ledger) -> None:
        self._commands = commands
        self._streams = streams
        self._ledger = ledger

    async def see(self, call: EffectCall) -> Command:
        payee, _ = await self._streams.state(call.tenant, payee_id(call.args["supplier_ref"]))
        return payee.seen()

    async def tell(self, call: EffectCall) -> Command:
        supplier, after = call.args["supplier_ref"], call.args["after"]
        news = PayeeSeen.model_validate(call.args["seen"])
        page = await self._ledger.of_supplier(call.tenant, supplier, after, PAGE)
        slots = asyncio.Semaphore(AT_ONCE)

        async def tell(payment: str) -> None:
            async with slots:
                await _send(self._commands, call, payment, news, f"{call.key}/{payment}")

        await asyncio.gather(*(tell(payment) for payment in page))
        return PaymentsTold(after=page[-1] if len(page) == PAGE else "")


async def _send(commands: Commands, call: EffectCall, thing: str, command: Command, request: str) -> None:
    caller = Caller(tenant=call.tenant, user=f"agent:{NAME}")
    if await commands.send(thing, command, caller, request=request) is None:
        raise Unavailable("slow", "the outcome is not known yet")
