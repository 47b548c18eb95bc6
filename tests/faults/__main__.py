"""Shoots at the system and prints what came of it.

python -m tests.faults                      every kind, seeds 0 to 19; the table goes into the README
python -m tests.faults KIND FIRST [LAST]    these seeds of one kind again
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.faults.campaign import HEAD
from tests.faults.shots import KINDS
from tests.faults.table import table
from tests.support.readme import put


def main() -> None:
    """Read the arguments and shoot; the exit code is 1 when anything was lost, doubled or wrong."""
    match sys.argv[1:]:
        case []:
            kinds, seeds = KINDS, range(20)
        case [kind, first, *last] if kind in KINDS:
            kinds, seeds = (kind,), range(int(first), int(last[0] if last else first) + 1)
        case _:
            raise SystemExit(f"{__doc__}\nkinds: {', '.join(KINDS)}")
    folder = Path(tempfile.mkdtemp(prefix="finnest-faults-"))
    reports = asyncio.run(table(folder, kinds, seeds))
    if len(sys.argv) == 1:
        put("faults", "\n".join(["```", HEAD, *(report.row() for report in reports), "```"]))
    sys.exit(1 if any(report.violations for report in reports) else 0)


if __name__ == "__main__":
    main()
