"""
A month of reports, each worked until its answer or the end of the month, in the order in which things would happen.
"""

from __future__ import annotations

import heapq
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from core.clock import VIETNAM, load_calendar
from core.regulations.model import Pack
from gateway.simulation.chart import Chart
from gateway.simulation.figures import Figures, figures
from gateway.simulation.office import CENTRE, Office, SimulatedClock, open_office, settings_of
from gateway.simulation.player import Player, Story, Turn

Say = Callable[[str], None]

WAKING = (6.0, 22.0)
AWAKE = 0.9
"""How many of the reports come between six and ten in the evening."""

TICK = timedelta(hours=1)
LATELY = date(2026, 11, 2)
BEFORE_ITS_END = timedelta(days=120)
WAYS = ("Đèn đường hỏng", "Ổ gà lớn", "Rác chưa được thu gom", "Nước thải chảy ra đường", "Vỉa hè bị lấn chiếm")


@dataclass(frozen=True)
class Plan:
    """What to simulate: `days` days from `start`, `per_day` reports each; the same seed gives the same month."""

    regulation: str
    start: datetime
    days: int
    per_day: int
    seed: int = 1

    @property
    def end(self) -> datetime:
        """When nobody works any more."""
        return self.start + timedelta(days=self.days)

    def arrivals(self, random: Random) -> list[datetime]:
        """When the reports come: mostly by day, some at night."""
        hours = (
            day * 24 + (random.uniform(*WAKING) if random.random() < AWAKE else random.uniform(0, 24))
            for day in range(self.days)
            for _ in range(self.per_day)
        )
        return sorted(self.start + timedelta(hours=hour) for hour in hours)


def usual_start(pack: Pack) -> datetime:
    """
    Midnight of a Monday on which the regulation was in force, as far as the working calendar goes back.

    A regulation of former years works on a Monday of the present ones.
    """
    until, known = pack.meta.in_force_until, load_calendar(pack.meta.calendar).first
    day = LATELY
    if until is not None and until < LATELY and until - BEFORE_ITS_END > known:
        day = until - BEFORE_ITS_END
    monday = day + timedelta(days=-day.weekday() % 7)
    return datetime(monday.year, monday.month, monday.day, tzinfo=VIETNAM)


async def simulate(plan: Plan, *, database_url: str = "", say: Say = lambda _: None) -> Figures:
    """The whole month over a temporary folder; both counts at its end."""
    async with opened(plan, database_url) as (office, clock):
        month = Month(plan, office, clock, say)
        await month.run()
        return await figures(office, month.case_ids)


@asynccontextmanager
async def opened(plan: Plan, database_url: str) -> AsyncIterator[tuple[Office, SimulatedClock]]:
    """An office over a temporary folder, and the clock that it goes by."""
    with TemporaryDirectory(prefix="langnghe-simulation-") as folder:
        clock = SimulatedClock(plan.start)
        settings = settings_of(plan.regulation, Path(folder), database_url=database_url)
        async with open_office(settings, clock) as office:
            yield office, clock


class Month:
    """Everything that is still to happen, the next first."""

    def __init__(self, plan: Plan, office: Office, clock: SimulatedClock, say: Say) -> None:
        self._plan, self._office, self._clock, self._say = plan, office, clock, say
        self._random = Random(plan.seed)  # noqa: S311 (a game, no secret)
        self._player = Player(office, Chart(office.pack), self._random)
        self._order = count()
        self._coming: list[tuple[datetime, int, Story | None, Turn | None]] = []
        self._number = 0
        self._ticked = plan.start
        self.case_ids: list[str] = []

    async def run(self) -> None:
        """Until the end of the month."""
        for moment in self._plan.arrivals(self._random):
            self._push(moment, None, None)
        while self._coming and self._coming[0][0] < self._plan.end:
            moment, _, story, turn = heapq.heappop(self._coming)
            await self._let_time_pass(moment)
            await self._next(story, turn)
        await self._let_time_pass(self._plan.end)

    def _push(self, moment: datetime, story: Story | None, turn: Turn | None) -> None:
        heapq.heappush(self._coming, (moment, next(self._order), story, turn))

    async def _let_time_pass(self, until: datetime) -> None:
        """What is due on the way fires about when it is due."""
        while self._ticked + TICK <= until:
            self._ticked += TICK
            self._clock.move_to(self._ticked)
            await self._office.work()
        self._clock.move_to(until)

    async def _next(self, story: Story | None, turn: Turn | None) -> None:
        if story is None:
            story = await self._report()
        elif turn is not None:
            await self._player.act(story, turn, now=self._clock())
        upcoming = self._player.turn(story, now=self._clock())
        if upcoming is not None:
            self._push(upcoming.at, story, upcoming)

    async def _report(self) -> Story:
        """Somebody calls reception, who types it in."""
        self._number += 1
        reception = self._office.staff[CENTRE][0]
        taken = await self._office.call(reception, "POST", "/reports", self._words())
        if taken.status != 202:
            raise RuntimeError(f"the report was not taken: {taken.body}")
        await self._office.work()
        found = await self._office.call(reception, "GET", f"/reports/{taken.body['code'].replace(' ', '')}")
        if found.status != 200:
            raise RuntimeError(f"no case came of the report: {found.body}")
        self.case_ids.append(found.body["case_id"])
        if self._number % max(1, self._plan.per_day) == 0:
            self._say(f"{self._clock():%Y-%m-%d}: {self._number} reports")
        return await self._player.begin(found.body["case_id"], reception)

    def _words(self) -> dict[str, object]:
        number = self._number
        return {
            "content": f"{self._random.choice(WAYS)} trước nhà số {number}",
            "place": {"text": f"Số {number} đường Mô Phỏng"},
            "occurred": "Sáng nay",
            "reporter": {
                "name": "Nguyễn Văn An",
                "phone": f"09{number:08}",
                "email": f"an{number}@example.vn",
                "address": f"Số {number} đường Mô Phỏng",
                "identity_number": f"001090{number:06}",
            },
            "confidential": number % 20 == 0,
            "consent": True,
        }
