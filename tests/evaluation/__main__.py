"""`finnest eval`: plays the sentences and prints how many were understood."""

from __future__ import annotations

import argparse
import json
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.evaluation.score import Judged, Sum, totals
from tests.evaluation.sentences import Sentence, sentences

SETS = {"tuning": False, "held out": True}


def main() -> None:
    """Measure one or both halves of the sentences."""
    parser = argparse.ArgumentParser(prog="finnest eval")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--set", choices=["tuning", "held-out", "all"], default="all")
    parser.add_argument("--show", action="store_true")
    given = parser.parse_args()
    names = list(SETS) if given.set == "all" else [given.set.replace("-", " ")]
    everything = sentences()
    measured = {name: totals([one for one in everything if one.held_out == SETS[name]]) for name in names}
    if given.json:
        print(
            json.dumps({name: _facts(total, show=given.show) for name, total in measured.items()}, indent=1)
        )
        return
    for name, total in measured.items():
        _print(name, total, [one for one in everything if one.held_out == SETS[name]], show=given.show)


def _print(name: str, total: Sum, measured: list[Sentence], *, show: bool) -> None:
    table = Table("kind", "sentences", "right tool", "and slots", "wrong effects", title=name)
    for kind in dict.fromkeys(one.kind for one in measured):
        _row(table, kind, totals([one for one in measured if one.kind == kind]))
    table.add_section()
    _row(table, "together", total)
    console = Console(highlight=False)
    console.print(table)
    for one in total.failures if show else ():
        console.print(json.dumps(_failure(one), ensure_ascii=False), markup=False, soft_wrap=True)


def _row(table: Table, name: str, total: Sum) -> None:
    right = [f"{count} ({count / total.sentences:.0%})" for count in (total.tools, total.slots)]
    table.add_row(name, str(total.sentences), *right, str(total.wrong_effects))


def _facts(total: Sum, *, show: bool) -> dict[str, Any]:
    return {
        "sentences": total.sentences,
        "right_tool": total.tools,
        "right_slots": total.slots,
        "share": round(total.share, 4),
        "wrong_effects": total.wrong_effects,
    } | ({"failures": [_failure(one) for one in total.failures]} if show else {})


def _failure(one: Judged) -> dict[str, Any]:
    return {
        "kind": one.sentence.kind,
        "before": list(one.sentence.before),
        "text": one.sentence.text,
        "calls": [f"{call.tool}({call.args})" for call in one.played.calls],
        "answer": one.played.answer[:160],
        "wrong_effects": one.wrong_effects,
    }


if __name__ == "__main__":
    main()
