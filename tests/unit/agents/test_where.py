"""An agent means days and amounts as its tenant does."""

from __future__ import annotations

from datetime import UTC, date, datetime

from finnest.tenants import Tenant, Tenants, shipped_tenants
from finnest.views import Views
from tests.unit.agents.desk import Scripted, World, says

LATE = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
"""Already the second of June in Auckland, still the first in Sydney."""
KEA = Tenant(time_zone="Pacific/Auckland", place="NZ", currency="NZD")


async def asked(views: Views, tenants: Tenants) -> tuple[date, str]:
    """Return the day and the words that the model of tenant `kestrel` is given."""
    model = Scripted(says("Hello."))
    world = World(model, views, tenants=tenants)
    world.stage.clock.advance((LATE - world.stage.clock.now()).total_seconds())
    await world.ask("desk-1", "which day is it?")
    return model.prompts[0].today, model.prompts[0].system


async def test_today_and_amounts_are_meant_where_the_tenant_is(views: Views) -> None:
    day, words = await asked(views, Tenants(shipped_tenants().of("any"), {"kestrel": KEA}))
    assert day == date(2026, 6, 2)
    assert "The company is in NZ; amounts without a currency are NZD." in words


async def test_a_tenant_of_which_nothing_is_said_is_where_the_shipped_one_is(views: Views) -> None:
    day, words = await asked(views, shipped_tenants())
    assert day == date(2026, 6, 1)
    assert "The company is in AU-NSW; amounts without a currency are AUD." in words
