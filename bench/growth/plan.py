"""Which story is copied how often, into which week: two years of cases, of which 30 times the square root are open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, sqrt
from random import Random

from bench.growth.lives import OVER
from bench.growth.stories import Story
from core.storage.types import to_microseconds

YEARS = timedelta(days=730)
OPEN_FOR = timedelta(weeks=12)
_WEEK = timedelta(weeks=1) // timedelta(microseconds=1)
_MARGIN = timedelta(hours=12) // timedelta(microseconds=1)
_LATELY = "published lately"
# How the cases that are over ended: one in four with a published answer, which is what takes most room.
_ENDS: Mapping[str, float] = {"published": 0.13, "rated": 0.08, "late": 0.04, "declined": 0.4, "cancelled": 0.35}


@dataclass(frozen=True)
class Job:
    """So many copies of one story, moved by so many weeks; `received`: when they begin (microseconds)."""

    story: int
    weeks: int
    copies: int
    received: int


def open_cases(cases: int) -> int:
    """How much open work an archive of this size has: 3,000 / 9,500 / 30,000 of 10,000 / 100,000 / 1,000,000."""
    return min(round(30 * sqrt(cases)), cases // 2)


def plan(stories: Sequence[Story], *, cases: int, as_of: datetime, chance: Random) -> list[Job]:
    """Every job, in order of time."""
    waiting = open_cases(cases)
    lately = round((cases - waiting) * 0.01)
    over = cases - waiting - lately
    wanted = {kind: round(over * share) for kind, share in _ENDS.items()}
    wanted["published"] += over - sum(wanted.values())
    open_kinds = sorted({one.life.kind for one in stories} - OVER - {_LATELY})
    wanted |= {kind: waiting // len(open_kinds) for kind in open_kinds} | {_LATELY: lately}
    wanted[open_kinds[0]] += waiting - waiting // len(open_kinds) * len(open_kinds)
    jobs = [job for kind, many in wanted.items() for job in _spread(stories, kind, many, as_of, chance)]
    return sorted(jobs, key=lambda job: job.received)


def _spread(stories: Sequence[Story], kind: str, many: int, as_of: datetime, chance: Random) -> Iterable[Job]:
    """The same number for each story and week, the rest by chance."""
    back = YEARS if kind in OVER else OPEN_FOR
    places = [
        (number, weeks)
        for number, story in enumerate(stories)
        if story.life.kind == kind
        for weeks in _weeks(story, as_of, back)
    ]
    if not places:
        raise ValueError(f"no story of a case that is {kind} can end on {as_of:%d/%m/%Y}")
    each, rest = divmod(many, len(places))
    more = set(chance.sample(range(len(places)), rest))
    for index, (number, weeks) in enumerate(places):
        copies = each + (index in more)
        if copies:
            yield Job(number, weeks, copies, stories[number].received + weeks * _WEEK)


def _weeks(story: Story, as_of: datetime, back: timedelta) -> range:
    """By how many weeks a story may be moved so that all of it has happened, and what comes next has not."""
    now = to_microseconds(as_of)
    latest = now - (story.last - story.received)
    earliest = now - back // timedelta(microseconds=1)
    if story.next is not None:
        earliest = max(earliest, now - (story.next - story.received) + _MARGIN)
    return range(ceil((earliest - story.received) / _WEEK), floor((latest - story.received) / _WEEK) + 1)
