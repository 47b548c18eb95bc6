"""Composition root of payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from finnest.feature import Feature, Kit, Projection, Settings, Workflow
from finnest.turn import Decider
from services.payments.adapters import CalendarDays, Dated, ViewLedger, read_policies
from services.payments.agent.treasurer import Treasurer
from services.payments.api import router
from services.payments.domain.balances import Balances
from services.payments.domain.payee import Payees
from services.payments.domain.payrun import PayRuns
from services.payments.tools import TOOLS
from services.payments.views import PaymentViews
from services.payments.workflow.acts import Acts
from services.payments.workflow.bodies import PAY_RUN, PAYMENT, pay_run_body, payment_body
from services.payments.workflow.effects import effects


def rules(settings: Settings) -> Sequence[Decider[Any]]:
    """Return the feature's deciders, with the policies as they stand now."""
    policies = read_policies(settings.home)
    return [Treasurer(policies), PayRuns(policies), Balances(), Payees()]


def projections() -> Sequence[Projection]:
    """Return what builds the feature's views."""
    return [PaymentViews()]


def build(kit: Kit, deciders: Sequence[Decider[Any]]) -> Feature:
    """Wire the feature."""
    policies = read_policies(kit.settings.home)
    ledger = ViewLedger(kit.views)
    commands = Dated(kit.commands, CalendarDays(kit), policies)
    acts = Acts(commands, kit.streams, kit.blobs, ledger, policies)
    return Feature(
        manifest=kit.manifest,
        deciders=deciders,
        effects=commands.of_effects(effects(kit.processes, commands, kit.streams, ledger)),
        router=router(replace(kit, commands=commands)),
        projections=projections(),
        tools=[commands.of_tool(tool) for tool in TOOLS],
        workflows=[
            Workflow(PAYMENT, payment_body(), acts.of_payment),
            Workflow(PAY_RUN, pay_run_body(), acts.of_pay_run),
        ],
    )
