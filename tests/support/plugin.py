"""
What every test of the repository gets: servers, a browser, and four rules.

1. No test talks to a machine other than this one.
2. The environment of whoever runs the tests (LANGNGHE_*, proxies) does not change them.
3. Where CI is true, a skipped test is a failed run: a missing tool must not look like success.
4. A test that sets up logging (every command does) does not make the next one's log lines vanish.

The fixtures are started on first use and live as long as the pytest-xdist worker which uses them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
import structlog

from tests.support.network import OutsideConnection, guard_network
from tests.support.servers import PostgresServer, RedisServer
from tests.support.usual import REGULATION

if TYPE_CHECKING:
    from playwright.async_api import Browser

PROXIES = {"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"}


def pytest_configure(config: pytest.Config) -> None:
    """Rules 1 and 2, before the first test module is imported."""
    clean_environment()
    guard_network()


def clean_environment() -> None:
    """Forget the settings of the person who runs the tests; processes that a test starts have the usual regulation."""
    for name in list(os.environ):
        if name.startswith("LANGNGHE_") or name.lower() in PROXIES:
            del os.environ[name]
    os.environ["LANGNGHE_REGULATION"] = REGULATION
    keep_bytecode()


def keep_bytecode() -> None:
    """Compile each module once, not once a process: `import gateway.app` costs 1.4 instead of 2.4 s of a core."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the browser carries its marker, so that `-m "not browser"` never forgets a test."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Rule 3; with xdist only the controller has all the reports."""
    if exitstatus == pytest.ExitCode.OK and in_ci() and skipped_tests(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say why the run failed although no test did."""
    skipped = skipped_tests(terminalreporter.config)
    if skipped and in_ci():
        terminalreporter.section("skipped in CI")
        terminalreporter.line(f"{len(skipped)} skipped: a skipped test in CI is a failure.", red=True)


def in_ci() -> bool:
    """Whether this run decides about a change."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def skipped_tests(config: pytest.Config) -> list[object]:
    """Reports of skipped tests and skipped modules so far; empty inside a worker."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    return list(reporter.stats.get("skipped", ())) if reporter else []


@pytest.fixture(autouse=True)
def outside_connections() -> Iterator[list[OutsideConnection]]:
    """Fails a test that tried to leave the machine, even where the code under test swallowed the refusal."""
    attempts = guard_network()
    attempts.clear()
    yield attempts
    refused, attempts[:] = list(attempts), []
    if refused:
        pytest.fail(f"this test tried to leave the machine: {refused}")


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Rule 4."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """
    A running PostgreSQL, shared by the tests of this worker; make databases of your own in it.

    It need not survive a power cut and does not tidy up behind itself: a test that speaks of that starts its own.
    """
    with PostgresServer.start(fsync=False, settings={"autovacuum": "off"}) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A running Redis, shared by the tests of this worker: use keys of your own, or `flush()` first."""
    with RedisServer.start() as server:
        yield server


@pytest_asyncio.fixture
async def browser() -> AsyncIterator[Browser]:
    """A Chromium of this test's own, for Playwright's asynchronous API."""
    from tests.support.chromium import open_browser

    async with open_browser() as opened:
        yield opened
