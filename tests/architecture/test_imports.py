"""The import contracts of pyproject.toml hold (`make lint`), and each of them can fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from finnest.dev.home import REPO

CONTRACTS: list[dict[str, Any]] = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["contracts"]
NAMES = {contract["id"]: contract["name"] for contract in CONTRACTS}
PLANTED: Mapping[str, tuple[str, str]] = {
    "independence": ("services/approvals/domain.py", "import services.gateway.domain"),
    "anatomy": ("services/approvals/domain.py", "import services.approvals.api"),
    "pure": ("services/approvals/domain.py", "import random"),
    "ports": ("services/approvals/main.py", "import finnest.dapr.sidecar"),
    "sdk": ("services/approvals/main.py", "import dapr"),
    "kernel": ("shared/finnest/ids.py", "import services"),
    "layers": ("shared/finnest/ids.py", "import finnest.turn"),
}
"""Contract → where an import is added that breaks it."""


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What lint-imports says about a copy of the source with one offence against each contract."""
    copy = tmp_path_factory.mktemp("copy")
    for folder in ("services", "shared/finnest"):
        shutil.copytree(REPO / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPO / "pyproject.toml", copy)
    for file, line in PLANTED.values():
        path = copy / file
        path.write_text(f"{path.read_text()}\n{line}\n")
    (copy / "shared" / "finnest" / "helpers.py").touch()
    (copy / "services" / "approvals" / "utils.py").touch()
    command = [Path(sys.executable).parent / "lint-imports", "--no-cache", "--no-logo"]
    env = {**os.environ, "PYTHONPATH": f"{copy / 'shared'}:{copy}", "COLUMNS": "1000"}
    answer = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True, check=False)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    return answer.stdout


def test_every_contract_says_what_to_do_instead() -> None:
    assert all(contract["broken_contract_guidance"] for contract in CONTRACTS)


def test_every_contract_has_an_offence_that_breaks_it() -> None:
    assert set(PLANTED) == set(NAMES)


@pytest.mark.parametrize("contract", PLANTED)
def test_an_offence_breaks_the_contract_and_is_shown(contract: str, verdict: str) -> None:
    assert re.search(rf"^{re.escape(NAMES[contract])} BROKEN", verdict, re.MULTILINE)
    file, line = PLANTED[contract]
    module = file.removeprefix("shared/").removesuffix(".py").replace("/", ".")
    assert re.search(rf"{module}\S* -> {line.removeprefix('import ')}", verdict)


@pytest.mark.parametrize("stray", ["services.approvals.utils", "finnest.helpers"])
def test_a_module_without_a_place_is_told(stray: str, verdict: str) -> None:
    assert stray.rpartition(".")[2] in verdict.partition("Broken contracts")[2]
