"""The two processes of payments. The bodies only arrange; the acts send commands, each with a key.

Nothing is true because a workflow thinks so: each act answers with what the stream says, so a workflow
that is started anew, or twice, finds what is done and goes on from there.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from finnest.processes import Arranger, Steps, act
from services.payments.domain.payment import OPEN

PAYMENT = "payments_payment"
PAY_RUN = "payments_pay_run"
MOVED = "moved"
"""Raised when somebody else has changed the payment."""
BATCH = 50

Body = Callable[[Arranger, str], Steps]


def payment_body() -> Body:
    """Return the body of a payment's workflow: judge, wait for people, schedule, wait for the bank."""

    def payment(ctx: Arranger, argument: str) -> Steps:
        given = json.loads(argument)
        now = yield from act(ctx, "payments_judge", given)
        while now["status"] in OPEN:
            match now["status"]:
                case "proposed":
                    now = yield from act(ctx, "payments_judge", given)
                case "approved":
                    now = yield from act(ctx, "payments_schedule", given)
                case _:
                    yield ctx.wait_for_external_event(MOVED)
                    now = yield from act(ctx, "payments_look", given)
        return json.dumps(now)

    return payment


def pay_run_body() -> Body:
    """Return the body of a pay run's workflow: gather, include in batches, write the file."""

    def pay_run(ctx: Arranger, argument: str) -> Steps:
        given = json.loads(argument)
        gathered = yield from act(ctx, "payments_gather", given)
        batches: list[str] = []
        for first in range(0, gathered["count"], BATCH):
            batch = {**given, "candidates": gathered["candidates"], "first": first}
            included = yield from act(ctx, "payments_include", batch)
            batches.append(included["entries"])
        if gathered["status"] == "opened":
            gathered = yield from act(ctx, "payments_file", {**given, "batches": batches})
        return json.dumps({"status": gathered["status"]})

    return pay_run
