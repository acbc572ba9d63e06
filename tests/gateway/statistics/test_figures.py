"""Figures of a period equal what raw events say, stay what they were, and can be made anew from the events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import delete

from core.clock import VIETNAM
from core.places import Gazetteer
from core.service.statistics import Figures, Keeping, count, read_period
from core.service.statistics.sheets import sheets
from core.storage import milestones, statistics
from core.storage.tables import case_milestone
from gateway.admin.services import rebuilding_of
from gateway.simulation.month import Month, Plan, opened
from gateway.simulation.office import Office
from tests.gateway.statistics import oracle
from tests.gateway.statistics.agreement import agrees_in_parts, carried_agrees, lists_agree
from tests.support.databases import on_both_engines

START = datetime(2026, 11, 2, tzinfo=VIETNAM)
SOME = "so_xay_dung"
INSTANT = timedelta(microseconds=1)
A_MONTH = 31


async def figures(office: Office, name: str, *, now: datetime, as_of: datetime | None = None) -> Figures:
    deployment = office.deployment
    period = read_period(name, now=now, as_of=as_of)
    made = partial(count, period=period, regulation=deployment.regulation, places=Gazetteer(), now=now)
    return await deployment.database.read(made)


@on_both_engines
@pytest.mark.rule("TG-12.5", "TG-13.4", "LS-10.3")
async def test_every_figure_is_what_the_raw_events_say_and_stays_so(database_url: str) -> None:
    """Counted in SQL that knows nothing of milestones; again after a month of further work; again from nothing."""
    server = "" if database_url.startswith("sqlite") else database_url.replace("+asyncpg", "")
    plan = Plan("quang_binh", START, days=3, per_day=4)
    async with opened(plan, server) as (office, clock):
        await kept(office, clock())
        await Month(plan, office, clock, lambda _: None).run()
        then = clock()
        await kept(office, then)
        first = await figures(office, "2026-11-02..2026-11-30", now=then)
        await _agrees(office, first, then)
        assert first.received == plan.days * plan.per_day
        assert first.cases.total == first.received
        assert first.cases.overdue or first.cases.late

        further = replace(plan, start=then, days=A_MONTH, per_day=1, seed=2)
        await Month(further, office, clock, lambda _: None).run()
        assert clock() - then >= timedelta(days=A_MONTH)
        again = await figures(office, "2026-11-02..2026-11-30", now=clock(), as_of=then + INSTANT)
        assert replace(again, counted_at=first.counted_at) == first
        await kept(office, clock())
        later = await figures(office, "2026-11-05..2026-12-31", now=clock())
        await carried_agrees(office.deployment, later)
        await _agrees(office, await figures(office, "2026-11-01..2026-12-31", now=clock()), clock())
        assert later.received == A_MONTH
        assert later.carried == first.cases.open

        await _from_nothing(office)
        assert await figures(office, "2026-11-05..2026-12-31", now=clock()) == later


async def kept(office: Office, now: datetime) -> None:
    """What is made of figures kept before, and of what has changed since, is what counting anew gives; twice."""
    database = office.deployment.database
    for name, agencies in (("2026-11-02..2026-11-30", None), ("2026-11-04..2026-11-30", frozenset({SOME}))):
        period = replace(read_period(name, now=now), agencies=agencies)
        anew = await database.read(partial(statistics.numbers, period=period))
        for _ in range(2):
            assert await Keeping(database, now=lambda: now).numbers(period) == (anew, True)
    past = read_period("2026-11-02..2026-11-30", now=now, as_of=now - timedelta(minutes=30))
    anew = await database.read(partial(statistics.numbers, period=past))
    assert [(await Keeping(database, now=lambda: now).numbers(past))[0] for _ in range(2)] == [anew, anew]


async def _agrees(office: Office, made: Figures, now: datetime) -> None:
    database = office.deployment.database
    assert {one.id: one.count for one in made.stages} == await database.read(partial(oracle.stages, until=now))
    assert {one.id: one.count for one in made.categories} == await database.read(partial(oracle.categories, until=now))
    limits = {
        one.id: (one.counts.in_time, one.counts.late, one.counts.overdue, one.counts.total) for one in made.limits
    }
    assert limits == await database.read(partial(oracle.limits, until=now))
    assert made.received == await database.read(partial(oracle.received, first=made.period.first, until=now))
    within = {"first": made.period.first, "until": now}
    assert {one.id: one.count for one in made.channels} == await database.read(partial(oracle.channels, **within))
    told = ({one.id: one.count for one in made.answers}, {one.id: one.count for one in made.ratings}, made.complaints)
    assert told == await database.read(partial(oracle.happened, **within))
    await agrees_in_parts(office.deployment, made)
    await lists_agree(office.deployment, made)
    for sheet in sheets(made):
        for _, _, cell, asked in sheet.cells():
            if isinstance(cell, int):
                listed = await database.read(partial(statistics.behind, period=made.period, asked=asked, most=1000))
                assert len(listed) == cell, (sheet.id, asked)


async def _from_nothing(office: Office) -> None:
    """As after an update: milestones are gone, and read off the events."""
    database, rebuilding = office.deployment.database, rebuilding_of(office.deployment)
    await database.write(lambda connection: connection.execute(delete(case_milestone)))
    await rebuilding.begin()
    assert await database.read(milestones.missing_after) == ""
    while await rebuilding.run_once():
        pass
    assert await database.read(milestones.missing_after) is None
