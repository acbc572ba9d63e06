"""
The machine's clock jumps while the gateway runs: hours and a day, forwards and backwards.

Deadlines fire once each, notices go out once each, what arrives meanwhile becomes one report each, and the loops come
to rest again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from core.cases.decide import Actor
from core.service.desk import Issued
from core.storage import case_search
from core.storage.case_search import Search
from core.storage.inbox_queue import inbox_state
from core.storage.outbox import outbox_state
from core.storage.tables import case_event, report
from gateway.process import running
from tests.support.databases import on_both_engines
from tests.support.deployments import World, open_world
from tests.support.letters import write_mail
from tests.support.waiting import until

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
LAMP = "Đèn đường trước số {number} Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."
JUMPS = (
    {"hours": 3},
    {"hours": -3},
    {"days": 1},
    {"days": -1},
    {"hours": -5},
    {"hours": 5},
    {"days": 30},
    {"days": -1},
    {"days": 1},
)
"""In the end thirty days have gone by."""


async def cases_at_an_agency(world: World, numbers: range) -> None:
    """Mails that became cases, with legal limits that run."""
    for number in numbers:
        await write_mail(world, LAMP.format(number=number), sender=f"citizen{number}@hopthu.example.vn")
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    for row in await world.deployment.database.read(partial(case_search.search, wanted=Search())):
        for name, payload in (("accept", {}), ("dispatch", {"agencies": [agency]})):
            assert isinstance(await world.deployment.clerk.execute(row.id, name, payload, actor=CENTRE), Issued)
    await world.settle()


def deadlines(connection: Connection) -> Counter[tuple[str, bytes]]:
    """What fired, by case and clock: each must be there once."""
    query = select(case_event.c.name, case_event.c.body).where(
        case_event.c.name.in_(("clock_warned", "clock_breached"))
    )
    return Counter((row.name, row.body) for row in connection.execute(query))


async def fired(world: World) -> list[str]:
    """Names of what fired."""
    counted = await world.deployment.database.read(deadlines)
    return sorted(name for name, _ in counted.elements())


@asynccontextmanager
async def straight(folder: Path) -> AsyncIterator[World]:
    """A world whose clock never jumps."""
    folder.mkdir()
    async with open_world(folder / "var") as world:
        yield world


@on_both_engines
async def test_deadlines_fire_once_however_the_clock_jumps(world: World, tmp_path: Path) -> None:
    """As many warnings, breaches and mails as where thirty days simply passed."""
    await cases_at_an_agency(world, range(3))
    async with straight(tmp_path / "straight") as other:
        await cases_at_an_agency(other, range(3))
        await other.pass_time(days=30)
        expected, told = await fired(other), Counter(mail.recipient for mail in other.mail.mails)

    for jump in JUMPS:
        await world.pass_time(**jump)

    assert await fired(world) == expected != []
    assert Counter(mail.recipient for mail in world.mail.mails) == told


@pytest.mark.parametrize("jump", [{"days": 1}, {"days": -1}, {"hours": 7}, {"hours": -7}], ids=str)
async def test_a_running_process_loses_nothing_when_its_clock_jumps(world: World, jump: dict[str, float]) -> None:
    """With all loops at work: what came before, and what comes after, becomes one report each, and all come to rest."""
    async with running(world.deployment):
        for number in range(4):
            if number == 2:
                world.clock.advance(**jump)
            await write_mail(world, LAMP.format(number=number), sender=f"citizen{number}@hopthu.example.vn")
        await until(partial(_reports, world, 4), "four reports")
        await until(partial(_is_at_rest, world), "the loops coming to rest")

    assert (await world.deployment.database.read(inbox_state)).quarantined == 0
    assert Counter(mail.recipient for mail in world.mail.mails).most_common(1)[0][1] == 1


async def _reports(world: World, count: int) -> bool:
    stored = await world.deployment.database.read(lambda connection: len(connection.execute(select(report.c.id)).all()))
    assert stored <= count
    return stored == count


async def _is_at_rest(world: World) -> bool:
    waiting = await world.deployment.database.read(inbox_state)
    unsent = await world.deployment.database.read(outbox_state)
    return waiting.waiting == 0 and unsent.pending == 0 and unsent.unknown == 0
