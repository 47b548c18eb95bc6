"""A backup brings state, bus, reminders and views back to one moment, and everything goes on from there."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.test_nothing_is_forgotten import live, seen
from tests.support.documents import ONE_PERSON, SMALL, bill
from tests.support.platform import Platform


async def test_after_a_restore_all_is_as_it_was_and_what_waited_goes_on(
    own: Platform, tmp_path: Path
) -> None:
    await own.start()
    company = own.company()
    await live(company)
    held = company.intake.submit(bill(ONE_PERSON).xml())
    await company.vera.until(held, "awaiting_approval")
    before = seen(company.alice)
    file = tmp_path / "kept.tar.gz"

    refused = own.command("backup", str(file))
    assert (refused.returncode, file.exists()) == (1, False)
    assert "Stop it first" in refused.stderr
    await own.stop()
    kept = own.command("backup", str(file), "--json")
    assert kept.returncode == 0, kept.stderr
    assert own.command("backup", str(file), "--check").returncode == 0

    await own.start()
    later = bill(SMALL)
    after = company.intake.submit(later.xml())
    company.bob.decide(await company.bob.asked(held), "reject", "no")
    await company.vera.until(held, "rejected")
    await own.stop()

    assert own.command("restore", str(file)).returncode == 1
    restored = own.command("restore", str(file), "--replace", "--json")
    assert restored.returncode == 0, restored.stderr
    assert json.loads(restored.stdout)["files"] == json.loads(kept.stdout)["files"]

    await own.start()
    assert seen(company.alice) == before
    assert company.vera.get(f"/v1/invoices/{after}").status == 404
    assert company.bob.decide(await company.bob.asked(held)).status == 200
    await company.vera.until(held, "scheduled")
    assert company.intake.submit(later.xml()) == after
    await company.vera.until(after, "scheduled")
