"""Each alarm rings when what it is for happens, says so once, and is silent again once that is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from core.storage import upkeep
from core.storage.migrations import upgrade
from core.storage.sqlite import SqliteDatabase
from gateway.watch.alarms import ALARMS
from gateway.watch.growth import Growth
from gateway.watch.watch import Watch
from gateway.workers.daily import Daily
from gateway.workers.pulse import Pulse
from tests.gateway.watch.troubles import TROUBLES, look, with_limit
from tests.support.deployments import World
from tests.support.waiting import PATIENCE


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database on a busy machine is slow, which is no trouble here."""
    monkeypatch.setattr("gateway.watch.watch._PATIENCE", PATIENCE)


def test_every_alarm_has_a_trouble_that_rings_it() -> None:
    """None is only on paper."""
    assert TROUBLES.keys() == ALARMS.keys()


@pytest.mark.parametrize("name", TROUBLES)
async def test_an_alarm_rings_and_ends(world: World, tmp_path: Path, name: str) -> None:
    """It rings once the trouble has lasted, is said once in the log however often somebody looks, and ends."""
    with capture_logs() as lines:
        async with TROUBLES[name](world, tmp_path) as trouble:
            assert name in await look(world, trouble.watch, trouble.after)
            assert name in await look(world, trouble.watch)
            if trouble.mend is not None:
                await trouble.mend()
                after = timedelta(hours=2) if name.endswith(("_failed", "_refused")) else timedelta(seconds=1)
                assert name not in await look(world, trouble.watch, after)

    told = [(line["event"], line.get("page")) for line in lines if line.get("alarm") == name]
    over = [("alarm_over", None)] if trouble.mend is not None else []
    assert told == [("alarm_rings", ALARMS[name].page), *over]


async def test_a_deployment_in_order_rings_nothing(world: World) -> None:
    """But the end of the calendar, which is near in November 2026."""
    await Daily(world.deployment).run_once()

    any_disk = with_limit(world, disk_free_percent=0)
    assert await look(world, Watch(any_disk)) == {"calendar_ends"}


async def test_what_rang_rings_on_while_the_database_is_away(world: World, tmp_path: Path) -> None:
    """Nobody can tell now whether it is over."""
    database = SqliteDatabase(tmp_path / "own.sqlite3")
    await database.write(upgrade)
    await database.write(partial(upkeep.note, work=upkeep.AUDIT, at=world.clock(), facts={"findings": 1}))
    watch = Watch(replace(world.deployment, database=database))
    before = await look(world, watch)
    await database.close()

    assert "audit_failed" in before & await look(world, watch)


async def test_the_days_of_the_calendar_are_counted_as_in_the_daily_look(world: World) -> None:
    """In Vietnam it is tomorrow already when it is 18 o'clock in Greenwich."""
    world.clock.at = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
    with capture_logs() as lines:
        await Daily(world.deployment).run_once()
    found = await Watch(world.deployment).look()

    (told,) = [line["days"] for line in lines if line["event"] == "calendar_ends"]
    assert found["calendar_days_left"] == {(): told} == {(): 37}


def test_the_worst_lag_of_a_minute_is_remembered_and_then_forgotten() -> None:
    """A spike between two scrapes is seen; an old one does not ring for ever."""
    now = 0.0
    pulse = Pulse(lambda: now)
    for at, lag in ((0.0, 0.1), (1.0, 0.5), (2.0, 0.2)):
        now = at
        pulse.note(lag)

    assert pulse.worst() == 0.5
    now = 61.5
    assert pulse.worst() == 0.2
    now = 63.0
    assert pulse.worst() == 0.0


def test_growth_counts_what_came_within_its_span() -> None:
    """Not what was there at the first look, and not what came long ago."""
    growth, begin = Growth(timedelta(hours=1)), datetime(2026, 11, 23, tzinfo=UTC)

    assert growth.note(5, now=begin) == 0
    assert growth.note(7, now=begin + timedelta(minutes=30)) == 2
    assert growth.note(7, now=begin + timedelta(minutes=61)) == 0
