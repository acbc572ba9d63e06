"""Recordings of calls have a retention of their own: they go, the case and its texts stay (VN-5)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import update
from structlog.testing import capture_logs

from channels.call_center.tests.played import CODE, PIN
from core.privacy.media import FileMediaStore
from core.service.absent import absent_files
from core.service.calls import GIVEN_UP, HeldCall
from core.storage import call_notes, case_search, cases, people, tables
from core.storage.recordings import ERASED
from core.storage.retention import SYSTEM
from gateway.admin.actions.upkeep import recordings_due
from gateway.admin.services import auditor_of, recording_retention_of
from gateway.workers.daily import Daily
from tests.core.service.test_erasing import CENTRE, issue, only_case
from tests.gateway.flows.office import LAMP, stored_reports
from tests.support.calls import CALL, book_of, fetch_recordings, hand_over, leave_call, only_call, spool_of
from tests.support.cuts import Interrupted
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import write_mail

DAYS = 365
GONE = "đã xóa khi hết thời hạn lưu"


@pytest_asyncio.fixture
async def keeping(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A deployment that lets recordings go a year after their case was closed."""
    async with world_over(database_url, tmp_path, retention={"recordings_days": DAYS}) as world:
        yield world


async def report_by_voice(world: World, number: int = 1) -> None:
    """A call that became a case, with three recordings in the store."""
    facts = {"purpose": "report", "code": CODE, "code_told": True, "pin": PIN, "finished": True}
    leave_call(world, "what", "where", "whole", id=f"{number:032x}", **facts)
    await hand_over(world)
    assert await fetch_recordings(world) == 3


async def close(world: World) -> str:
    """Work on the only case is over; returns its id."""
    case = await only_case(world)
    await issue(world, case.id, CENTRE, "cancel", reason_code="mistake", reason="Gửi nhầm.")
    return case.id


async def heard(world: World, call: HeldCall) -> int:
    """How many of the call's recordings can be listened to, or their playable copies."""
    media = world.deployment.media
    keys = [place for key in call.labels for place in (key, media.copy_key(key))]
    return sum([await media.holds(key) for key in keys])


async def run(world: World) -> int:
    """One night."""
    return await recording_retention_of(world.deployment).run_once()


async def noted(world: World, call: HeldCall) -> list[tuple[str, str]]:
    """(who, what) the access log says beside the conversation of a call."""
    rows = await world.deployment.database.read(partial(people.accesses, ref=call.row.conversation_id))
    return [(user, what) for _, user, what in rows]


@on_both_engines
@pytest.mark.rule("VN-5")
async def test_recordings_go_on_the_day_and_the_case_stays(keeping: World) -> None:
    """Not a second before; the words of the report stay, chain and fold verify, it is noted once, and told by pages."""
    world = keeping
    await report_by_voice(world)
    call, (report,) = await only_call(world), await stored_reports(world)
    key = next(iter(call.labels))
    media = world.deployment.media
    await media.put_file(b"ID3 ", subject_id=call.row.subject_id, name="", stored_key=media.copy_key(key), ours=True)
    case_id = await close(world)
    world.clock.advance(days=DAYS, seconds=-1)
    assert (await run(world), await heard(world, call)) == (0, 4)

    world.clock.advance(seconds=1)
    with capture_logs() as logs:
        await Daily(world.deployment).run_once()
        await Daily(world.deployment).run_once()

    assert await heard(world, call) == 0
    after = await only_call(world)
    assert (after.facts, after.labels) == (call.facts, call.labels), "the call itself is remembered"
    assert await stored_reports(world) == [report]
    assert (await world.deployment.database.read(partial(cases.load, case_id=case_id))).stage == "cancelled"
    assert (await auditor_of(world.deployment).verify()).findings == []
    assert await noted(world, call) == [(SYSTEM, ERASED)]
    told = await absent_files(world.deployment.database, world.deployment.regulation, call.labels)
    assert told == dict.fromkeys(call.labels, GONE)
    assert [(line["calls"], line["files"]) for line in logs if line["event"] == "recordings_erased"] == [(1, 3)]


@pytest.mark.rule("VN-5", "TG-11.1", "LS-9.1", "QB-IV.1.6a")
async def test_they_are_kept_by_default(world: World) -> None:
    """No text sets an end, and some have every report kept: of one by voice the recording is the report."""
    await report_by_voice(world)
    await close(world)
    world.clock.advance(days=36_500)

    assert await run(world) == 0
    assert await heard(world, await only_call(world)) == 3


@pytest.mark.rule("VN-5")
async def test_an_open_case_keeps_them(keeping: World) -> None:
    """However old the call is; a year counts from the closing."""
    world = keeping
    await report_by_voice(world)
    world.clock.advance(days=3 * DAYS)
    assert await run(world) == 0
    await close(world)
    world.clock.advance(days=DAYS - 1)
    assert await run(world) == 0
    world.clock.advance(days=1)

    assert await run(world) == 1


@on_both_engines
@pytest.mark.rule("VN-5")
async def test_an_open_case_that_an_agent_wrote_down_in_the_call_keeps_them(keeping: World) -> None:
    """Its report has a conversation of its own."""
    world = keeping
    leave_call(world, "whole", talked=True)
    await hand_over(world)
    await fetch_recordings(world)
    await write_mail(world, LAMP)
    code = (await only_case(world)).code
    await world.deployment.database.write(partial(call_notes.add_report, call_id=CALL, report=code))
    world.clock.advance(days=3 * DAYS)
    assert await run(world) == 0

    await close(world)
    world.clock.advance(days=DAYS)
    assert await run(world) == 1


@pytest.mark.rule("VN-5")
async def test_who_is_owed_a_call_is_listened_to_until_it_is_settled(keeping: World) -> None:
    """And a year longer."""
    world = keeping
    leave_call(world, "message", purpose="callback")
    await hand_over(world)
    await fetch_recordings(world)
    world.clock.advance(days=2 * DAYS)
    assert await run(world) == 0
    await book_of(world).called(CALL, GIVEN_UP, by="u1", attempts=0)
    assert await run(world) == 0
    world.clock.advance(days=DAYS)

    assert (await run(world), await heard(world, await only_call(world))) == (1, 0)


async def test_what_lies_in_the_spool_still_is_fetched_first(keeping: World) -> None:
    """A recording that has not reached the store is nobody's to erase."""
    world = keeping
    leave_call(world, "what", finished=True)
    await hand_over(world)
    world.clock.advance(days=2 * DAYS)
    assert await run(world) == 0
    assert any(spool_of(world).folder.glob("*/*.wav*"))

    await fetch_recordings(world)
    assert await run(world) == 1


async def test_a_joined_case_is_over_when_the_one_it_was_joined_to_is(keeping: World) -> None:
    """The other case answers this caller as well."""
    world = keeping
    await report_by_voice(world)
    joined = await only_case(world)
    leave_call(world, "what", id=f"{2:032x}", purpose="report", code="223456789015", code_told=True)
    await hand_over(world)
    found = await world.deployment.database.read(partial(case_search.search, wanted=case_search.Search()))
    main = next(one for one in found if one.id != joined.id)
    await issue(world, main.id, CENTRE, "link_report", other_case=joined.id)
    world.clock.advance(days=2 * DAYS)
    assert await run(world) == 0
    await issue(world, main.id, CENTRE, "cancel", reason_code="mistake", reason="Gửi nhầm.")
    world.clock.advance(days=DAYS)

    assert await run(world) == 1


@pytest.mark.parametrize("about", ["case", "call"])
async def test_our_own_call_is_kept_with_what_it_was_about(keeping: World, about: str) -> None:
    """A case, or a call that led to one; where it goes, that is noted beside the case as well."""
    world = keeping
    await report_by_voice(world)
    case = await only_case(world)
    told = f"case:{case.id}" if about == "case" else f"call:{1:032x}"
    leave_call(world, "whole", id=f"{2:032x}", way="out", called="+84900000001", agent="u1", about=told, talked=True)
    await hand_over(world)
    assert await fetch_recordings(world) == 1
    world.clock.advance(days=2 * DAYS)
    assert await run(world) == 0
    await close(world)
    world.clock.advance(days=DAYS)

    assert await run(world) == 2
    logged = await world.deployment.database.read(partial(people.accesses, ref=case.id))
    assert [what for _, _, what in logged] == [ERASED] * (about == "case")


async def test_another_call_of_the_conversation_is_left_alone(keeping: World) -> None:
    """What goes are the recordings of one call, whatever else was fetched for its conversation."""
    world = keeping
    for number in (1, 2):
        leave_call(world, "whole", id=f"{number:032x}", finished=True)
        await hand_over(world)
        await fetch_recordings(world)
        world.clock.advance(days=300)
    newer, older = (await book_of(world).newest()).items
    together = update(tables.fetch).values(conversation_id=older.row.conversation_id)
    await world.deployment.database.write(lambda connection: connection.execute(together))

    assert (await run(world), await run(world)) == (1, 0)
    assert (await heard(world, older), await heard(world, newer)) == (0, 1)


async def test_an_interrupted_night_is_finished_by_the_next(keeping: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two files, and noted once all the same."""
    world = keeping
    await report_by_voice(world)
    await close(world)
    world.clock.advance(days=DAYS)
    call, delete, done = await only_call(world), FileMediaStore.delete, list[str]()

    async def cut(media: FileMediaStore, key: str) -> None:
        if done:
            raise Interrupted
        done.append(key)
        await delete(media, key)

    with monkeypatch.context() as patched:
        patched.setattr(FileMediaStore, "delete", cut)
        with pytest.raises(Interrupted):
            await run(world)
    assert (await heard(world, call), await noted(world, call)) == (2, [])

    assert (await run(world), await run(world)) == (1, 0)
    assert (await heard(world, call), await noted(world, call)) == (0, [(SYSTEM, ERASED)])


async def test_it_is_counted_before_it_is_switched_on(world: World) -> None:
    """`langnghe calls due` erases nothing."""
    await report_by_voice(world)
    await close(world)
    world.clock.advance(days=30)
    counted = [await recordings_due(world.deployment, {"days": days}) for days in (30, 31)]

    assert [(one["calls"], one["files"]) for one in counted] == [(1, 3), (0, 0)]
    assert await heard(world, await only_call(world)) == 3
