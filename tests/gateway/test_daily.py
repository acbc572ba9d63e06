"""Once a day: old raw bodies go, the calendar's end is announced, unfinished erasures are finished."""

from __future__ import annotations

from functools import partial

from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from core.storage import erasure, holdings, tables
from gateway.workers.daily import Daily
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail


async def raw_bodies(world: World) -> int:
    """How many are kept."""
    query = select(func.count()).where(tables.inbox_raw.c.body_sealed.is_not(None))
    return await world.deployment.database.read(lambda connection: connection.scalar(query) or 0)


@on_both_engines
async def test_raw_bodies_are_kept_as_long_as_the_setting_says(world: World) -> None:
    """Thirty days and no longer; everything made of them stays."""
    daily = Daily(world.deployment)
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    today = update(tables.inbox_raw).values(received_at=world.clock())  # mail is stamped by the machine's own clock
    await world.deployment.database.write(lambda connection: connection.execute(today))

    world.clock.advance(days=29)
    await daily.run_once()
    before = await raw_bodies(world)
    world.clock.advance(days=2)
    await daily.run_once()

    assert (before, await raw_bodies(world)) == (1, 0)
    reports = await world.deployment.database.read(lambda c: c.execute(tables.report.select()).all())
    assert [row.content_sealed is not None for row in reports] == [True]


async def test_the_end_of_the_calendar_is_announced_months_before(world: World) -> None:
    """Once a day, with how many days are left; silent while it is far."""
    daily = Daily(world.deployment)
    with capture_logs() as near:
        await daily.run_once()
        await daily.run_once()
    world.clock.advance(days=-200)
    with capture_logs() as far:
        await Daily(world.deployment).run_once()

    told = [line for line in near if line["event"] == "calendar_ends"]
    assert [(line["reason"], line["last"], line["log_level"]) for line in told] == [
        ("provisional", "2026-12-31", "warning")
    ]
    assert [line for line in far if line["event"] == "calendar_ends"] == []


async def test_an_erasure_that_was_interrupted_is_finished(world: World) -> None:
    """On the first round after a start."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    database = world.deployment.database
    (contact,) = await database.read(holdings.contacts_kept)
    await database.write(partial(erasure.begin, contact_id=contact, mode="erase"))

    await Daily(world.deployment).run_once()

    assert await database.read(holdings.contacts_kept) == []
    assert await database.read(erasure.unfinished) == []
