"""API keys of one home: made here, known to the gateway by their hash only."""

from __future__ import annotations

import fcntl
import hashlib
import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from finnest.context import Caller
from finnest.dev.errors import SetupError
from finnest.dev.home import Home
from finnest.ids import check_tenant

ROLES = ("viewer", "clerk", "approver", "treasurer", "admin")


def new_key(home: Home, name: str, caller: Caller) -> Path:
    """Make a key for a caller and return the file that holds it, readable by its owner only.

    Raises:
        SetupError: The name is taken.
    """
    check_tenant(caller.tenant)
    if any(known["name"] == name for known in listed(home)):
        raise SetupError(
            f"There is a key named {name} already.", f"Use it, or `finnest key remove {name}` first."
        )
    key = f"fin_{secrets.token_urlsafe(24)}"
    path = key_file(home, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(key + "\n")
    sha256 = hashlib.sha256(key.encode()).hexdigest()
    _change(home, [], [{"name": name, "sha256": sha256, "caller": caller.wire_data()}])
    return path


def remove_key(home: Home, name: str) -> None:
    """Forget a key; it is refused from now on.

    Raises:
        SetupError: There is no such key.
    """
    if not any(known["name"] == name for known in listed(home)):
        raise SetupError(f"There is no key named {name}.", "`finnest key list` shows all.")
    _change(home, [name], [])
    key_file(home, name).unlink(missing_ok=True)


def listed(home: Home) -> list[dict[str, Any]]:
    """Return name, hash and caller of every key."""
    return json.loads(home.keys.read_text())["keys"] if home.keys.exists() else []


def key_of(home: Home, name: str) -> str:
    """Return the key in plain text.

    Raises:
        SetupError: It is not kept here.
    """
    path = key_file(home, name)
    if not path.exists():
        raise SetupError(
            f"There is no key for {name}.", f"Make one: `finnest key new {name} --role approver`."
        )
    return path.read_text().strip()


def key_file(home: Home, name: str) -> Path:
    """Return where the key of that name lies; `dev` is the developer's."""
    return home.dev_key if name == "dev" else home.root / "keys" / f"{name}.key"


def _change(home: Home, drop: Sequence[str], add: Sequence[dict[str, Any]]) -> None:
    with (home.root / "keys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        keys = [known for known in listed(home) if known["name"] not in drop]
        scratch = home.keys.with_suffix(".new")
        scratch.touch(mode=0o600)
        scratch.write_text(json.dumps({"keys": [*keys, *add]}, indent=1) + "\n")
        scratch.replace(home.keys)
