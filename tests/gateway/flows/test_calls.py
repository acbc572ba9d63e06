"""Calls that the telephony process hands over: a report with its code, and whoever is owed a call."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from structlog.testing import capture_logs

from channels.call_center.facts import CHANNEL
from channels.call_center.spools import Spools
from channels.call_center.tests.played import CODE, PIN
from core.contract.errors import VersionConflict
from core.contract.schema import CallOutcome, Urgency
from core.identity.codes import check_pin
from core.service.calls import NOT_REACHED, REACHED
from core.service.fetching import Fetcher
from core.storage import reports
from gateway.admin.services import eraser_of
from tests.gateway.flows.office import only_case, stored_reports
from tests.support.calls import CALL, book_of, fetch_recordings, hand_over, leave_call, only_call, spool_of
from tests.support.cuts import Interrupted
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@on_both_engines
@pytest.mark.rule("VN-5")
async def test_a_report_by_voice_becomes_a_case_with_the_promised_code(world: World) -> None:
    """Its recordings lie with it, encrypted, and no longer in the spool."""
    leave_call(world, "what", "where", "whole", purpose="report", code=CODE, code_told=True, pin=PIN, finished=True)

    await hand_over(world)

    (report,) = await stored_reports(world)
    assert (report.code, report.source_channel, report.reporter.phones) == (CODE, CHANNEL, ("+84900000001",))
    assert report.received_at == world.clock()
    assert "«Nội dung phản ánh» (2 giây)" in report.content
    assert await fetch_recordings(world) == 3
    assert (await only_case(world)).id
    stored = [await world.deployment.media.open(file.stored_key) for file in report.attachments]
    assert {one.media_type for one in stored} == {"audio/wav"}
    assert len(stored) == 3
    assert not list(spool_of(world).folder.iterdir())
    call = await only_call(world)
    assert (call.row.outcome, call.row.due_at, call.row.conversation_id) == ("reported", None, report.conversation_id)


async def test_the_pin_that_was_read_out_opens_the_report(world: World) -> None:
    """No other one is made, and nobody is told by a message what they heard."""
    leave_call(world, "what", purpose="report", code=CODE, code_told=True, pin=PIN)

    await hand_over(world)

    row = await world.deployment.database.read(partial(reports.by_code, code=CODE))
    key = world.deployment.safe.keys.system_secret("pin")
    assert check_pin(PIN, row.pin_hash, code=CODE, key=key)


async def test_a_code_that_was_cut_short_is_owed_a_call(world: World) -> None:
    leave_call(world, "what", purpose="report", code=CODE, code_told=False)

    await hand_over(world)

    (owed,) = await book_of(world).owed()
    assert owed.row.outcome == "reported"
    assert (await stored_reports(world))[0].code == CODE


@on_both_engines
async def test_who_hung_up_in_the_greeting_is_owed_a_call(world: World) -> None:
    leave_call(world, step="welcome")

    await hand_over(world)

    (owed,) = await book_of(world).owed()
    assert owed.facts is not None
    assert (owed.facts.outcome, owed.facts.call_back_to) == (CallOutcome.MISSED, "+84900000001")
    assert owed.row.due_at == world.clock() + timedelta(hours=2)
    assert await stored_reports(world) == []


async def test_at_night_they_are_called_in_the_morning(world: World) -> None:
    world.clock.at = datetime.fromisoformat("2026-11-27T20:00+07:00")
    leave_call(world, "message", purpose="callback", call_back_to="+84900000009")

    await hand_over(world)

    (owed,) = await book_of(world).owed()
    assert owed.row.due_at is not None
    assert owed.row.due_at.astimezone(world.clock.at.tzinfo).isoformat() > "2026-11-30T08"
    assert owed.facts is not None
    assert owed.facts.call_back_to == "+84900000009"


@pytest.mark.rule("QB-II.2h")
async def test_an_emergency_is_one_in_the_case_and_on_the_telephone(world: World) -> None:
    """Both tracks at once: the case counts from the first sign, and somebody calls within ten minutes."""
    call = leave_call(world, "what", purpose="emergency", emergency="114", code=CODE, code_told=True)

    await hand_over(world)

    (report,) = await stored_reports(world)
    assert (report.urgency, report.received_at) == (Urgency.EMERGENCY, call.began_at)
    (owed,) = await book_of(world).owed()
    assert owed.row.due_at == call.ended_at + timedelta(minutes=10)


async def test_two_callers_at_one_telephone_are_two_conversations(world: World) -> None:
    leave_call(world, "what", purpose="report", code=CODE, code_told=True)
    await hand_over(world)
    leave_call(world, id="0" * 31 + "2", step="menu")
    await hand_over(world)

    calls = (await book_of(world).newest()).items

    assert len({call.row.conversation_id for call in calls}) == 2
    assert len({call.row.subject_id for call in calls}) == 1


async def test_withheld_numbers_are_never_one_person(world: World) -> None:
    for number in ("1", "2"):
        leave_call(world, id="0" * 31 + number, caller="")
    await hand_over(world)

    calls = (await book_of(world).newest()).items

    assert len({call.row.subject_id for call in calls}) == 2
    assert all(call.facts and call.facts.call_back_to == "" for call in calls)


async def test_calling_back_settles_it_once(world: World) -> None:
    leave_call(world)
    await hand_over(world)
    book = book_of(world)

    await book.called(CALL, NOT_REACHED, by="u1", attempts=0)
    (owed,) = await book.owed()
    assert (owed.row.attempts, owed.row.result) == (1, NOT_REACHED)
    with pytest.raises(VersionConflict):
        await book.called(CALL, REACHED, by="u2", attempts=0)
    await book.called(CALL, REACHED, by="u2", attempts=1)

    assert await book.owed() == []
    row = (await only_call(world)).row
    assert (row.result, row.settled_by, row.settled_at) == (REACHED, "u2", world.clock())


async def test_who_is_erased_is_called_no_more(world: World) -> None:
    leave_call(world, "message", purpose="callback")
    await hand_over(world)
    call = await only_call(world)

    await eraser_of(world.deployment).erase_contact(call.row.subject_id)

    assert await book_of(world).owed() == []
    assert (await only_call(world)).facts is None


async def test_a_recording_is_never_given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store is full for a week: what the caller said waits in the spool, and is stored in the end."""
    leave_call(world, "what", purpose="report", code=CODE, code_told=True)
    await hand_over(world)
    (report,) = await stored_reports(world)

    async def full(*_given: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(type(world.deployment.media), "put_file", full)
        for _ in range(12):
            assert await fetch_recordings(world) == 1
            await world.pass_time(hours=14)
    assert await fetch_recordings(world) == 1

    assert (await world.deployment.media.open(report.attachments[0].stored_key)).media_type == "audio/wav"
    assert not list(spool_of(world).folder.iterdir())


async def test_a_recording_that_is_stored_and_let_go_is_not_looked_for_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off between the two, or stumbled over in letting it go: it lies here, and nobody is told that it is gone."""
    leave_call(world, "what", purpose="report", code=CODE, code_told=True)
    await hand_over(world)
    let_go = Spools.let_go

    def stumble(self: Spools, source: str) -> None:
        let_go(self, source)
        raise FileNotFoundError(source)

    async def cut(*_given: object) -> None:
        raise Interrupted

    monkeypatch.setattr(Spools, "let_go", stumble)
    with monkeypatch.context() as killed:
        killed.setattr(Fetcher, "_settle", cut)
        with pytest.raises(Interrupted):
            await fetch_recordings(world)
    await world.pass_time(hours=1)
    with capture_logs() as logs:
        assert await fetch_recordings(world) == 1

    assert [one["state"] for one in logs if one["event"] == "file_fetched"] == ["here"]
    assert not list(spool_of(world).folder.iterdir())


async def test_a_disk_that_lost_a_recording_says_so(world: World) -> None:
    """The case stands; reception reads that the file is gone."""
    call = leave_call(world, "what", purpose="report", code=CODE, code_told=True)
    await hand_over(world)
    (spool_of(world).folder / call.id / "what.wav").unlink()

    assert await fetch_recordings(world) == 1

    (report,) = await stored_reports(world)
    assert not await world.deployment.media.holds(report.attachments[0].stored_key)
