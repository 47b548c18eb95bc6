"""API keys of one home."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from finnest.context import Caller
from finnest.dev.errors import SetupError
from finnest.dev.home import Home
from finnest.dev.keys import key_file, key_of, listed, new_key, remove_key
from finnest.errors import Invalid

BOB = Caller(tenant="acme", user="bob", roles=("approver",))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that was prepared once."""
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def test_a_key_is_kept_by_its_hash_and_readable_by_its_owner_only(home: Home) -> None:
    path = new_key(home, "acme-bob", BOB)
    assert path.stat().st_mode & 0o777 == 0o600
    known = next(key for key in listed(home) if key["name"] == "acme-bob")
    assert known["sha256"] == hashlib.sha256(key_of(home, "acme-bob").encode()).hexdigest()
    assert Caller.model_validate(known["caller"]) == BOB
    assert key_of(home, "acme-bob") not in home.keys.read_text()


def test_the_development_key_is_private_and_outlives_a_second_start(home: Home) -> None:
    before = key_of(home, "dev")
    home.prepare()
    assert key_of(home, "dev") == before
    assert home.dev_key.stat().st_mode & 0o777 == 0o600
    assert home.secrets_file.stat().st_mode & 0o777 == 0o600
    assert home.root.stat().st_mode & 0o777 == 0o700


def test_a_name_is_given_once(home: Home) -> None:
    new_key(home, "bob", BOB)
    with pytest.raises(SetupError, match="There is a key named bob already"):
        new_key(home, "bob", BOB)


def test_a_removed_key_is_gone_and_the_others_stay(home: Home) -> None:
    new_key(home, "bob", BOB)
    remove_key(home, "bob")
    assert [key["name"] for key in listed(home)] == ["dev"]
    assert not key_file(home, "bob").exists()
    with pytest.raises(SetupError, match="There is no key named bob"):
        remove_key(home, "bob")


def test_a_missing_key_is_said_with_the_command_that_makes_it(home: Home) -> None:
    with pytest.raises(SetupError, match="finnest key new eve"):
        key_of(home, "eve")


def test_a_tenant_is_checked_before_anything_is_written(home: Home) -> None:
    before = home.keys.read_text()
    with pytest.raises(Invalid):
        new_key(home, "eve", Caller(tenant="../etc", user="eve"))
    assert home.keys.read_text() == before
    assert json.loads(before)["keys"]
