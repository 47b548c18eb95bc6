"""A backup is whole or none, holds everything that a home keeps, and comes back without harm."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from finnest.dev import backup
from finnest.dev.errors import SetupError
from finnest.dev.home import Home


def quiet(done: int, total: int) -> None:
    """Show nothing."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare()
    (made.state / "invoices.db").write_bytes(b"state" * 1_000)
    (made.nats / "stream").mkdir()
    (made.nats / "stream" / "1.blk").write_bytes(b"\x00message")
    (made.logs / "app.log").write_text("a line")
    return made


def kept(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.root).as_posix(): path.read_bytes()
        for path in home.root.rglob("*")
        if path.is_file() and path.relative_to(home.root).parts[0] not in backup.NOT_KEPT
    }


def names(file: Path) -> list[str]:
    with tarfile.open(file) as archive:
        return archive.getnames()


def test_everything_comes_back_and_what_was_there_is_set_aside(home: Home, tmp_path: Path) -> None:
    before, file = kept(home), tmp_path / "b.tar.gz"
    made = backup.make(home, file, quiet)
    assert (made.files, file.stat().st_mode & 0o777) == (len(before), 0o600)
    assert not any(name.startswith("logs") for name in names(file))
    (home.state / "invoices.db").write_bytes(b"later")
    (home.state / "later.db").write_bytes(b"later")
    done = backup.restore(home, file, quiet, replace=True)
    assert done.set_aside is not None
    assert (Path(done.set_aside) / "data" / "state" / "later.db").read_bytes() == b"later"
    assert {n: c for n, c in kept(home).items() if not n.startswith(backup.BEFORE)} == before
    again = backup.make(home, tmp_path / "c.tar.gz", quiet)
    assert again.files == made.files


def test_it_comes_back_to_an_empty_home(home: Home, tmp_path: Path) -> None:
    before, file = kept(home), tmp_path / "b.tar.gz"
    backup.make(home, file, quiet)
    other = Home(tmp_path / "other")
    assert backup.restore(other, file, quiet, replace=False).set_aside is None
    assert kept(other) == before


def test_data_is_replaced_only_when_asked(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    backup.make(home, file, quiet)
    before = kept(home)
    with pytest.raises(SetupError, match="data of its own"):
        backup.restore(home, file, quiet, replace=False)
    assert kept(home) == before


def test_a_backup_is_never_overwritten_and_of_nothing_there_is_none(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    file.write_text("precious")
    with pytest.raises(SetupError, match="there already"):
        backup.make(home, file, quiet)
    assert file.read_text() == "precious"
    with pytest.raises(SetupError, match="no data"):
        backup.make(Home(tmp_path / "empty"), tmp_path / "c.tar.gz", quiet)


def test_nothing_is_kept_or_replaced_while_finnest_runs(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "b.tar.gz"
    backup.make(home, file, quiet)
    with home.held():
        with pytest.raises(SetupError, match="is running"):
            backup.make(home, tmp_path / "c.tar.gz", quiet)
        with pytest.raises(SetupError, match="is running"):
            backup.restore(home, file, quiet, replace=True)
    assert list(tmp_path.glob("c.tar.gz*")) == []


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.8])
def test_a_backup_cut_anywhere_is_refused_and_changes_nothing(
    home: Home, tmp_path: Path, share: float
) -> None:
    file = tmp_path / "b.tar.gz"
    backup.make(home, file, quiet)
    whole = file.read_bytes()
    file.write_bytes(whole[: int(len(whole) * share)])
    before = kept(home)
    with pytest.raises(SetupError, match="no whole backup"):
        backup.restore(home, file, quiet, replace=True)
    assert kept(home) == before


def test_a_changed_a_missing_and_a_foreign_file_are_found(home: Home, tmp_path: Path) -> None:
    file, changed = tmp_path / "b.tar.gz", tmp_path / "changed.tar.gz"
    backup.make(home, file, quiet)
    for change in ("content", "missing", "outside", "link"):
        with tarfile.open(file) as old, tarfile.open(changed, "w:gz") as new:
            for member in old:
                content = old.extractfile(member)
                if member.name.endswith("1.blk") and change == "missing":
                    continue
                if member.name.endswith("1.blk") and change == "content":
                    (tmp_path / "x").write_bytes(b"\x00messagE")
                    content = (tmp_path / "x").open("rb")
                if member.name.endswith("1.blk") and change == "outside":
                    member.name = "../1.blk"
                if member.name.endswith("1.blk") and change == "link":
                    member.type, member.linkname, member.size = tarfile.SYMTYPE, "/etc/passwd", 0
                new.addfile(member, content)
        with pytest.raises(SetupError, match="no whole backup"):
            backup.check(changed, quiet, tmp_path / "into")
    assert not (tmp_path / "1.blk").exists()


def test_what_is_told_is_json(home: Home, tmp_path: Path) -> None:
    told = backup.make(home, tmp_path / "b.tar.gz", quiet).told()
    assert json.loads(json.dumps(told)) == told
    assert backup.check(tmp_path / "b.tar.gz", quiet).told() == told


def test_a_file_that_is_not_there_is_said(home: Home, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="There is no"):
        backup.check(tmp_path / "none.tar.gz", quiet)


def test_a_home_whose_truth_is_in_a_database_is_not_backed_up_as_if_it_were_here(
    home: Home, tmp_path: Path
) -> None:
    (home.resources / "state-invoices.yaml").write_text("spec: {type: state.postgresql}")
    with pytest.raises(SetupError, match="PostgreSQL"):
        backup.make(home, tmp_path / "kept.tar.gz", quiet)
    assert not (tmp_path / "kept.tar.gz").exists()


def test_a_home_knows_its_last_backup(home: Home, tmp_path: Path) -> None:
    assert backup.last(home) is None
    made = backup.make(home, tmp_path / "kept.tar.gz", quiet)
    assert backup.last(home) == (tmp_path / "kept.tar.gz", made.made_at)
