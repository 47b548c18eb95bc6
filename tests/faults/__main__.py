"""Runs chosen seeds again: `python -m tests.faults KIND FIRST_SEED [LAST_SEED]`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from tests.faults.shots import KINDS
from tests.faults.test_kills import shoot


def main() -> None:
    """Read the arguments and shoot."""
    if len(sys.argv) < 3 or sys.argv[1] not in KINDS:
        raise SystemExit(f"{__doc__}\nkinds: {', '.join(KINDS)}")
    first = int(sys.argv[2])
    last = int(sys.argv[3]) if len(sys.argv) > 3 else first
    folder = Path(tempfile.mkdtemp(prefix="finnest-faults-"))
    asyncio.run(shoot(folder, sys.argv[1], range(first, last + 1)))


if __name__ == "__main__":
    main()
