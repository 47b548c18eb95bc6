"""Tools: declared as they are, and none with an effect that no policy speaks of."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from finnest.agents.guard import read_guard
from finnest.agents.tools import ToolContext, ToolResult, tool
from finnest.dev.contracts import Declared
from finnest.dev.home import SERVICES
from finnest.manifest import Manifest
from tests.architecture.features import FEATURES, MANIFESTS, built

EACH = pytest.mark.parametrize("feature", FEATURES, ids=lambda one: one.manifest.name)
NAMES = [f"{manifest.name}.{one.name}" for manifest in MANIFESTS for one in manifest.tools]


@EACH
def test_the_tools_of_the_code_are_those_of_the_manifest(feature: Declared, tmp_path: Path) -> None:
    with built(feature, tmp_path) as ready:
        coded = {one.name: one.effect for one in ready.tools}
    assert coded == {one.name: one.effect for one in feature.manifest.tools}


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: one.name)
def test_every_tool_has_a_policy_and_one_with_an_effect_is_named(manifest: Manifest, tmp_path: Path) -> None:
    guard = read_guard(SERVICES, tmp_path)
    assert [one.name for one in manifest.tools if not guard.names(manifest.name, one.name)] == []
    text = (SERVICES / manifest.name / "guard.yaml").read_text() if manifest.tools else ""
    assert [one.name for one in manifest.tools if one.effect != "read" and one.name not in text] == []


@EACH
def test_what_an_agent_uses_exists(feature: Declared) -> None:
    for use in feature.manifest.uses:
        assert any(fnmatchcase(name, use) for name in NAMES), use
    for one in feature.manifest.asks:
        assert any(fnmatchcase(m.name, one) for m in MANIFESTS if m.agent and m != feature.manifest), one


def test_a_tool_with_an_effect_needs_a_preview_and_every_tool_a_docstring() -> None:
    async def pay(ctx: ToolContext) -> ToolResult:
        """Pay."""
        return ToolResult(summary="paid")

    async def silent(ctx: ToolContext) -> ToolResult:
        return ToolResult(summary="")

    with pytest.raises(TypeError, match="preview"):
        tool(effect="spend")(pay)
    with pytest.raises(TypeError, match="docstring"):
        tool(effect="read")(silent)
