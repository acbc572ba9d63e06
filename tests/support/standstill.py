"""
A test that failed while the machine stood still is run once more: timers that end in the same instant prove nothing.

A host may stop a virtual machine, or its disk, for seconds. What a test waited for at most a second then has run out
before anybody could be late; what may take the disk 0.3 s has gone another way. Only a standstill that was measured
counts, the summary tells of it, and what fails again has failed.
"""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable
from os import fsync  # the system's own, whatever a test puts in its place

import pytest
from _pytest.runner import runtestprotocol

STANDSTILL = 1.0
"""Seconds; below that every timer of a test has to bear it."""
SLOW_SYNC = 0.25
"""Seconds; a database has 0.3 before the journal is used (`LANGNGHE_INTAKE__DATABASE_BUDGET`)."""
_TICK = 0.05
_DISK_TICK = 0.2


class Watch:
    """Notices, in threads of its own, when this process was not run for a while, and when the disk took long."""

    def __init__(self) -> None:
        self._not_run = self._sync = 0.0
        for look in (self._look_at_clock, self._look_at_disk):
            threading.Thread(target=look, name="standstill", daemon=True).start()

    def _look_at_clock(self) -> None:
        while True:
            late = _seconds(lambda: time.sleep(_TICK)) - _TICK
            self._not_run = max(self._not_run, late)

    def _look_at_disk(self) -> None:
        with tempfile.TemporaryFile() as file:
            while True:
                time.sleep(_DISK_TICK)
                os.pwrite(file.fileno(), os.urandom(1), 0)
                self._sync = max(self._sync, _seconds(lambda: fsync(file.fileno())))

    def begin(self) -> None:
        """Forget what was before."""
        self._not_run = self._sync = 0.0

    @property
    def found(self) -> str:
        """What stood still since then, and for how long; nothing where nothing did."""
        if self._not_run > STANDSTILL:
            return f"the machine stood still for {self._not_run:.1f} s"
        return f"the disk stood still for {self._sync:.1f} s" if self._sync > SLOW_SYNC else ""


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


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
    if any(report.failed for report in reports) and (found := watch.found):
        item.warn(pytest.PytestWarning(f"failed while {found}, run again"))
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for report in reports:
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True
