"""The guard: default deny, the first rule that fits, tenants before features."""

from __future__ import annotations

from pathlib import Path

import pydantic
import pytest
import yaml

from finnest.agents.guard import Asked, Bound, Guard, Rule, read_guard


def asked(**more: object) -> Asked:
    given = {"tenant": "t", "agent": "clerk", "roles": ("clerk",), "tool": "desk.pay", "effect": "spend"}
    return Asked.model_validate({**given, **more})


def guard(*rules: Rule) -> Guard:
    return Guard({"desk": (rules, "v1")})


def test_without_a_rule_everything_is_denied() -> None:
    assert guard().judge(asked()).verdict == "deny"
    assert Guard({}).judge(asked()).verdict == "deny"


def test_the_first_rule_that_fits_decides() -> None:
    table = guard(
        Rule(tools=("pay",), roles=("boss",), then="allow", why="the boss"),
        Rule(tools=("pay",), args={"amount": Bound(under="100")}, then="confirm", why="little"),
        Rule(tools=("p*",), then="ask", why="the rest"),
    )
    assert table.judge(asked(roles=("boss",))).verdict == "allow"
    assert table.judge(asked(args={"amount": "99.99"})).verdict == "confirm"
    assert table.judge(asked(args={"amount": "100"})).verdict == "ask"


@pytest.mark.parametrize("amount", ["many", "NaN", "Infinity", None, ""])
def test_an_amount_that_cannot_be_compared_is_denied_whatever_follows(amount: str | None) -> None:
    table = guard(
        Rule(tools=("pay",), args={"amount": Bound(over="1000")}, then="ask", why="much"),
        Rule(tools=("pay",), then="allow", why="the rest"),
    )
    assert table.judge(asked(args={"amount": amount})).verdict == "deny"


def test_a_tool_is_shown_when_some_arguments_could_make_it_possible() -> None:
    table = guard(
        Rule(tools=("pay",), roles=("boss",), args={"amount": Bound(under="9")}, then="allow", why="")
    )
    assert table.shows(asked(roles=("boss",)))
    assert not table.shows(asked())


def test_a_tenant_decides_before_the_feature(tmp_path: Path) -> None:
    services, home = tmp_path / "services", tmp_path / "home"
    (services / "desk").mkdir(parents=True)
    (home / "policy").mkdir(parents=True)
    row = {"tools": ["pay"], "then": "allow", "why": "free"}
    (services / "desk" / "guard.yaml").write_text(yaml.safe_dump({"rules": [row]}))
    strict = {"tenants": {"careful": {"desk": [{**row, "then": "deny", "why": "never"}]}}}
    (home / "policy" / "guard.yaml").write_text(yaml.safe_dump(strict))
    read = read_guard(services, home)
    assert read.judge(asked()).verdict == "allow"
    refused = read.judge(asked(tenant="careful"))
    assert (refused.verdict, refused.why) == ("deny", "never")
    assert refused.version != read.judge(asked()).version


def test_a_table_with_an_unknown_word_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir()
    row = {"tools": ["pay"], "then": "perhaps", "why": ""}
    (tmp_path / "desk" / "guard.yaml").write_text(yaml.safe_dump({"rules": [row]}))
    with pytest.raises(pydantic.ValidationError):
        read_guard(tmp_path, tmp_path)
