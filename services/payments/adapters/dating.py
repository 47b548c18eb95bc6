"""Gives every command that asks for business days what calendar says of them, before it is sent.

So a turn decides from its command alone, and the same message decides the same again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from finnest.agents.tools import Tool, ToolContext, ToolResult
from finnest.context import Caller
from finnest.ports import Commands, Effect, EffectCall
from finnest.records import Command
from finnest.turn import Outcome
from services.payments.domain.days import DatedCommand
from services.payments.domain.policy import Policies
from services.payments.ports import BusinessDays


class Dated(Commands):
    """Sends through another port."""

    def __init__(self, commands: Commands, days: BusinessDays, policies: Policies) -> None:
        self._commands = commands
        self._days = days
        self._policies = policies

    async def send(
        self, thing: str, command: Command, caller: Caller, *, request: str, wait_s: float = 2.0
    ) -> Outcome | None:
        dated = await self.dated(caller.tenant, command)
        return await self._commands.send(thing, dated, caller, request=request, wait_s=wait_s)

    async def dated(self, tenant: str, command: Command) -> Command:
        """Return the command with what is known of the tenant's calendar; never raises."""
        if not isinstance(command, DatedCommand) or command.closed is not None:
            return command
        closed = await self._days.closed(tenant, self._policies.of(tenant).calendar)
        return command.model_copy(update={"closed": closed})

    def of_effects(self, effects: Mapping[str, Effect]) -> Mapping[str, Effect]:
        """Return effects whose results are dated."""
        return {name: self._of_effect(effect) for name, effect in effects.items()}

    def of_tool(self, tool: Tool) -> Tool:
        """Return a tool that sends what is dated."""

        async def work(ctx: ToolContext, **arguments: object) -> ToolResult:
            return await tool.work(replace(ctx, kit=replace(ctx.kit, commands=self)), **arguments)

        return replace(tool, work=work)

    def _of_effect(self, effect: Effect) -> Effect:
        async def performed(call: EffectCall) -> Command:
            return await self.dated(call.tenant, await effect(call))

        return performed
