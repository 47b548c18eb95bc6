"""The service leaves out what stylesheets only note; what they find is the same, to the letter."""

from __future__ import annotations

import json
import subprocess
import sys

from finnest.dev.home import REPO
from tests.contract.test_official_documents import DATA

FOLDERS = [str(folder) for folder in (REPO / "tests" / "data" / "demo", DATA) if folder.is_dir()]


def said(how: str) -> list[str]:
    """Return what the rules say of every document; each engine has a process of its own."""
    command = [sys.executable, "-m", "tests.contract.rules_said", how, *FOLDERS]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, timeout=300, check=True)
    return done.stdout.splitlines()


def test_the_rules_find_the_same_with_and_without_their_notes() -> None:
    service, official = said("service"), said("official")
    assert service == official
    found = [len(json.loads(line)[2]) for line in service]
    print(f"{len(found)} documents, {sum(found)} findings")
    assert len(found) >= 30
