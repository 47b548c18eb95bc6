"""The demo: every document becomes what the table says, the first time and again."""

from __future__ import annotations

import json

from tests.data.make_documents import demo_files
from tests.support.platform import Platform


async def test_the_demo_ends_as_its_table_says_and_again(platform: Platform) -> None:
    for _ in range(2):
        done = platform.command("demo", "--json", timeout_s=180)
        rows = json.loads(done.stdout)
        wrong = [row for row in rows if row["status"] != row["expected"]]
        assert (wrong, done.returncode) == ([], 0)
        assert len(rows) == len(demo_files())
