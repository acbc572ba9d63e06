"""What is due fires, whatever else cannot; a silence is none while words wait to be heard."""

from __future__ import annotations

import errno
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import insert, select

from core.cases.decide import Actor
from core.contract.ports import ItemKey, RawDelivery
from core.service.desk import Issued
from core.service.intake import Intake
from core.storage import case_search, timers
from core.storage.case_search import Search
from core.storage.database import Connection
from core.storage.inbox_queue import WaitingItem
from core.storage.tables import case, case_clock, case_event, timer
from gateway.workers.due import DueWorker
from gateway.workers.inbound import InboundWorker
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
LAMP = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."


async def lamp_at_an_agency(world: World) -> None:
    """A case with a legal limit that runs."""
    await write_mail(world, LAMP)
    (opened,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    for name, payload in (("accept", {}), ("dispatch", {"agencies": [agency]})):
        assert isinstance(await world.deployment.clerk.execute(opened.id, name, payload, actor=CENTRE), Issued)
    await world.settle()


async def fired(world: World) -> int:
    """How many warnings and breaches stand in the books."""
    told = select(case_event.c.case_id).where(case_event.c.name.in_(("clock_warned", "clock_breached")))
    return len(await world.deployment.database.read(lambda connection: list(connection.scalars(told))))


async def silences(world: World) -> list[str]:
    """Whose silences are being waited for."""
    query = select(timer.c.conversation_id)
    return await world.deployment.database.read(lambda connection: list(connection.scalars(query)))


async def test_a_clock_that_cannot_fire_holds_nothing_up(world: World) -> None:
    """A hundred of them, longest due, and the hundred-and-first fires in the same round all the same, or the next."""
    await lamp_at_an_agency(world)
    lost = [{"case_id": f"lost-{number}", "clock_id": "c", "fire_at": world.clock()} for number in range(100)]
    await world.deployment.database.write(lambda connection: connection.execute(insert(case_clock), lost))
    worker = DueWorker(world.deployment)
    world.clock.advance(days=30)

    rounds = [await worker.run_once() for _ in range(3)]

    assert await fired(world) > 0
    assert rounds[-1] == 0, "what cannot fire must not keep the loop spinning"


async def test_a_refused_clock_rests(world: World) -> None:
    """A stale line in the index is looked at again in a minute, not again and again."""
    await write_mail(world, LAMP)

    def add(connection: Connection) -> None:
        case_id = connection.scalar(select(case.c.id))
        row = {"case_id": case_id, "clock_id": "unknown", "fire_at": world.clock()}
        connection.execute(insert(case_clock).values(row))

    await world.deployment.database.write(add)

    worker = DueWorker(world.deployment)

    assert [await worker.run_once() for _ in range(2)] == [0, 0]


async def test_a_timer_that_fails_holds_neither_timers_nor_clocks_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One conversation that cannot be thought about; all others are, and legal limits run."""
    await lamp_at_an_agency(world)
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    (silent,) = await silences(world)
    fire = Intake.fire_timer

    async def failing(self: Intake, due: timers.DueTimer) -> Any:
        if due.conversation_id == silent:
            raise ValueError("beyond understanding")
        return await fire(self, due)

    monkeypatch.setattr(Intake, "fire_timer", failing)
    world.clock.advance(days=30)
    worker = DueWorker(world.deployment)
    await worker.run_once()
    assert await fired(world) > 0
    assert await silences(world) == [silent]

    monkeypatch.undo()
    world.clock.advance(minutes=2)
    await worker.run_once()
    assert await silences(world) == []


async def assert_heard_first(world: World, silent: str) -> None:
    """What somebody says now, a wait before its end, is taken up before the wait ends, however late that is."""
    await world.deployment.inbox.accept(
        RawDelivery(channel="email", account="a", body=b"", received_at=world.clock()), [ItemKey("later", "c")]
    )
    world.clock.advance(days=30)

    await DueWorker(world.deployment).run_once()
    assert await silences(world) == [silent]

    await world.settle()
    assert await silences(world) == []


async def test_a_silence_is_none_while_words_wait(world: World) -> None:
    """Back from a long standstill: what came before the end of a wait is heard first."""
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    (silent,) = await silences(world)
    world.clock.advance(hours=1)
    await assert_heard_first(world, silent)


@on_both_engines
async def test_a_wait_is_not_lost_when_the_clock_is_set_back_as_it_ends(world: World) -> None:
    """Seen due, and not due any more when it is carried out: it ends when its time comes again, not never."""
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    (silent,) = await silences(world)
    ahead = world.clock() + timedelta(days=30)
    for wait in await world.deployment.database.read(partial(timers.due, now=ahead)):
        await world.deployment.intake.fire_timer(wait)
    assert await silences(world) == [silent]

    world.clock.advance(days=30)
    await DueWorker(world.deployment).run_once()
    assert await silences(world) == []


@on_both_engines
async def test_one_message_that_cannot_be_taken_up_holds_up_no_other_dialogue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A photo for which the disk has no room waits and is tried again; all others are answered meanwhile."""
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    world.clock.advance(hours=1)
    await world.deployment.inbox.accept(
        RawDelivery(channel="email", account="a", body=b"", received_at=world.clock()), [ItemKey("later", "c")]
    )
    await world.deployment.inbox.ship()
    world.clock.advance(days=30)

    async def full(_self: Intake, _item: WaitingItem, **_given: str) -> str:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(Intake, "take_up", full)
    assert await InboundWorker(world.deployment, world.deployment.intake, owner="test").run_once() == 1
    await DueWorker(world.deployment).run_once()

    assert await silences(world) == []


@on_both_engines
async def test_a_silence_is_none_while_words_wait_in_the_journal(world: World) -> None:
    """The database was away when somebody answered in time; once it is back, nobody is told that they said nothing."""
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    (silent,) = await silences(world)
    world.deployment.inbox._note_away(ConnectionRefusedError())
    world.clock.advance(hours=1)
    await assert_heard_first(world, silent)


async def test_a_journal_that_cannot_be_shipped_holds_nothing_up(world: World) -> None:
    """Somebody has to look at it; meanwhile limits run, and dialogues go on."""
    await lamp_at_an_agency(world)
    await write_mail(world, "Xin chào", sender="khac@hopthu.example.vn")
    await world.deployment.journal.append(b"no frame of ours")
    world.clock.advance(days=30)

    await DueWorker(world.deployment).run_once()

    assert await fired(world) > 0
    assert await silences(world) == []
