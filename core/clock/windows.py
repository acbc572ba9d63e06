"""
Limits that depend on the time of day of arrival (U-5, "win"), each window with its own ends.

    windows:
      - {from: "06:00", through: "22:00", allow: 1h}                # 06:00:00 and 22:00:00 both belong
      - {after: "22:00", before: "06:00", allow: before 07:00}      # neither belongs; runs over midnight

`from` and `through` include the instant, `after` and `before` leave it out. Together the windows must hold every
instant of the day exactly once: a gap or an overlap is an error when the data is read, never a surprise at night.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from core.clock.errors import CalendarInvalid, NotationInvalid
from core.clock.shifts import DAY_SECONDS, seconds_of, time_text
from core.clock.terms import Term, extend, parse_term
from core.clock.zone import local

_TICKS = 1_000_000  # instants are whole microseconds, so an excluded end is one microsecond away
_DAY = DAY_SECONDS * _TICKS
_MICROSECOND = timedelta(microseconds=1)


def _tick_of_day(instant: datetime) -> int:
    moment = local(instant)
    return (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) // _MICROSECOND


@dataclass(frozen=True)
class DayWindow:
    """
    A stretch of every day, perhaps over midnight.

    Args:
        start, end: seconds after midnight; `with_start`, `with_end`: does the instant itself belong?
    """

    start: int
    end: int
    with_start: bool = True
    with_end: bool = True

    def _ticks(self) -> tuple[int, int]:
        first = self.start * _TICKS + (not self.with_start)
        return first, self.end * _TICKS + self.with_end

    def __contains__(self, instant: datetime) -> bool:
        tick = _tick_of_day(instant)
        return any(first <= tick < last for first, last in self.pieces())

    def pieces(self) -> Iterator[tuple[int, int]]:
        """Half-open stretches in microseconds of the day; two of them when it runs over midnight."""
        first, last = self._ticks()
        if self.start < self.end:
            yield first, min(last, _DAY)
        else:
            yield first, _DAY
            yield 0, last

    def __str__(self) -> str:
        opening, closing = "[" if self.with_start else "(", "]" if self.with_end else ")"
        return f"{opening}{time_text(self.start)}–{time_text(self.end)}{closing}"

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> DayWindow:
        """Read {from|after: "HH:MM", through|before: "HH:MM"}; raises NotationInvalid."""
        starts, ends = data.keys() & {"from", "after"}, data.keys() & {"through", "before"}
        if len(starts) != 1 or len(ends) != 1:
            raise NotationInvalid(f"window {dict(data)}: one of from/after and one of through/before")
        start, end = starts.pop(), ends.pop()
        try:
            seconds = seconds_of(data[start]), seconds_of(data[end])
        except CalendarInvalid as error:
            raise NotationInvalid(f"window {dict(data)}: {error}") from error
        return cls(*seconds, with_start=start == "from", with_end=end == "through")

    def to_data(self) -> dict[str, str]:
        """The mapping that `parse` reads."""
        start, end = "from" if self.with_start else "after", "through" if self.with_end else "before"
        return {start: time_text(self.start), end: time_text(self.end)}


@dataclass(frozen=True)
class Window:
    """A stretch of the day and the limit for what arrives in it."""

    when: DayWindow
    allow: Term


@dataclass(frozen=True)
class Windows:
    """
    Which limit applies, by time of day of arrival (U-5).

    Raises: NotationInvalid: some instant of the day lies in no window, or in two.
    Source: U-5, QB-IV.1.1b, A-QB-5.
    """

    windows: tuple[Window, ...]

    def __post_init__(self) -> None:
        pieces = sorted(piece for window in self.windows for piece in window.when.pieces())
        edge = 0
        for first, last in pieces:
            if first != edge:
                raise NotationInvalid(f"windows leave a gap or overlap at {time_text(min(first, edge) // _TICKS)}")
            edge = last
        if edge != _DAY:
            raise NotationInvalid("windows do not reach the end of the day")

    def choose(self, instant: datetime) -> Window:
        """The one window this instant falls into."""
        return next(window for window in self.windows if instant in window.when)

    def extended(self, by: Term) -> Windows:
        """Every window's limit made longer by as much (QB: via Ban Chỉ đạo +30min)."""
        return Windows(tuple(replace(window, allow=extend(window.allow, by)) for window in self.windows))

    def __str__(self) -> str:
        return "win " + ", ".join(f"{window.when} {window.allow}" for window in self.windows)

    @classmethod
    def parse(cls, data: Sequence[Mapping[str, Any]]) -> Windows:
        """Read the list of window mappings shown above; raises NotationInvalid."""
        if not isinstance(data, list) or not all(isinstance(item, Mapping) for item in data):
            raise NotationInvalid(f"windows: a list of mappings, not {data!r}")
        return cls(tuple(_parse_window(item) for item in data))

    def to_data(self) -> list[dict[str, str]]:
        """The list that `parse` reads."""
        return [{**window.when.to_data(), "allow": str(window.allow)} for window in self.windows]


def _parse_window(data: Mapping[str, Any]) -> Window:
    unknown = data.keys() - {"from", "after", "through", "before", "allow"}
    if unknown or "allow" not in data:
        raise NotationInvalid(f"window {dict(data)}: needs allow; cannot read {sorted(unknown)}")
    return Window(DayWindow.parse(data), parse_term(data["allow"]))
