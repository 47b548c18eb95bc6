"""`make dojo`: plays AgentDojo against the platform, prints the table, and writes it into the READMEs (`--write`).

It ends with 1 when a figure is not what it must be.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from finnest.views import Views
from tests.dojo import suites
from tests.dojo.score import play
from tests.dojo.table import faults, summary, table
from tests.support.environment import made, packages
from tests.support.readme import put

HERE = Path(__file__).parent


def main(write: bool) -> int:
    """Play everything; takes about two minutes."""
    sys.path.append(packages(made("dojo", HERE / "requirements.lock")))
    with tempfile.TemporaryDirectory(prefix="finnest-dojo-") as folder:
        views = Views.at(Path(folder) / "views.db")
        try:
            named = dict(sorted(suites.load().items()))
            scores = asyncio.run(play(views, named))
        finally:
            views.close()
    text = table(scores)
    print(text)
    for fault in (wrong := faults(scores)):
        print(f"✗ {fault}")
    if write and not wrong:
        put("dojo", text, HERE / "README.md")
        put("dojo", summary(scores))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main("--write" in sys.argv))
