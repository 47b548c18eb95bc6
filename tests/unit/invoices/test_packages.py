"""Set-up of rules and schemas without a network: hashes, atomicity, cache."""

from __future__ import annotations

from pathlib import Path

import pytest

from finnest.dev.errors import SetupError
from services.invoices.judging import packages
from services.invoices.judging.packages import Artifact, fetch


def _silent(message: str) -> None:
    assert message


def test_a_jar_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    def download(artifact: Artifact, folder: Path) -> Path:
        folder.mkdir(parents=True)
        jar = folder / f"{artifact.name}.jar"
        jar.write_bytes(b"not what was published")
        return jar

    with pytest.raises(SetupError, match="SHA-256"):
        fetch(tmp_path / "cache", _silent, download)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_complete_cache_needs_no_download_and_a_damaged_one_does(tmp_path: Path) -> None:
    def no_network(artifact: Artifact, folder: Path) -> Path:
        raise SetupError(f"{artifact} could not be downloaded.", "Check the network.")

    folder = packages.rules_folder(tmp_path)
    (folder / "xsd").mkdir(parents=True)
    (folder / "xsd" / "a.xsd").write_text("<schema/>")
    packages.seal(folder)
    assert fetch(tmp_path, _silent, no_network) == folder

    (folder / "xsd" / "a.xsd").write_text("<changed/>")
    with pytest.raises(SetupError):
        fetch(tmp_path, _silent, no_network)
