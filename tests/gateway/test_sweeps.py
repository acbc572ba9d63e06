"""What has served is thrown away, and nothing that is still wanted."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from pydantic import ValidationError
from sqlalchemy import func, select, update
from structlog.testing import capture_logs

from core.contract.errors import NotFound
from core.contract.schema import new_id
from core.privacy.errors import Erased
from core.service.public.locking import CLIENT_PIN, wait_of
from core.service.retaining import months_before
from core.storage import answers, conversations, deletions, people, tables
from core.storage.answers import Remembered
from gateway.auth import sessions
from gateway.settings.personal_data import PersonalData
from gateway.workers.daily import Daily
from gateway.workers.sweeps import Sweeper
from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, Shown, photo, ticket
from tests.gateway.portal.conftest import portal_app
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@pytest_asyncio.fixture
async def citizen(world: World) -> AsyncIterator[Citizen]:
    """A browser in front of the portal."""
    async with TestClient(TestServer(portal_app(world.deployment))) as client:
        yield Citizen(world, client)


async def count(world: World, table: str) -> int:
    """How many rows there are."""
    query = select(func.count()).select_from(tables.metadata.tables[table])
    return await world.deployment.database.read(lambda connection: connection.scalar(query) or 0)


async def new_user(world: World) -> str:
    """An account."""
    user = people.UserRow(
        new_id(), "receptionist", "Lê Thị Bình", "$argon2id$x", None, 0, active=True, created_at=world.clock()
    )
    await world.deployment.database.write(partial(people.add_user, row=user))
    return user.id


@on_both_engines
async def test_sessions_go_a_month_after_their_end(world: World) -> None:
    """Ended by hand or by age; one that is used today stays, and so do the others until their day."""
    database, user = world.deployment.database, await new_user(world)
    open_one = partial(sessions.open_session, user_id=user, second_factor=True)
    ended = await database.write(partial(open_one, now=world.clock()))
    await database.write(partial(open_one, now=world.clock()))
    await database.write(partial(people.revoke_session, id_hash=ended.row.id_hash, now=world.clock()))
    left = []
    for days in (29.9, 0.2, 0.8, 0.2):
        world.clock.advance(days=days)
        await Sweeper(world.deployment).run_once()
        left.append(await count(world, "session"))
    alive = await database.write(partial(open_one, now=world.clock()))
    await Sweeper(world.deployment).run_once()

    assert left == [2, 1, 1, 0]
    assert await database.read(partial(sessions.find, cookie=alive.cookie, now=world.clock())) is not None


@on_both_engines
async def test_attempts_go_when_no_limit_looks_at_them(world: World) -> None:
    """After two days; wrong PINs of a report still slow down whoever guesses for a month."""
    database, report, client = world.deployment.database, "pin:report", "pin:client"
    for scope in ("login:x", report, client):
        for _ in range(30):
            await database.write(partial(people.note_attempt, scope=scope, ok=False, now=world.clock()))

    world.clock.advance(days=1.9)
    await Sweeper(world.deployment).run_once()
    assert await count(world, "attempt") == 90
    world.clock.advance(days=0.2)
    await Sweeper(world.deployment).run_once()
    assert await count(world, "attempt") == 60
    since = world.clock() - timedelta(days=30)
    assert len(await database.read(partial(people.failures_since, scope=report, since=since))) == 30
    assert not await database.read(partial(wait_of, scope=client, policy=CLIENT_PIN, now=world.clock()))
    world.clock.advance(days=30)
    await Sweeper(world.deployment).run_once()
    assert await count(world, "attempt") == 0


@on_both_engines
async def test_remembered_answers_go_after_a_week_and_figures_stay(world: World) -> None:
    """More than fit into one go; what was diverted is only a number and stays."""
    database = world.deployment.database
    answer = Remembered("hash", 200, b"{}")
    for key in range(3):
        await database.write(partial(answers.remember, scope="token:1", key=str(key), answer=answer, now=world.clock()))
    day = world.clock().date().isoformat()
    await database.write(partial(conversations.count_diversion, kind="denunciation", channel="web", day=day))

    world.clock.advance(days=6.9)
    await Daily(world.deployment).run_once()
    assert await count(world, "idempotency") == 3
    world.clock.advance(days=0.2)
    with capture_logs() as lines:
        await Daily(world.deployment).run_once()

    assert (await count(world, "idempotency"), await count(world, "diversion")) == (0, 1)
    (line,) = [line for line in lines if line["event"] == "swept"]
    assert (line["answers"], line["sessions"], line["attempts"], line["files"]) == (3, 0, 0, 0)


# --- Files ------------------------------------------------------------------------------------------------------------


def files(world: World) -> list[Path]:
    """What lies in the media store."""
    return [path for path in (world.deployment.settings.data / "media").rglob("*") if path.is_file()]


def date_files(world: World, at: datetime) -> None:
    """As if they had been stored then: the disk has a clock of its own."""
    for path in files(world):
        os.utime(path, (at.timestamp(), at.timestamp()))


async def mistaken(citizen: Citizen) -> Shown:
    """A form with a photo that came back for its mistakes."""
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File("anh.jpg", photo())], content="", place=PLACE)
    assert page.status == 422
    date_files(citizen.world, citizen.world.clock())
    return page


async def sweep(world: World, **length: float) -> int:
    """Time passes, then it is swept; how many files are left."""
    world.clock.advance(**length)
    await Sweeper(world.deployment).run_once()
    return len(files(world))


async def test_files_of_a_form_that_was_never_sent_go_after_a_day(world: World, citizen: Citizen) -> None:
    """Files and key: what a copy of the disk still holds can be read by nobody."""
    await mistaken(citizen)
    (subject,) = await world.deployment.media.subjects_last_touched()

    assert await sweep(world, hours=24.5) == 1
    assert await sweep(world, hours=1) == 0
    with pytest.raises(Erased):
        await key_of(world, subject)
    assert await world.deployment.media.subjects_last_touched() == {}


async def key_of(world: World, subject: str) -> bytes:
    """The key of a subject, asked for in a thread as it must be."""
    return await asyncio.to_thread(world.deployment.safe.keys.key, subject)


async def test_files_of_a_report_stay(world: World, citizen: Citizen) -> None:
    """Their owner is a contact, also long afterwards."""
    page = await mistaken(citizen)
    ticket(await citizen.send(page.form("/phan-anh"), content=CONTENT))
    await world.settle()

    assert await sweep(world, days=400) == 1
    (path,) = files(world)
    assert await world.deployment.media.get(path.parent.name + path.name)


@pytest.mark.parametrize("state", ["new", "quarantined"])
async def test_files_of_a_form_that_waits_stay(world: World, citizen: Citizen, state: str) -> None:
    """Sent with the last of its time and not worked through for a year: it is somebody's report."""
    page = await mistaken(citizen)
    world.clock.advance(hours=11)
    ticket(await citizen.send(page.form("/phan-anh"), content=CONTENT))
    await world.deployment.database.write(lambda c: c.execute(update(tables.inbox_item).values(state=state)))
    date_files(world, world.clock() - timedelta(hours=24))

    assert await sweep(world, days=365) == 1


async def test_files_stay_while_the_journal_waits(world: World, citizen: Citizen) -> None:
    """A form may lie in it whose database was away."""
    await mistaken(citizen)
    await world.deployment.journal.append(b"a frame")

    assert await sweep(world, days=3) == 1


async def test_showing_a_form_again_keeps_its_files(world: World, citizen: Citizen) -> None:
    """As long as somebody works on it, however long that takes."""
    page = await mistaken(citizen)
    date_files(world, datetime(2026, 1, 1, tzinfo=world.clock().tzinfo))
    await citizen.send(page.form("/phan-anh"), content="")

    (touched,) = (await world.deployment.media.subjects_last_touched()).values()
    assert touched > datetime(2026, 1, 2, tzinfo=world.clock().tzinfo)


async def test_files_of_officials_and_of_the_erased_are_left_alone(world: World, citizen: Citizen) -> None:
    """Cases own files, too; a stranger's damaged file is nothing to guess about."""
    await citizen.reported()
    case = await world.deployment.database.read(lambda c: c.scalar(select(tables.case.c.id)))
    media = world.deployment.media
    kept = (await media.put_file(photo(), subject_id=case, name="bien-ban.jpg")).stored_key
    damaged = (await media.put_file(photo(), subject_id=new_id(), name="x.jpg")).stored_key
    lost = (await media.put_file(photo(), subject_id=new_id(), name="x.jpg")).stored_key
    (path,) = [path for path in files(world) if damaged.endswith(path.name)]
    path.write_bytes(b"broken")
    date_files(world, world.clock())

    assert await sweep(world, days=2) == 2
    assert await world.deployment.media.get(kept)
    with pytest.raises(NotFound):
        await world.deployment.media.get(lost)


@pytest.mark.rule("VN-14", "VN-15")
@on_both_engines
async def test_who_read_what_is_known_for_twelve_months_and_what_went_is_in_the_book(world: World) -> None:
    """Never shorter, whatever is set; the book tells what went, when, and how much, and stays."""
    database = world.deployment.database
    read = partial(people.log_access, user_id="u1", what="identity", ref="c1")
    await database.write(partial(read, now=world.clock()))
    world.clock.advance(days=360)
    await Sweeper(world.deployment).run_once()
    kept = await count(world, "access_log")
    await database.write(partial(read, now=world.clock()))
    world.clock.advance(days=10)

    await Sweeper(world.deployment).run_once()

    assert (kept, await count(world, "access_log")) == (1, 1)
    noted = [one for one in await database.read(deletions.newest) if one.what == "access_log"]
    assert [(one.at, one.count, one.actor) for one in noted] == [(world.clock(), 1, "system")]
    with pytest.raises(ValidationError):
        PersonalData(access_log_months=11)


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [("2026-11-23", 12, "2025-11-23"), ("2027-03-31", 13, "2026-02-28"), ("2026-01-15", 1, "2025-12-15")],
)
def test_months_are_counted_by_the_calendar(now: str, months: int, then: str) -> None:
    """A month back from the 31st is a day that there is."""
    assert months_before(datetime.fromisoformat(now), months) == datetime.fromisoformat(then)
