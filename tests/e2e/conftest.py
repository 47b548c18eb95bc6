"""One real platform for all stories; each story has a tenant of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.support.platform import Company, Platform

HASTY = "hasty"
"""A tenant whose approvals expire after three seconds."""


APART = "--services"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--services`: the stories that share a platform, with a process and a sidecar per feature."""
    parser.addoption(APART, action="store_true", help="run each feature as a process of its own")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with `--services`, those that start a platform of their own."""
    if not config.getoption(APART, default=False):
        return
    shared = [item for item in items if {"platform", "company"} & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in shared])
    items[:] = shared


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Platform]:
    """The platform that stories share."""
    shared = Platform.at(tmp_path_factory.mktemp("platform"), {HASTY: {"expires_s": 3}})
    if request.config.getoption(APART, default=False):
        shared.arguments = (APART,)
    await shared.start()
    try:
        yield shared
    finally:
        await shared.stop()


@pytest.fixture
async def own(tmp_path: pytest.TempPathFactory) -> AsyncGenerator[Platform]:
    """A platform of the test's own, not started yet."""
    alone = Platform.at(tmp_path)  # pyright: ignore[reportArgumentType]
    try:
        yield alone
    finally:
        await alone.stop()


@pytest.fixture
def company(platform: Platform) -> Company:
    """A tenant that only this test uses."""
    return platform.company()


@pytest.fixture
def other(platform: Platform) -> Company:
    """Another tenant that only this test uses."""
    return platform.company()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> object:
    """Show what the processes said last below a failed story."""
    report: pytest.TestReport = yield  # pyright: ignore[reportUnknownVariableType, reportGeneralTypeIssues]
    if report.failed:
        funcargs: dict[str, object] = getattr(item, "funcargs", {})
        for name, value in funcargs.items():
            if isinstance(value, Platform):
                report.sections.append((f"{name}: last words", value.tails()))
    return report
