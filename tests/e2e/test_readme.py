"""The two commands print what the README shows."""

from __future__ import annotations

import re
import subprocess
import sys

from finnest.dev.home import REPO
from tests.support.platform import Platform

WIDTH = "150"
"""Columns of the terminal in which the README's output was made."""


def shown(command: str) -> str:
    """Return what the README shows below a command."""
    block = re.search(rf"```\n\$ {command}\n(.*?)```", (REPO / "README.md").read_text(), re.DOTALL)
    assert block is not None, f"the README does not show {command}"
    return block.group(1).strip()


def as_in_a_clone(text: str, platform: Platform) -> str:
    """Return the output as it would be in a clone of one's own: its home, its port, its seconds."""
    text = text.replace(str(platform.home.root), ".finnest").replace(f":{platform.port}", ":8080")
    return re.sub(r"after \d+\.\d s", "after 1.4 s", text)


async def test_make_run_and_make_demo_print_what_the_readme_shows(own: Platform) -> None:
    await own.start()
    printed = as_in_a_clone(own.output.read_text(), own).partition("\n\n")[2].strip()
    assert printed == re.sub(r"after \d+\.\d s", "after 1.4 s", shown("make run"))

    demo = subprocess.run(
        [sys.executable, "-m", "finnest.cli", "demo"],
        cwd=REPO,
        env={**own.env, "COLUMNS": WIDTH},
        capture_output=True,
        text=True,
        check=True,
        timeout=180,
    )
    table = demo.stdout[demo.stdout.index("┏") :].strip()
    # The README leaves out the middle of the table.
    first, _, last = shown("make demo").partition("\n…\n")
    same = table.startswith(first) and table.endswith(last)
    assert same, f"the README shows another table than this:\n{table}"

    asked = own.command("chat", "--say", "what will we pay on Friday?")
    assert asked.returncode == 0, asked.stderr
    assert "payments.forecast_payments" in asked.stdout
    assert "[rule-based planner, no language model] Up to Friday" in asked.stdout
    held = own.command("chat", "--say", "why is KP-10231-A on hold?")
    assert "is awaiting approval" in held.stdout
    approve = own.command("chat", "--say", "approve everything below $500 from Kookaburra")
    assert "I will approve 1 request" in approve.stdout
    assert "It waits for you" in approve.stdout
    done = own.command("chat", "--yes", "--say", "approve everything below $500 from Kookaburra")
    assert "Approved 1" in done.stdout
    assert own.command("model", "show").stdout.startswith("rules: the offline planner")
    assert "rule-based planner" in own.command("model", "test").stdout
