"""`k8s/` says what the manifests say."""

from __future__ import annotations

import shutil
from pathlib import Path

import yaml

from finnest.dev.kubernetes.folders import FOLDER, MADE, differing, documents, write
from tests.architecture.features import MANIFESTS

SHORT = 20


def test_what_is_rendered_is_what_the_manifests_say() -> None:
    assert differing(documents(MANIFESTS)) == [], "run `finnest render` and commit what it writes"


def test_a_feature_folder_is_read_at_a_glance() -> None:
    for manifest in MANIFESTS:
        lines = (FOLDER / "features" / manifest.name / "kustomization.yaml").read_text().splitlines()
        assert len(lines) <= SHORT, manifest.name


def test_a_changed_a_missing_and_a_stale_file_are_told_and_put_right(tmp_path: Path) -> None:
    copy = tmp_path / "k8s"
    shutil.copytree(FOLDER, copy)
    texts = documents(MANIFESTS, copy)
    assert differing(texts, copy) == []
    (copy / "features" / "payments" / "rights.yaml").write_text("something else")
    (copy / "components" / "network-policies" / "payments.yaml").unlink()
    (copy / "features" / "gone.yaml").write_text(MADE)
    told = [
        "components/network-policies/payments.yaml",
        "features/gone.yaml",
        "features/payments/rights.yaml",
    ]
    assert differing(texts, copy) == told == write(texts, copy)
    assert differing(texts, copy) == []


def test_a_feature_less_leaves_no_trace(tmp_path: Path) -> None:
    copy = tmp_path / "k8s"
    shutil.copytree(FOLDER, copy)
    fewer = [manifest for manifest in MANIFESTS if manifest.name != "approvals"]
    write(documents(fewer, copy), copy)
    left = [path for path in copy.rglob("*.yaml") if "approvals" in path.read_text()]
    assert {path.name for path in left} <= {"shared.yaml"}, "events of approvals are still heard"
    assert not (copy / "features" / "approvals" / "rights.yaml").exists()


def test_a_size_that_was_set_by_hand_is_kept_and_used(tmp_path: Path) -> None:
    copy = tmp_path / "k8s"
    shutil.copytree(FOLDER, copy)
    (copy / "features" / "payments" / "size.yaml").write_text("kind: Deployment\n")
    write(documents(MANIFESTS, copy), copy)
    assert (copy / "features" / "payments" / "size.yaml").exists()
    patches = yaml.safe_load((copy / "features/payments/kustomization.yaml").read_text())["patches"]
    assert {"path": "size.yaml", "target": {"kind": "Deployment"}} in patches


def test_digests_that_a_release_set_are_kept(tmp_path: Path) -> None:
    copy = tmp_path / "k8s"
    shutil.copytree(FOLDER, copy)
    file = copy / "components" / "digests" / "kustomization.yaml"
    released = "sha256:" + "a" * 64
    content = yaml.safe_load(file.read_text())
    content["images"][0]["digest"] = released
    file.write_text(yaml.safe_dump(content))
    write(documents(MANIFESTS, copy), copy)
    assert yaml.safe_load(file.read_text())["images"][0]["digest"] == released


def test_a_changed_component_is_another_pod() -> None:
    one = next(manifest for manifest in MANIFESTS if manifest.publishes)
    more = one.model_copy(update={"publishes": (*one.publishes, f"{one.name}.invented.v1")})
    path = f"features/{one.name}/deployment.yaml"
    assert documents(MANIFESTS)[path] != documents([more if m == one else m for m in MANIFESTS])[path]
