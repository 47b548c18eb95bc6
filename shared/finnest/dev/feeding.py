"""Feeds a folder of documents through the public API, and remembers how far it came.

Beside the report lies a journal: one line per answer, written at once. A feed that was cut off goes on
after the last line; a file that has changed since is sent again.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from finnest.dev.api import Api, Reply
from finnest.dev.home import Home

SUFFIXES = (".xml", ".ubl")
AT_ONCE = 8
TRIES = 20
PAUSE_S = 0.5
SETTLED_WITHIN_S = 60.0
STILL_S = 5.0
"""What has not moved for so long rests, whatever its status."""
_MOVING = ("received", "matched", "approved")
_LATER = (409, 429, 502, 503, 504)
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?([A-Z][A-Za-z]+)[\s>/]")
_PATHS = {"Order": "/v1/orders", "DespatchAdvice": "/v1/receipts", "ReceiptAdvice": "/v1/receipts"}
_VALIDATE = "/v1/invoices/validate"

Moved = Callable[[], None]
"""Called after each file."""


@dataclass(frozen=True)
class Fed:
    """One file and what became of it."""

    file: str
    """Path below the folder."""
    sha256: str
    answered: int
    """HTTP status of the answer; 0 when none came."""
    status: str
    """Status of the invoice; `valid` or `invalid` for what is only judged; `refused`; `unsent`."""
    reason: str = ""
    link: str = ""
    number: str = ""
    supplier: str = ""
    total: str = ""


class Journal:
    """The answers so far, by file and content."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    @property
    def report(self) -> Path:
        """Where the report lies: beside the journal."""
        return self._path.with_suffix(".json")

    def read(self) -> dict[tuple[str, str], Fed]:
        """Return what was answered; a line that was cut off counts as not written."""
        known: dict[tuple[str, str], Fed] = {}
        for line in self._path.read_text("utf-8").splitlines() if self._path.exists() else ():
            try:
                fed = Fed(**json.loads(line))
            except (ValueError, TypeError):
                continue
            known[fed.file, fed.sha256] = fed
        return known

    def write(self, fed: Fed) -> None:
        """Add one answer, at once."""
        with self._lock, self._path.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(asdict(fed)) + "\n")

    def forget(self) -> None:
        """Begin anew."""
        self._path.unlink(missing_ok=True)


def journal_of(home: Home, folder: Path) -> Journal:
    """Return the journal of this folder in this installation."""
    where = str(folder.resolve())
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", folder.resolve().name).strip("-") or "root"
    feeds = home.root / "feeds"
    feeds.mkdir(parents=True, exist_ok=True)
    return Journal(feeds / f"{name[:40]}-{hashlib.sha256(where.encode()).hexdigest()[:8]}.jsonl")


def documents(folder: Path) -> list[Path]:
    """Return the documents at any depth, in order of their names."""
    files = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return sorted(files)


class Feed:
    """One folder on its way."""

    def __init__(self, api: Api, folder: Path, journal: Journal) -> None:
        self._api = api
        self._folder = folder
        self._journal = journal

    def send(self, files: list[Path], moved: Moved) -> list[Fed]:
        """Send what has no answer yet, several at once; return the answers in the order of the files."""
        known = self._journal.read()

        def one(path: Path) -> Fed:
            body = path.read_bytes()
            file, sha256 = path.relative_to(self._folder).as_posix(), hashlib.sha256(body).hexdigest()
            fed = known.get((file, sha256))
            if fed is None:
                fed = self._sent(file, sha256, body)
                if fed.status != "unsent":
                    self._journal.write(fed)
            moved()
            return fed

        pool = ThreadPoolExecutor(AT_ONCE)
        try:
            return list(pool.map(one, files))
        finally:
            # Interrupted: what has not begun is not begun, what is on its way is written down.
            pool.shutdown(wait=True, cancel_futures=True)

    def settle(self, fed: list[Fed], moved: Moved) -> Iterator[Fed]:
        """Return each with what is true of it now, once it rests; waits a minute for all together."""
        deadline = time.monotonic() + SETTLED_WITHIN_S
        for one in fed:
            yield self._settled(one, deadline) if one.link else one
            moved()

    def report(self, fed: list[Fed]) -> Path:
        """Write the report beside the journal and return its path."""
        content = {
            "folder": str(self._folder.resolve()),
            "documents": len(fed),
            "statuses": dict(Counter(one.status for one in fed).most_common()),
            "files": [asdict(one) for one in fed],
        }
        path = self._journal.report
        path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")
        return path

    def _sent(self, file: str, sha256: str, body: bytes) -> Fed:
        root = _ROOT.search(body[:4096].replace(b"\x00", b""))
        name = root.group(1).decode() if root else ""
        other = name.endswith(("Order", "OrderResponse", "Advice", "ApplicationResponse"))
        answer = self._patiently(_PATHS.get(name, _VALIDATE if other else "/v1/invoices"), body)
        if name in _PATHS and answer.status == 404:
            # No feature here takes these: then they are judged and not kept.
            answer = self._patiently(_VALIDATE, body)
        if answer.status in _LATER or answer.status >= 500:
            return Fed(file, sha256, answer.status, "unsent", answer.reason)
        if not answer.ok:
            return Fed(file, sha256, answer.status, "refused", answer.reason)
        if "valid" in answer.content:
            broken = [f"{f['rule']}: {f['message']}" for f in answer.content["findings"]]
            status = "valid" if answer.content["valid"] else "invalid"
            return Fed(file, sha256, answer.status, status, "; ".join(broken))
        link = answer.content.get("links", {}).get("self", "")
        return Fed(file, sha256, answer.status, str(answer.content.get("status", "received")), link=link)

    def _patiently(self, path: str, body: bytes) -> Reply:
        answer = self._api.call("POST", path, body, "application/xml")
        for tried in range(1, TRIES):
            if answer.status not in _LATER:
                break
            time.sleep(min(PAUSE_S * tried, 5.0))
            answer = self._api.call("POST", path, body, "application/xml")
        return answer

    def _settled(self, fed: Fed, deadline: float) -> Fed:
        last, rests_at = "", 0.0
        while True:
            answer = self._api.call("GET", fed.link)
            shown: dict[str, Any] = answer.content if answer.ok else {}
            now = time.monotonic()
            if shown.get("status") != last:
                last, rests_at = str(shown.get("status")), now + STILL_S
            if last not in _MOVING or now > min(rests_at, deadline):
                break
            time.sleep(0.1)
        if not shown:
            return fed
        return Fed(
            file=fed.file,
            sha256=fed.sha256,
            answered=fed.answered,
            status=str(shown.get("status") or fed.status),
            reason="; ".join(shown.get("reasons") or ()),
            link=fed.link,
            number=shown.get("number") or "",
            supplier=shown.get("supplier") or "",
            total=f"{shown['total']} {shown['currency']}" if shown.get("total") else "",
        )
