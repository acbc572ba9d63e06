"""Slices of one target with what they cost: processor time, syncs and log lines per message."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.client import Slice
from bench.launch import Gateway, Target, Watch
from bench.processes import cpu_seconds


@dataclass
class Meter:
    """Counts around every slice that runs through it. `database` are processes that work for the target."""

    target: Target
    database: Sequence[int] = ()
    disk: Watch | None = None
    slices: list[Slice] = field(default_factory=list)
    _server: float = 0.0
    _database: float = 0.0
    _syncs: int = 0
    _lines: int = 0

    def around(self, run: Callable[[], Slice]) -> Slice:
        """Run one slice and add what it cost."""
        before = self._read()
        found = run()
        server, database, syncs, lines = (now - then for now, then in zip(self._read(), before, strict=True))
        self._server += server
        self._database += database
        self._syncs += int(syncs)
        self._lines += int(lines)
        self.slices.append(found)
        return found

    @property
    def requests(self) -> int:
        """Answers in all slices."""
        return sum(one.requests for one in self.slices)

    @property
    def server_us(self) -> float:
        """Processor time of the target itself per request, microseconds."""
        return self._server / self.requests * 1e6

    @property
    def database_us(self) -> float:
        """The same of its database."""
        return self._database / self.requests * 1e6

    @property
    def syncs(self) -> float:
        """Syncs per request."""
        return self._syncs / self.requests

    @property
    def lines(self) -> float:
        """Log lines per request."""
        return self._lines / self.requests

    def _read(self) -> tuple[float, float, int, int]:
        lines = self.target.log_lines() if isinstance(self.target, Gateway) else 0
        syncs = self.disk.syncs if self.disk else 0
        return cpu_seconds(self.target.pids), cpu_seconds(self.database), syncs, lines
