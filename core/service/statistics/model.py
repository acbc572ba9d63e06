"""What a report of a period says, in the words of the regulation; nothing in it names a citizen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.storage.statistics import Period


@dataclass(frozen=True)
class Counts:
    """Ended in time and late; open within every limit, and beyond one."""

    in_time: int = 0
    late: int = 0
    within: int = 0
    overdue: int = 0

    @property
    def ended(self) -> int:
        """In time or late."""
        return self.in_time + self.late

    @property
    def open(self) -> int:
        """Within or overdue."""
        return self.within + self.overdue

    @property
    def total(self) -> int:
        """All of them."""
        return self.ended + self.open

    @property
    def rate(self) -> float | None:
        """Which part of the ended ones was in time, 0 to 1; None: none has ended."""
        return self.in_time / self.ended if self.ended else None

    def plus(self, count: int, *, running: bool, late: bool) -> Counts:
        """With so many more that stand alike."""
        name = ("overdue" if late else "within") if running else ("late" if late else "in_time")
        return Counts(**(self.__dict__ | {name: getattr(self, name) + count}))


@dataclass(frozen=True)
class Count:
    """How many of what; `id` as in the regulation or the list of agencies."""

    id: str
    label: str
    count: int


@dataclass(frozen=True)
class AgencyRow:
    """An agency's part of the work. `ratings`: verdicts in the period, best first; `score`: their mean."""

    id: str
    label: str
    counts: Counts
    ratings: tuple[Count, ...] = ()
    score: float | None = None


@dataclass(frozen=True)
class LimitRow:
    """How one time limit of the regulation was kept. `rules`: where it stands."""

    id: str
    label: str
    rules: tuple[str, ...]
    counts: Counts


@dataclass(frozen=True)
class Figures:
    """
    One period, as of `period.until`.

    Args:
        received: cases that came in it; carried: open ones of before. cases: how both stand together.
        stages: where they stand. answers, ratings, complaints: what happened within it, to whatever case.
        whole: every case is counted; not so for a while after an update that had to read the cases of before anew.
    """

    period: Period
    received: int
    carried: int
    cases: Counts
    stages: tuple[Count, ...]
    channels: tuple[Count, ...]
    categories: tuple[Count, ...]
    urgencies: tuple[Count, ...]
    communes: tuple[Count, ...]
    agencies: tuple[AgencyRow, ...]
    limits: tuple[LimitRow, ...]
    answers: tuple[Count, ...]
    ratings: tuple[Count, ...]
    complaints: int
    counted_at: datetime
    whole: bool = True
