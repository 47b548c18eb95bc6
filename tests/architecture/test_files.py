"""Files that are read in one go, and that know nothing of the machine they were written on."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from tests.architecture.sources import texts

LONGEST = 220
LONG: Mapping[str, tuple[int, str]] = {
    "services/approvals/domain.py": (240, "one rule book: who decides, how many, until when"),
    "services/invoices/judging/workers.py": (240, "one pool: how a worker lives, is fed and dies"),
    "shared/finnest/dapr/consumer.py": (230, "one delivery from bytes to acknowledgement"),
    "shared/finnest/letters.py": (240, "dead letters from command to table"),
    "shared/finnest/ports.py": (230, "every port beside the others"),
    "shared/finnest/serve.py": (270, "the composition root of a process"),
    "shared/finnest/turns.py": (460, "the turn: one algorithm, read as one"),
    "tests/contract/test_judges.py": (270, "stories about one thing"),
    "tests/contract/test_turns.py": (240, "stories about one thing"),
    "tests/simulation/domain.py": (270, "stories about one thing"),
    "tests/simulation/seeds.py": (370, "stories about one thing"),
    "tests/simulation/world.py": (550, "a whole simulated world, one crash model"),
    "tests/support/bad_requests.py": (260, "stories about one thing"),
    "tests/support/platform.py": (230, "stories about one thing"),
    "tests/unit/kernel/test_turns.py": (580, "stories about one thing"),
    "tests/unit/matching/test_matcher.py": (330, "stories about one thing"),
    "tests/unit/matching/test_rules.py": (270, "stories about one thing"),
    "tests/unit/matching/world.py": (300, "stories about one thing"),
    "tests/unit/payments/test_api.py": (290, "stories about one thing"),
    "tests/unit/payments/test_treasurer.py": (410, "stories about one thing"),
    "tests/unit/payments/test_workflows.py": (250, "stories about one thing"),
    "tests/unit/suppliers/test_steward.py": (230, "stories about one thing"),
}
"""File → the lines it may have at most, and why it is not two files. This list only shrinks."""
MACHINE = re.compile(
    r"(?<![\w.}])/(?:root|home/\w+|work|Users/\w+)/(?=[\w.])"
    r"|(?:files\.pythonhosted|pypi|proxy\.golang|sum\.golang|registry\.npmjs|repo1?\.maven(?:\.apache)?)\.\w+"
    r"|--(?:extra-)?index-url[ =]\S"
)
"""Paths of one machine and hosts of registries: both belong into the configuration of whoever runs this."""
EXAMPLES = {"tests/architecture/test_files.py", "tests/e2e/test_bad_input.py"}
"""Files that name such a path because they look for it."""


def test_a_file_is_read_in_one_go() -> None:
    """What `finnest render` writes about rights lists every call that is allowed; nobody reads it in one go."""
    sizes = {name: text.count("\n") for name, text in texts(".py", ".go", ".md", ".yaml", ".sh")}
    written = {name: size for name, size in sizes.items() if not name.endswith("/rights.yaml")}
    long = {name: size for name, size in written.items() if size > LONG.get(name, (LONGEST, ""))[0]}
    assert long == {}, f"more than {LONGEST} lines: make two files of it, or a folder of the same name"


def test_the_list_of_long_files_only_shrinks() -> None:
    sizes = {name: text.count("\n") for name, text in texts(".py")}
    short = [name for name in LONG if sizes.get(name, 0) <= LONGEST]
    assert short == [], "these are short now: remove them from the list"


def test_no_file_knows_a_machine_or_a_registry() -> None:
    found = {name: MACHINE.findall(text) for name, text in texts() if name not in EXAMPLES}
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.parametrize(
    "line",
    [
        "see /work/shared/x",
        "cd /root/.cache",
        "/home/ada/x",
        "https://pypi.org/simple",
        "--index-url https://x",
        "https://files.pythonhosted.org/x",
        "proxy.golang.org",
    ],
)
def test_what_is_looked_for_is_found(line: str) -> None:
    assert MACHINE.search(line)


@pytest.mark.parametrize(
    "line", ["a/work/b", "${HOME}/root/x", "--no-emit-index-url --no-annotate", "../work/x"]
)
def test_what_only_looks_like_it_is_not(line: str) -> None:
    assert not MACHINE.search(line)
