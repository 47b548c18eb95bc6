"""One real platform for all stories; each story has a tenant of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from tests.support.platform import Company, Platform

HASTY = "hasty"
"""A tenant whose approvals expire after three seconds."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Platform]:
    """The platform that stories share."""
    shared = Platform.at(tmp_path_factory.mktemp("platform"), {HASTY: {"expires_s": 3}})
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
