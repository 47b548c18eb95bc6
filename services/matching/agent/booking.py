"""The effects that tell orders what a match asks for, how their lines are laid, and who is woken."""

from __future__ import annotations

from collections.abc import Mapping

from finnest.errors import Rejected
from finnest.ports import Effect, EffectCall
from finnest.records import Command
from services.matching.agent.archive import Archive, Bookings, Layout, Teller
from services.matching.domain.delivery import LookAgain
from services.matching.domain.match_messages import QuantitiesAsked, QuantitiesConfirmed, QuantitiesReturned
from services.matching.domain.matching import Result
from services.matching.domain.order import part_of
from services.matching.domain.order_messages import (
    ConfirmQuantities,
    LayPart,
    PartsLaid,
    ReleaseQuantities,
    ReserveQuantities,
    Roused,
)
from services.matching.domain.policy import Policies

LOOKS = 8
UNPLACED_SHOWN = 3


class Booker:
    """Performs them. Every command has the effect's key: said twice, it is taken once."""

    def __init__(self, archive: Archive, teller: Teller, policies: Policies) -> None:
        self._archive = archive
        self._teller = teller
        self._policies = policies

    @property
    def effects(self) -> Mapping[str, Effect]:
        """The effects by name."""
        return {
            "reserve": self.reserve,
            "confirm": self.confirm,
            "release": self.release,
            "lay": self.lay,
            "rouse": self.rouse,
        }

    async def reserve(self, call: EffectCall) -> Command:
        """Ask every stream, always in the same order, so that two invoices never wait for each other."""
        asked = await self._asked(call)
        final = len(asked.streams) == 1
        for stream in sorted(asked.streams):
            command = ReserveQuantities(match=call.thing, lines=asked.streams[stream], final=final)
            outcome = await self._teller.tell(call.tenant, stream, command, f"{call.key}/{stream}")
            if not outcome.reply.get("granted"):
                return QuantitiesAsked(granted=False)
        return QuantitiesAsked(granted=True)

    async def confirm(self, call: EffectCall) -> Command:
        """Have every stream count what is reserved."""
        asked = await self._asked(call)
        for stream in [name for name in asked.parts_first if name in asked.streams]:
            command = ConfirmQuantities(match=call.thing)
            await self._teller.tell(call.tenant, stream, command, f"{call.key}/{stream}")
        return QuantitiesConfirmed()

    async def release(self, call: EffectCall) -> Command:
        """Have every stream forget what is reserved."""
        for stream in (await self._asked(call)).parts_first:
            command = ReleaseQuantities(match=call.thing)
            await self._teller.tell(call.tenant, stream, command, f"{call.key}/{stream}")
        return QuantitiesReturned()

    async def lay(self, call: EffectCall) -> Command:
        """Tell every part of an order its lines."""
        revision: int = call.args["revision"]
        layout = await self._archive.read(call.tenant, Layout, call.args["paper"])
        policy = self._policies.of(call.tenant)
        for part in range(1, call.args["parts"]):
            lines = layout.lines(part, policy)
            command = LayPart(order=call.thing, revision=revision, lines=lines)
            stream = part_of(call.thing, part)
            await self._teller.tell(call.tenant, stream, command, f"{call.key}/{stream}")
        return PartsLaid(revision=revision)

    async def rouse(self, call: EffectCall) -> Command:
        """Tell those who wait to look again."""
        for thing in call.args["things"]:
            try:
                command = LookAgain(order=call.thing)
                await self._teller.say(call.tenant, thing, command, f"{call.key}/{thing}")
            except Rejected:
                continue
        return Roused()

    async def _asked(self, call: EffectCall) -> Bookings:
        """Return what a match asks for, as it was committed."""
        result = await self._archive.read(call.tenant, Result, call.args["report"])
        return Bookings(streams=result.booking)
