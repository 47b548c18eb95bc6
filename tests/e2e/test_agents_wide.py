"""The assistant is asked about many things at once: all are looked at, a few at a time, whatever dies meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from finnest.agents.messages import Limits
from finnest.testing import eventually
from tests.data.ubl_parties import abn
from tests.support.person import Person
from tests.support.platform import Company, Platform
from tests.support.talking import answered_though_it_dies, ask

FIRST = ("Amber", "Banksia", "Coral", "Dingo", "Emu", "Fern")
SECOND = ("Bakery", "Joinery", "Plumbing", "Quarry", "Textiles")
MANY = len(FIRST) * len(SECOND)


def name(number: int) -> str:
    return f"{FIRST[number % len(FIRST)]} {SECOND[number // len(FIRST)]}"


async def known(company: Company) -> list[str]:
    """Let the company know many suppliers; return their names."""
    for number in range(MANY):
        answer = company.alice.post("/v1/suppliers", {"name": name(number), "abn": abn(100_000_000 + number)})
        assert answer.status in (200, 201, 202), answer.content

    def listed() -> bool:
        items = company.vera.get("/v1/suppliers?limit=100").content["items"]
        return len(items) == MANY

    await eventually(listed, 30, "the suppliers are not listed")
    return [name(number) for number in range(MANY)]


def rounds(run: dict[str, Any]) -> list[int]:
    """Return how many results came at once, of the list that was gone through."""
    return [
        count
        for step in run["steps"]
        if step["type"] == "done"
        and (count := sum("#" in result["call"] for result in step["data"]["results"]))
    ]


def all_are_told(run: dict[str, Any]) -> None:
    assert run["status"] == "finished", run
    assert [name(number) for number in range(MANY) if name(number) not in run["answer"]] == []
    assert sum(rounds(run)) == MANY
    assert max(rounds(run)) <= Limits().reads


def asked(person: Person, run: str) -> dict[str, Any]:
    return person.get(f"/v1/runs/{run}").content


async def test_thirty_suppliers_are_checked_a_few_at_a_time(company: Company) -> None:
    names = await known(company)
    run = ask(company.vera, f"check these suppliers: {', '.join(names)}", wait=60)
    all_are_told(run)
    [planned] = [step["data"] for step in run["steps"] if step["type"] == "planned"]
    assert (planned["width"]["items"], planned["choice"]["how"]) == (MANY, "parallel")
    assert planned["choice"]["workers"] == Limits().reads
    all_are_told(ask(company.vera, "check all suppliers", wait=60))


@pytest.mark.parametrize("death", ["before-effect:4", "after-effect:4", "after-effect:6", "after-save:1"])
async def test_nothing_of_the_list_is_lost_though_the_app_dies_on_the_way(own: Platform, death: str) -> None:
    await own.start()
    company = own.company()
    await known(company)
    run = await answered_though_it_dies(own, company.vera, "check every supplier", death)
    all_are_told(asked(company.vera, run))
