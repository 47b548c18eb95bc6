"""Before an upgrade, a home is looked at as it is."""

from __future__ import annotations

import json
from typing import Any

from finnest.dev.upgrade import record, stamp
from finnest.testing import eventually
from tests.support.documents import bill
from tests.support.platform import Platform

ONE_PERSON = "2000.00"


async def test_a_home_is_checked_running_and_stopped(own: Platform) -> None:
    await own.start()
    company = own.company()
    id = company.intake.submit(bill(ONE_PERSON).xml())
    await company.vera.until(id, "awaiting_approval")
    await eventually(lambda: record.is_recorded(own.home), 30, "the version was not written down")
    running = looked(own, 1)
    assert {about for about, check in running.items() if check["state"] == "stop"} == {"backup"}
    assert running["workflows of payments"]["says"].endswith("under way: 1 of payments_payment")
    await own.stop()
    assert own.command("backup", str(own.home.root / "kept.tar.gz")).returncode == 0
    assert {check["state"] for check in looked(own, 0).values()} == {"ok"}
    path = record.place(own.home)
    before = stamp.read(path)
    assert before is not None
    stamp.write(path, before.model_copy(update={"workflows": {"payments": "another"}}))
    changed = looked(own, 1)["workflows of payments"]
    assert (changed["state"], changed["about"]) == ("stop", "workflows of payments")


def looked(own: Platform, code: int) -> dict[str, dict[str, Any]]:
    """Return what `finnest upgrade-check` says, by what it is about."""
    answer = own.command("upgrade-check", "--json")
    assert answer.returncode == code, answer.stdout + answer.stderr
    return {check["about"]: check for check in json.loads(answer.stdout)}
