"""The months behind the trend: those that are over are counted once in a while, the running one at every look."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.clock import VIETNAM
from core.storage.statistics import Period
from gateway.statistics.trend import KEPT, MONTHS, Trend
from tests.gateway.api.staffing import report
from tests.support.deployments import World


def year(world: World, *, agencies: frozenset[str] | None = None) -> Period:
    now = world.clock()
    return Period(datetime(now.year, 1, 1, tzinfo=VIETNAM), datetime(now.year + 1, 1, 1, tzinfo=VIETNAM), now, agencies)


async def test_the_running_month_is_counted_at_every_look(world: World) -> None:
    trend = Trend(world.deployment.database, world.clock)
    await report(world)
    assert [one.received for one in await trend.months(year(world))] == [0] * (MONTHS - 1) + [1]
    await report(world)
    assert (await trend.months(year(world)))[-1].received == 2


async def test_a_month_that_is_over_is_counted_again_after_a_while(world: World) -> None:
    """What comes to it late is seen then: here a look before the month was over in which nothing had come."""
    trend = Trend(world.deployment.database, world.clock)
    world.clock.advance(days=31)
    assert (await trend.months(year(world)))[-2].received == 0
    world.clock.at -= timedelta(days=31)
    await report(world)
    world.clock.advance(days=31)
    assert (await trend.months(year(world)))[-2].received == 0
    world.clock.advance(seconds=KEPT.total_seconds())
    assert (await trend.months(year(world)))[-2].received == 1


async def test_who_sees_some_agencies_sees_no_trend(world: World) -> None:
    """It counts everybody's cases."""
    period = year(world, agencies=frozenset({"so_xay_dung"}))

    assert await Trend(world.deployment.database, world.clock).months(period) == []
