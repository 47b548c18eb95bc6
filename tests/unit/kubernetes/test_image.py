"""What lies in a feature's image."""

from __future__ import annotations

import re
from pathlib import Path

from finnest.dev.home import REPO, SERVICES
from finnest.dev.kubernetes.image import ROOTS, copy_code, needed, reachable
from finnest.manifest import discover


def _modules(feature: str) -> list[str]:
    paths = sorted((SERVICES / feature).rglob("*.py"))
    names = [".".join(path.relative_to(REPO).with_suffix("").parts) for path in paths]
    return [*ROOTS, *(name.removesuffix(".__init__") for name in names)]


def _packages(feature: str) -> set[str]:
    _, imported = reachable(_modules(feature), REPO)
    return {distribution.name.lower() for distribution in needed(imported, REPO)}


def test_an_image_has_what_its_code_imports_and_not_what_another_s_does() -> None:
    assert {"dapr", "fastapi", "uvicorn", "nats-py", "httptools", "tzdata"} <= _packages("gateway")
    assert "saxonche" not in _packages("gateway")
    assert {"saxonche", "lxml"} <= _packages("invoices")


def test_an_image_has_the_settings_that_its_code_reads(tmp_path: Path) -> None:
    files, _ = reachable(_modules("invoices"), REPO)
    copy_code(files, "invoices", tmp_path)
    assert (tmp_path / "shared" / "finnest" / "tenants.yaml").exists()
    assert (tmp_path / "services" / "invoices" / "guard.yaml").exists()
    assert (tmp_path / "services" / "payments" / "feature.yaml").exists()
    assert not (tmp_path / "services" / "payments" / "policy.yaml").exists()


def test_no_image_has_what_only_tests_need() -> None:
    for manifest in discover(SERVICES):
        assert not {"pytest", "hypothesis", "ruff", "basedpyright"} & _packages(manifest.name)


def test_no_image_has_another_feature_s_code() -> None:
    for manifest in discover(SERVICES):
        files, _ = reachable(_modules(manifest.name), REPO)
        others = {path.relative_to(SERVICES).parts[0] for path in files if path.is_relative_to(SERVICES)}
        assert others <= {manifest.name, "__init__.py"}


def test_the_image_runs_as_nobody_in_particular() -> None:
    last = (REPO / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "pip install" not in last
