"""Makes the folder of a new feature: a small one that works, to be changed into what it is for.

The files under `templates/` are the feature; `$name` and the like are filled in.
"""

from __future__ import annotations

import json
import keyword
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from finnest.dev.errors import SetupError
from finnest.manifest import Manifest

TEMPLATES = Path(__file__).parent / "templates"
SUMMARY = "Keeps notes; say here what it is for."
LONGEST_SUMMARY = 90
PREFERRED = "invoices.validated.v1"
"""The event that the new feature listens to, where there is one."""
RESERVED = frozenset(
    {"all", "app", "bus", "dead", "finnest", "kernel", "platform", "secrets", "sidecar", "test", "tests"}
    | {"agents", "audit", "features", "models", "runs", "tools"}
)
"""Names that mean something else in keys, processes or paths."""
TAKEN_ROLES = frozenset({"command", "decider", "event", "invalid", "message", "note", "record", "turn"})
"""Roles whose class would hide one that the rules need."""

_WORD = re.compile(r"[a-z][a-z0-9]{1,23}")


@dataclass(frozen=True)
class Plan:
    """A feature that may be made."""

    name: str
    agent: str | None
    summary: str
    hears: str | None
    """The event of another feature that it listens to."""

    @property
    def values(self) -> dict[str, str]:
        """What the templates are filled with."""
        rules = self.agent.capitalize() if self.agent else "Rules"
        module = "agent" if self.agent else "domain"
        tested = (
            [f"agent: {rules}", "domain: KeepNote, NoteKept"]
            if self.agent
            else [f"domain: KeepNote, NoteKept, {rules}"]
        )
        consumes = f"  - {{event: {self.hears}, mode: react, take: {self.name}.keep.v1}}\n"
        return {
            "name": self.name,
            "title": self.name.capitalize(),
            "summary": self.summary,
            "summary_yaml": json.dumps(self.summary, ensure_ascii=False),
            "rules": rules,
            "main_imports": self._imports(
                "api: router", f"{module}: {rules}", "tools: TOOLS", "views: NoteViews"
            ),
            "test_imports": self._imports(*tested),
            "agent": f"{self.agent} (`agent.py`)" if self.agent else "none; plain rules decide",
            "agent_line": f"agent: {self.agent}\n" if self.agent else "",
            "hears": f"`{self.hears}`" if self.hears else "nothing",
            "consumes": f"consumes:\n{consumes}" if self.hears else "",
        }

    def _imports(self, *wanted: str) -> str:
        """Return import lines in the order of their modules, from `module: names`."""
        pairs = sorted(line.split(": ") for line in wanted)
        return "\n".join(f"from services.{self.name}.{module} import {names}" for module, names in pairs)


def plan(name: str, agent: str | None, summary: str, others: Sequence[Manifest]) -> Plan:
    """Return what will be made beside the other features.

    Raises:
        SetupError: Name, agent or summary cannot be used.
    """
    _check_name(name, others)
    if agent is not None and (not _fits(agent) or agent in TAKEN_ROLES):
        raise SetupError(
            f"{agent!r} cannot be the role of an agent.", "Take one lower-case word, such as `steward`."
        )
    if not 0 < len(summary) <= LONGEST_SUMMARY or not summary.isprintable() or set('"\\') & set(summary):
        raise SetupError(
            "The summary does not fit into a manifest.",
            f"Give one sentence of at most {LONGEST_SUMMARY} characters without double quotes and backslashes.",
        )
    published = [wire for other in others for wire in other.publishes]
    hears = PREFERRED if PREFERRED in published else next(iter(published), None)
    return Plan(name, agent, summary, hears)


def make(wanted: Plan, services: Path, tests: Path) -> list[Path]:
    """Write the feature below `services` and its tests below `tests`; return the files.

    Raises:
        SetupError: One of the folders exists.
    """
    folder, tested = services / wanted.name, tests / wanted.name
    for there in (folder, tested):
        if there.exists():
            raise SetupError(f"{there} exists already.", "Take another name, or remove it first.")
    files = {folder / name: text for name, text in _feature(wanted).items()}
    files[tested / "test_domain.py"] = _filled("test_domain.py", wanted)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return sorted(files)


def _feature(wanted: Plan) -> dict[str, str]:
    names = ["__init__.py", "feature.yaml", "guard.yaml", "views.py", "api.py", "tools.py", "main.py"]
    files = {name: _filled(name, wanted) for name in names}
    rules = _filled("rules.py", wanted)
    if wanted.agent:
        files["domain.py"] = _filled("domain.py", wanted)
        files["agent.py"] = _filled("agent.py", wanted) + rules
    else:
        files["domain.py"] = _filled("domain_and_rules.py", wanted) + _body("domain.py", wanted) + rules
    return files


def _filled(name: str, wanted: Plan) -> str:
    return Template((TEMPLATES / f"{name}.txt").read_text()).substitute(wanted.values)


def _body(name: str, wanted: Plan) -> str:
    """Return a filled file without its heading and imports."""
    text = _filled(name, wanted)
    return text[text.index("\nclass ") + 1 :]


def _check_name(name: str, others: Sequence[Manifest]) -> None:
    if not _fits(name):
        raise SetupError(
            f"{name!r} cannot be the name of a feature.",
            "Take one lower-case word of 2 to 24 letters and digits, such as `refunds`.",
        )
    if name in RESERVED:
        raise SetupError(f"The name {name} means something else here.", "Take another word.")
    for other in others:
        if other.name == name:
            raise SetupError(f"There is a feature {name} already.", "Take another name, or change that one.")
        if any(path.path.split("/")[2:3] == [name] for path in other.public):
            raise SetupError(f"The path /v1/{name} belongs to {other.name}.", "Take another name.")


def _fits(word: str) -> bool:
    return bool(_WORD.fullmatch(word)) and not keyword.iskeyword(word)
