"""What is saved decides what is started again."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from finnest.apps import TOGETHER
from finnest.dev.errors import SetupError
from finnest.dev.options import Options
from finnest.dev.reload import Reloader
from finnest.manifest import Manifest
from finnest.settings import ONLY

FEATURES = [
    Manifest(name="invoices", summary="A test."),
    Manifest(name="payments", summary="A test."),
    Manifest(name="calendar", summary="A test.", language="go"),
]
APART = {"invoices": "invoices", "payments": "payments", "calendar": "calendar"}


@dataclass
class Bench:
    """A tree of code, and what was started again."""

    root: Path
    said: list[str] = field(default_factory=list[str])
    restarted: list[str] = field(default_factory=list[str])

    def save(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def reloader(self, apps: dict[str, str]) -> Reloader:
        return Reloader(
            FEATURES,
            apps,
            self.restarted.append,
            self.said.append,
            self.root / "services",
            self.root / "finnest",
        )


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    made = Bench(tmp_path)
    for name in ("services/invoices/api.py", "services/payments/domain/rules.py", "finnest/turns.py"):
        made.save(name, "1")
    return made


@pytest.mark.parametrize(
    ("saved", "apps"),
    [
        ("services/payments/domain/rules.py", ["payments"]),
        ("services/payments/domain/fresh.py", ["payments"]),
        ("services/payments/policy.yaml", ["payments"]),
        ("services/payments/notes.txt", []),
        ("services/payments/.rules.py.swp", []),
        ("services/payments/__pycache__/rules.py", []),
        ("services/calendar/main.py", []),
        ("services/gone/api.py", []),
        ("finnest/turns.py", ["invoices", "payments"]),
    ],
)
async def test_a_saved_file_starts_the_app_of_its_feature_again(
    bench: Bench, saved: str, apps: list[str]
) -> None:
    reloader = bench.reloader(APART)
    bench.save(saved, "22")
    await reloader.look()
    assert bench.restarted == apps
    await reloader.look()
    assert bench.restarted == apps


async def test_a_removed_file_counts_too(bench: Bench) -> None:
    reloader = bench.reloader(APART)
    (bench.root / "services/invoices/api.py").unlink()
    await reloader.look()
    assert bench.restarted == ["invoices"]


async def test_features_of_one_app_are_started_again_together_and_once(bench: Bench) -> None:
    reloader = bench.reloader({"calendar": "calendar", **TOGETHER})
    bench.save("services/invoices/api.py", "22")
    bench.save("services/payments/domain/rules.py", "22")
    await reloader.look()
    assert bench.restarted == ["finnest"]
    assert bench.said == ["api.py, rules.py saved: starting finnest again"]


async def test_a_changed_manifest_is_for_the_next_start(bench: Bench) -> None:
    reloader = bench.reloader(APART)
    bench.save("services/invoices/feature.yaml", "name: invoices")
    await reloader.look()
    assert bench.restarted == []
    assert "stop and start" in bench.said[0]


def test_only_some_features_run_and_the_gateway_always() -> None:
    options = Options(only=["payments", "approvals"], env={"PATH": "/bin"})
    features = options.features()
    assert [one.name for one in features] == ["approvals", "gateway", "payments"]
    assert options.child_env(features) == {"PATH": "/bin", ONLY: "approvals,gateway,payments"}


def test_an_unknown_feature_after_only_is_named() -> None:
    with pytest.raises(SetupError, match="refunds"):
        Options(only=["refunds"]).features()
