"""
A test that failed while the machine stood still is run once more: timers that end in the same instant prove nothing.

A host may stop a virtual machine for seconds. What a test waited for at most a second then has run out before anybody
could be late. Only a standstill that was measured counts, the summary tells of it, and what fails again has failed.
"""

from __future__ import annotations

import threading
import time

import pytest
from _pytest.runner import runtestprotocol

STANDSTILL = 1.0
"""Seconds; below that every timer of a test has to bear it."""
_TICK = 0.05


class Watch:
    """Notices, in a thread of its own, when this process was not run for a while."""

    def __init__(self) -> None:
        self.longest = 0.0
        threading.Thread(target=self._run, name="standstill", daemon=True).start()

    def _run(self) -> None:
        last = time.monotonic()
        while True:
            time.sleep(_TICK)
            now = time.monotonic()
            self.longest, last = max(self.longest, now - last - _TICK), now

    def begin(self) -> None:
        """Forget what was before."""
        self.longest = 0.0


_WATCH = pytest.StashKey[Watch]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """One watch for each process that runs tests."""
    session.config.stash[_WATCH] = Watch()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As ever, but twice where the first time does not count."""
    watch, hook = item.config.stash[_WATCH], item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    watch.begin()
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(report.failed for report in reports) and watch.longest > STANDSTILL:
        item.warn(pytest.PytestWarning(f"failed while the machine stood still for {watch.longest:.1f} s, run again"))
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
