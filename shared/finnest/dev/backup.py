"""Backups of one installation: everything it keeps, in one file that says of itself whether it is whole.

State, bus, reminders and views belong together to the moment, so a backup is made while nothing runs.
"""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from finnest.clock import SystemClock
from finnest.dev import archives
from finnest.dev.errors import SetupError, of_system
from finnest.dev.home import Home

INDEX = "backup.json"
"""The last member: `{"format", "made_at", "files": {path: {"size", "sha256"}}}`; sizes in bytes."""
FORMAT = 1
NOTE = "last-backup.json"
"""Says in the home where its last backup went: `{"path", "made_at"}`."""
NOT_KEPT = frozenset({"logs", "resources", "run.json", "run.lock", "nats.conf", "bin", NOTE})
"""What every start makes anew, or is of this home alone."""
BEFORE = "before-restore-"
NEW = "restore.new"

Progress = Callable[[int, int], None]
"""Told bytes done and bytes in all, now and then."""


@dataclasses.dataclass(frozen=True)
class Backup:
    """What a backup holds."""

    path: str
    made_at: datetime
    files: int
    size: int
    """Bytes of all files together, before compression."""
    set_aside: str | None = None
    """Where a restore put what was there before."""

    def told(self) -> dict[str, Any]:
        """Return it as JSON-ready values."""
        return {**dataclasses.asdict(self), "made_at": self.made_at.isoformat()}


def make(home: Home, target: Path, progress: Progress) -> Backup:
    """Write everything that the home keeps into one file, readable by its owner only; keys are in it.

    The file appears under its name when it is whole and on disk.

    Raises:
        SetupError: Finnest runs, there is nothing to keep, the target exists, or the system refuses.
    """
    if target.exists():
        raise SetupError(f"{target} is there already.", "Name another file; a backup is never overwritten.")
    if not home.data.exists():
        raise SetupError("There is no data to keep.", "`make run` starts Finnest; FINNEST_HOME names a home.")
    if any("state.postgresql" in path.read_text() for path in home.resources.glob("state-*.yaml")):
        raise SetupError(
            "The truth of this home is in PostgreSQL, not in files.",
            "Back up the database: pg_dump, or your provider.",
        )
    part = target.with_name(f"{target.name}.part")
    try:
        with _alone(home):
            paths = list(_kept(home.root))
            total, done = sum(path.stat().st_size for path in paths), 0
            made_at, files = SystemClock().now(), dict[str, dict[str, Any]]()
            with archives.private(part) as file:
                with tarfile.open(fileobj=file, mode="w:gz", compresslevel=1) as archive:
                    for path in paths:
                        name = path.relative_to(home.root).as_posix()
                        files[name] = archives.put(archive, path, name)
                        done += files[name]["size"]
                        progress(done, total)
                    index = {"format": FORMAT, "made_at": made_at.isoformat(), "files": files}
                    archives.put_text(archive, INDEX, json.dumps(index))
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            note = {"path": str(target.resolve()), "made_at": made_at.isoformat()}
            (home.root / NOTE).write_text(json.dumps(note))
    except OSError as error:
        raise of_system(error) or error from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(str(target), made_at, len(files), done)


def last(home: Home) -> tuple[Path, datetime] | None:
    """Return where the last backup of this home went and when it was made; None when none was made of it."""
    try:
        note = json.loads((home.root / NOTE).read_text())
        return Path(note["path"]), datetime.fromisoformat(note["made_at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def check(source: Path, progress: Progress, into: Path | None = None) -> Backup:
    """Read a backup through and compare every file with what was kept, writing them `into` a folder if named.

    Raises:
        SetupError: It is no backup, not whole, or changed.
    """
    try:
        return _check(source, progress, into)
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise _broken(source, "it cannot be read to its end") from error
    except FileNotFoundError as error:
        raise SetupError(f"There is no {source}.", "Name the file that `finnest backup` wrote.") from error
    except OSError as error:
        known = of_system(error)
        raise known or _broken(source, "it cannot be read to its end") from error


def restore(home: Home, source: Path, progress: Progress, *, replace: bool) -> Backup:
    """Put a backup in the place of what the home keeps; that is set aside, not removed.

    Nothing of the home changes before the backup has been read through and found whole.

    Raises:
        SetupError: Finnest runs, data is there and `replace` is not given, or as `check`.
    """
    if home.data.exists() and not replace:
        raise SetupError(
            f"{home.root} has data of its own.",
            "With --replace it is set aside, and can be put back by hand.",
        )
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = home.root / NEW
    with _alone(home):
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            found = check(source, progress, scratch)
            aside = _set_aside(home.root)
            for path in sorted(scratch.iterdir()):
                path.rename(home.root / path.name)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return dataclasses.replace(found, set_aside=str(aside) if aside else None)


def _check(source: Path, progress: Progress, into: Path | None) -> Backup:
    total, seen = source.stat().st_size, dict[str, dict[str, Any]]()
    index: dict[str, Any] | None = None
    with source.open("rb") as file, tarfile.open(fileobj=file, mode="r:gz") as archive:
        for member in archive:
            content = archive.extractfile(member) if member.isreg() else None
            if content is None or not _safe(member.name):
                raise _broken(source, f"{member.name!r} does not belong into it")
            if member.name == INDEX:
                index = json.load(content)
                continue
            path = None if into is None else into / member.name
            seen[member.name] = archives.take(content, path)
            progress(file.tell(), total)
    if index is None:
        raise _broken(source, "its end is missing")
    if index["format"] != FORMAT:
        raise SetupError(f"{source} is of another version.", "Restore it with the Finnest that made it.")
    if index["files"] != seen:
        raise _broken(source, "its files are not those that were kept")
    size = sum(one["size"] for one in seen.values())
    return Backup(str(source), datetime.fromisoformat(index["made_at"]), len(seen), size)


def _set_aside(root: Path) -> Path | None:
    names = [path.name for path in root.iterdir() if _is_kept(path.name)]
    if not names:
        return None
    aside = root / f"{BEFORE}{SystemClock().now().astimezone(UTC):%Y%m%dT%H%M%S%f}"
    aside.mkdir(mode=0o700)
    for name in names:
        (root / name).rename(aside / name)
    return aside


def _is_kept(name: str) -> bool:
    return name not in NOT_KEPT and name != NEW and not name.startswith(BEFORE)


def _kept(root: Path) -> Iterator[Path]:
    for top in sorted(root.iterdir()):
        if _is_kept(top.name):
            below = sorted(top.rglob("*")) if top.is_dir() else [top]
            yield from (path for path in below if path.is_file() and not path.is_symlink())


def _safe(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and _is_kept(path.parts[0])


def _alone(home: Home) -> AbstractContextManager[None]:
    if home.is_running():
        raise SetupError("Finnest is running and changes its data.", "Stop it first: `finnest stop`.")
    return home.held()


def _broken(source: Path, why: str) -> SetupError:
    return SetupError(f"{source} is no whole backup: {why}.", "Take another one; nothing was changed.")
