"""API keys from a file of hashes; a change of the file counts at once."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from finnest.context import Caller
from finnest.errors import Unauthenticated
from services.gateway.ports import Identities


class KeyFile(Identities):
    """Reads `keys.json`: `{"keys": [{"name", "sha256", "caller"}]}`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changed: tuple[int, int, int] | None = None
        self._callers: dict[str, Caller] = {}

    def caller(self, authorization: str) -> Caller:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer" or not key.strip():
            raise Unauthenticated("no-credential", "send `Authorization: Bearer <key>`")
        self._refresh()
        # A look-up by the hash of the key: what it takes tells nothing about any key.
        known = self._callers.get(hashlib.sha256(key.strip().encode()).hexdigest())
        if known is None:
            raise Unauthenticated("unknown-key", "this key is not known here")
        return known

    def _refresh(self) -> None:
        try:
            file = self._path.stat()
        except FileNotFoundError:
            self._callers = {}
            return
        # Two changes may fall into one tick of the file system's clock; each is another file.
        changed = (file.st_mtime_ns, file.st_ino, file.st_size)
        if changed != self._changed:
            keys = json.loads(self._path.read_text())["keys"]
            self._callers = {k["sha256"]: Caller.model_validate(k["caller"]) for k in keys}
            self._changed = changed
