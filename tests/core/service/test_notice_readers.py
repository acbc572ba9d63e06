"""Readers of notices: who is written to, when, how often; and that nobody is after they want no more."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from core.contract.schema import Address
from core.notify.quiet import quiet_hours
from core.privacy.errors import Erased
from core.service.notice_letters import NoticeLetters, Office, leaving
from core.service.notice_readers import KeptAddress, NoticeReaders, Wish, place_of
from core.storage import tables
from core.storage.notice_readers import delivery
from core.storage.public_notices import NoticeRow
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.public_notices import tell_everybody, withdraw

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 8 in the morning in Vietnam
HOUR = timedelta(hours=1)
AT_ONCE = 2


def notice(**changes: object) -> NoticeRow:
    """A notice as far as who reads it goes."""
    fields = {"id": "n", "kind": "notice", "title": "", "text": "", "areas": (), "state": "published", "version": 2}
    times = dict.fromkeys(("valid_from", "valid_until", "written_at"), MONDAY)
    return NoticeRow(written_by="e", **{**fields, **times, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("wish", "told", "meets"),
    [
        (Wish(), {}, True),
        (Wish(areas=("Phường Một",)), {}, True),
        (Wish(areas=("phuong mot",)), {"areas": ["Phường Một", "Phường Hai"]}, True),
        (Wish(areas=("Phường Ba",)), {"areas": ["Phường Một"]}, False),
        (Wish(topics=("water",)), {"topic": "water"}, True),
        (Wish(topics=("water",)), {"topic": "lights"}, False),
        (Wish(topics=("water",)), {}, True),
        (Wish(topics=("water",)), {"topic": "lights", "kind": "disaster"}, True),
        (Wish(("Phường Ba",), ("water",)), {"kind": "disaster", "areas": ["Phường Một"]}, False),
    ],
)
def test_who_is_told_what(wish: Wish, told: dict[str, object], meets: bool) -> None:
    """By place and field; a disaster concerns everybody who is there."""
    assert wish.meets(notice(**told)) is meets


@pytest.mark.rule("VN-6")
def test_three_ordinary_notices_a_day_and_none_at_night() -> None:
    """The fourth leaves a day after the first, at night in the morning; warnings do not count, disasters never wait."""
    night = MONDAY + timedelta(hours=14)  # ten in the evening
    recent: tuple[datetime, ...] = ()
    for _ in range(3):
        recent = leaving("notice", MONDAY, quiet=quiet_hours(), channel="sms", recent=recent)
        assert recent[-1] == MONDAY
    assert leaving("notice", MONDAY + HOUR, quiet=quiet_hours(), channel="sms", recent=recent)[-1] == MONDAY + 24 * HOUR
    assert leaving("warning", MONDAY, quiet=quiet_hours(), channel="sms", recent=recent) == (MONDAY,)
    assert leaving("notice", night, quiet=quiet_hours(), channel="sms", recent=())[-1] == MONDAY + 23 * HOUR
    assert leaving("disaster", night, quiet=quiet_hours(), channel="sms", recent=recent) == (night,)


def letters_of(world: World) -> NoticeLetters:
    """What writes to readers of a world."""
    deployment, office = world.deployment, Office("Trung tâm 1022", "https://phananh.example.vn/x")
    return NoticeLetters(deployment.database, safe=deployment.safe, office=office, now=world.clock, at_once=AT_ONCE)


def readers_of(world: World) -> NoticeReaders:
    """The readers of a world."""
    return NoticeReaders(world.deployment.database, safe=world.deployment.safe, now=world.clock)


def mail(number: int) -> Address:
    """Somebody's address."""
    return Address(channel="email", account="phananh@example.vn", value=f"dan{number}@hopthu.example.vn")


@on_both_engines
async def test_each_is_written_to_once_by_whoever_goes_on(world: World) -> None:
    """In steps; an address that asks twice is one reader, with what it asked for last."""
    readers = readers_of(world)
    for number in range(AT_ONCE + 3):
        await readers.keep(mail(number), Wish(("Phường Một",)))
    await readers.keep(mail(0), Wish(("Phường Hai",)))
    told = await tell_everybody(world, areas=("Phường Một",))

    steps = [await letters_of(world).run_once() for _ in range(3)]

    assert (sum(steps), steps[-1]) == (AT_ONCE + 2, 0)
    assert steps[0] < AT_ONCE + 2
    count = select(func.count()).where(tables.outbox.c.dedupe_key.startswith("everybody/"))
    assert await world.deployment.database.read(lambda one: one.scalar(count)) == AT_ONCE + 2
    assert await world.deployment.database.read(lambda one: delivery(one, told)) == {"email": {"pending": AT_ONCE + 2}}
    assert await readers.count() == {"email": AT_ONCE + 3}


@on_both_engines
async def test_a_disaster_goes_ahead_of_what_waits_and_what_is_withdrawn_never_leaves(world: World) -> None:
    await readers_of(world).keep(mail(1), Wish())
    usual = await tell_everybody(world, "notice")
    await letters_of(world).run_once()
    flood = await tell_everybody(world, "disaster", title="Lũ quét")
    await letters_of(world).run_once()

    read = world.deployment.database.read
    due = select(tables.outbox.c.dedupe_key).order_by(tables.outbox.c.next_at)
    assert [key.split("/")[1] for key in await read(lambda one: one.scalars(due).all())] == [flood, usual]
    await withdraw(world, flood)
    assert [key.split("/")[1] for key in await read(lambda one: one.scalars(due).all())] == [usual]


async def test_whoever_ends_it_is_written_to_no_more_and_leaves_nothing(world: World) -> None:
    """The key of the address is destroyed: it cannot be read out of a backup either. What waits fails unread."""
    readers = readers_of(world)
    reader = await readers.keep(mail(1), Wish())
    row = await readers.find(reader)
    assert row is not None
    link = await readers.link_of(reader)
    assert await readers.reader_of(link) == reader
    assert await readers.reader_of(f"{reader[:-1]}{'0' if reader[-1] != '0' else '1'}{link[32:]}") == ""

    await readers.end(reader)
    await readers.end(reader)

    await tell_everybody(world)
    assert await letters_of(world).run_once() == 0
    look = partial(world.deployment.safe.open_model, row.address_sealed, KeptAddress, subject_id=row.subject_id)
    with pytest.raises(Erased):
        await asyncio.to_thread(look, place=place_of(reader))


async def test_what_could_only_leave_when_it_is_over_is_not_written(world: World) -> None:
    """The fourth of a day, where the notice ends before tomorrow."""
    await readers_of(world).keep(mail(1), Wish())
    for _ in range(4):
        await tell_everybody(world, "notice")
    assert [await letters_of(world).run_once() for _ in range(2)] == [3, 0]
