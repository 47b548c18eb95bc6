"""Shoots at the system and prints what came of it.

python -m tests.faults                      every kind, seeds 0 to 19, and the flood; the tables go into the README
python -m tests.faults flood                the flood of hostile documents alone
python -m tests.faults KIND FIRST [LAST]    these seeds of one kind again
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.faults import flood
from tests.faults.campaign import HEAD
from tests.faults.shots import KINDS
from tests.faults.table import table
from tests.support.platform import Platform
from tests.support.readme import put


def main() -> None:
    """Read the arguments and shoot; the exit code is 1 when anything was lost, doubled or wrong."""
    folder = Path(tempfile.mkdtemp(prefix="finnest-faults-"))
    match sys.argv[1:]:
        case ["flood"]:
            asyncio.run(_flood(folder))
            return
        case []:
            kinds, seeds = KINDS, range(20)
        case [kind, first, *last] if kind in KINDS:
            kinds, seeds = (kind,), range(int(first), int(last[0] if last else first) + 1)
        case _:
            raise SystemExit(f"{__doc__}\nkinds: {', '.join(KINDS)}")
    reports = asyncio.run(table(folder, kinds, seeds))
    if len(sys.argv) == 1:
        put("faults", "\n".join(["```", HEAD, *(report.row() for report in reports), "```"]))
        asyncio.run(_flood(folder / "flood"))
    sys.exit(1 if any(report.violations for report in reports) else 0)


async def _flood(folder: Path) -> None:
    """Measure what floods of hostile documents leave of good traffic, and write the table."""
    folder.mkdir(parents=True, exist_ok=True)
    platform = Platform.at(folder)
    try:
        await platform.start()
        found = await flood.measure(platform, folder / "secret.txt")
    finally:
        await platform.stop()
    put("flood", "\n".join([flood.HEAD, *(one.row() for one in found)]))


if __name__ == "__main__":
    main()
