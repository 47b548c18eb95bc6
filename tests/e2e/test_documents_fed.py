"""`finnest feed`: a folder of any documents, resumed where it was cut off, with a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import ONE_PERSON, bill
from tests.support.platform import Company, Platform

OFFICIAL = Path(__file__).resolve().parents[3] / "shared" / "peppol"


def fed(platform: Platform, folder: Path, *arguments: str, status: int = 0) -> dict[str, Any]:
    """Feed a folder and return the report."""
    done = platform.command("feed", str(folder), "--json", *arguments, timeout_s=280)
    assert done.returncode == status, (done.stdout[-2000:], done.stderr[-2000:])
    return json.loads(done.stdout)


def journal(platform: Platform) -> list[Path]:
    """Return the journals of this home."""
    return sorted((platform.home.root / "feeds").glob("*.jsonl"))


async def test_a_folder_is_fed_at_any_depth_and_reported(
    platform: Platform, company: Company, tmp_path: Path
) -> None:
    clean = bill().xml()
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "clean.xml").write_bytes(clean)
    (tmp_path / "a" / "b" / "large.XML").write_bytes(bill(ONE_PERSON).xml())
    (tmp_path / "broken.xml").write_bytes(clean[:900])
    (tmp_path / "readme.txt").write_text("no document")
    report = fed(platform, tmp_path, "--as", company.alice.name)
    assert report["documents"] == 3
    by_file = {one["file"]: one for one in report["files"]}
    assert by_file["a/clean.xml"]["status"] == "scheduled"
    assert by_file["a/clean.xml"]["total"] == "330.00 AUD"
    assert by_file["a/b/large.XML"]["status"] == "awaiting_approval"
    assert (by_file["broken.xml"]["status"], by_file["broken.xml"]["answered"]) == ("refused", 400)
    assert "well-formed" in by_file["broken.xml"]["reason"]

    table = platform.command("feed", str(tmp_path), "--as", company.alice.name)
    assert table.returncode == 0
    assert "3 documents: 1 awaiting_approval, 1 refused, 1 scheduled" in table.stdout
    written = table.stdout.rsplit("report: ", 1)[1].strip()
    assert json.loads(Path(written).read_text()) == report


async def test_a_feed_that_was_cut_off_goes_on(platform: Platform, company: Company, tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.xml").write_bytes(bill(f"{400 + number}.00").xml())
    before = set(journal(platform))
    who = ("--as", company.alice.name)
    fed(platform, tmp_path, *who)
    (mine,) = set(journal(platform)) - before
    lines = mine.read_text().splitlines()
    assert len(lines) == 6
    mine.write_text("\n".join(lines[:3]) + "\n" + lines[3][:20])
    (tmp_path / "0.xml").write_bytes(bill("420.00").xml())
    report = fed(platform, tmp_path, *who)
    assert report["statuses"] == {"scheduled": 6}
    # The cut line, the two that were missing and the one that changed.
    assert len(mine.read_text().splitlines()) >= 3 + 3
    assert len(company.vera.all("/v1/invoices")) == 7


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official documents are not here: no ../shared/peppol")
async def test_the_official_examples_and_the_hostile_ones_can_be_fed(
    platform: Platform, company: Company
) -> None:
    who = ("--as", company.alice.name)
    examples = fed(platform, OFFICIAL / "examples" / "pint-anz", *who)
    told = {one["status"] for one in examples["files"]}
    assert not told & {"invalid", "refused", "unsent", "failed"}, examples["statuses"]
    orders = fed(platform, OFFICIAL / "examples" / "t01", *who)
    assert not {one["status"] for one in orders["files"]} & {"invalid", "unsent"}, orders["statuses"]
    hostile = fed(platform, OFFICIAL / "invalid" / "hostile", *who)
    assert {one["status"] for one in hostile["files"]} <= {"refused", "invalid"}, hostile["statuses"]
    assert all(one["answered"] < 500 for one in hostile["files"])


def test_a_folder_without_documents_is_said(platform: Platform, tmp_path: Path) -> None:
    done = platform.command("feed", str(tmp_path))
    assert done.returncode == 1
    assert "no document" in done.stdout
