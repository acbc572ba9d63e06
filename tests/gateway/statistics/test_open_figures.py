"""What everybody reads of a month is what the statistics of staff say of it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest

from core.clock import VIETNAM
from core.storage import open_figures, statistics
from core.storage.database import Connection
from core.storage.open_figures import Count
from core.storage.statistics import Asked, Period
from gateway.simulation.month import Month, Plan, opened
from tests.support.databases import on_both_engines

START, END = datetime(2026, 11, 1, tzinfo=VIETNAM), datetime(2026, 12, 1, tzinfo=VIETNAM)


@on_both_engines
@pytest.mark.rule("TG-12.5", "A-4")
async def test_open_figures_agree_with_those_of_staff(database_url: str) -> None:
    """By month, by category and by channel, received and finished, after days of work of every kind."""
    server = "" if database_url.startswith("sqlite") else database_url.replace("+asyncpg", "")
    plan = Plan("quang_binh", datetime(2026, 11, 2, tzinfo=VIETNAM), days=10, per_day=2)
    async with opened(plan, server) as (office, clock):
        await Month(plan, office, clock, lambda _: None).run()

        def both(connection: Connection) -> None:
            period = Period(START, END, clock())
            counted = statistics.numbers(connection, period)
            done = statistics.behind(connection, period, Asked("case", fresh=True, open=False))
            finished = Counter(one.category for one in done)

            def named(kind: str) -> dict[str, int]:
                return {fact.name: many for fact, many in counted.items() if fact.kind == kind and fact.fresh}

            total = Count(Asked("case", fresh=True).of(counted), len(done))
            assert open_figures.by_month(connection, [START, END]) == [total]
            assert total.received == plan.days * plan.per_day
            assert total.finished > 0
            categories = {name: Count(many, finished[name]) for name, many in named("category").items()}
            assert open_figures.by_category(connection, START, END) == categories
            assert open_figures.by_channel(connection, START, END) == named("received")

        await office.deployment.database.read(both)
