"""How the streams reach their workflows: start one, tell one that something moved."""

from __future__ import annotations

from collections.abc import Mapping

from finnest.ports import Effect, EffectCall, Processes
from finnest.records import Command
from services.payments.domain.process import ProcessStarted, ProcessTold
from services.payments.workflow.bodies import MOVED, PAY_RUN, PAYMENT


def effects(processes: Processes) -> Mapping[str, Effect]:
    """Return the effects of payments by name."""
    payment, pay_run = _Reach(processes, PAYMENT, "p"), _Reach(processes, PAY_RUN, "r")
    return {
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
