"""One real platform for all stories; each story has a tenant of its own."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from itertools import groupby
from pathlib import Path

import pytest
import pytest_asyncio

from finnest.dev.home import SERVICES
from finnest.dev.options import Options
from finnest.manifest import discover
from tests.contract.servers import postgres, why_no_postgres
from tests.support.calls import Observed
from tests.support.databases import Databases
from tests.support.platform import Company, Platform
from tests.support.rights import Declared

HASTY = "hasty"
"""A tenant whose approvals expire after three seconds."""
APART = "--services"
POSTGRES = "--postgres"
IN_FILES = ("test_backup.py", "test_upgrade.py", "test_nothing_is_forgotten.py")
"""Stories about what a home keeps in files; with a database it is the database's to keep."""
LAST = "test_declared.py"
"""Looks at what all other stories made the platform do."""
UNUSED = pytest.StashKey[list[str]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--services`: the stories that share a platform, with a process and a sidecar per feature; `--postgres`."""
    parser.addoption(APART, action="store_true", help="run each feature as a process of its own")
    parser.addoption(POSTGRES, action="store_true", help="keep truth in PostgreSQL, as production does")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, with `--services`, those that start a platform of their own; put what looks back last."""
    items.sort(key=lambda item: item.path.name == LAST)
    if config.getoption(POSTGRES, default=False):
        kept = [item for item in items if item.path.name not in IN_FILES]
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept
    if not config.getoption(APART, default=False):
        return
    shared = [item for item in items if {"platform", "company"} & set(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=[item for item in items if item not in shared])
    items[:] = shared


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what is declared and was never used: no failure, but worth a look after a whole run."""
    unused = config.stash.get(UNUSED, None)
    if unused is not None:
        terminalreporter.section(f"{len(unused)} declared and not seen in this run")
        for about, lines in groupby(unused, lambda line: line.split(" ", 2)[:2]):
            terminalreporter.write_line(
                f"{' '.join(about)}: {', '.join(line.split(' ', 2)[2] for line in lines)}"
            )


@pytest.fixture(scope="session")
def options(request: pytest.FixtureRequest) -> Options:
    """How the platform that stories share is started."""
    return Options(services=bool(request.config.getoption(APART, default=False)), log_calls=True)


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Databases]:
    """Where each platform keeps truth and views: files, or with `--postgres` a database of its own."""
    if not request.config.getoption(POSTGRES, default=False):
        yield Databases()
        return
    if (missing := why_no_postgres()) is not None:
        pytest.skip(missing)
    with postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield Databases(server, tmp_path_factory.mktemp("views"))


@pytest.fixture(scope="session")
def installed(options: Options, databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Platform:
    """The platform that stories share, not started yet."""
    shared = Platform.at(tmp_path_factory.mktemp("platform"), payments={HASTY: {"expires_s": 3}})
    shared.also = databases.fresh()
    shared.arguments = ("--log-calls", *((APART,) if options.services else ()))
    return shared


@pytest.fixture(scope="session")
def observed(installed: Platform) -> Generator[Observed]:
    """What the apps of the shared platform ask of their sidecars, from its start on."""
    following = Observed(installed.home.logs)
    following.start()
    try:
        yield following
    finally:
        following.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def platform(installed: Platform, observed: Observed, databases: Databases) -> AsyncGenerator[Platform]:
    """The platform that stories share."""
    await installed.start()
    try:
        in_files = [path.name for path in installed.home.state.glob("*.db")]
        assert bool(in_files) != bool(databases.server), f"truth is where it should not be: {in_files}"
        yield installed
    finally:
        await installed.stop()


@pytest.fixture(scope="session")
def declared(options: Options) -> Declared:
    """What the features of the shared platform may ask."""
    features = discover(SERVICES)
    return Declared(features, options.placed(features))


@pytest.fixture
async def own(tmp_path: Path, databases: Databases) -> AsyncGenerator[Platform]:
    """A platform of the test's own, not started yet."""
    alone = Platform.at(tmp_path)
    alone.also = databases.fresh()
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
