"""Every call, however it ends, leaves its record and its recordings in the spool."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.facts import CallRecord
from channels.call_center.flow.happenings import Looked
from channels.call_center.mapping import outcome_of, to_facts
from channels.call_center.ports import Call, CallGone
from channels.call_center.session import Session
from channels.call_center.spool import Spool
from channels.call_center.tests.played import CODE, NOON, PIN, PlayedCall, PlayedDesk, PlayedMedia, tools
from channels.call_center.tools import Standing
from core.contract.schema import CallOutcome


async def led(
    tmp_path: Path, media: PlayedMedia, *, desk: PlayedDesk | None = None, remote: str = "0900000001"
) -> CallRecord:
    """What the spool holds of a call after it."""
    spool = Spool(tmp_path)
    told = await Session(PlayedCall(media, remote), tools(tmp_path, desk)).lead()
    (place,) = spool.waiting()
    assert media.closed
    assert told == CallRecord.model_validate_json(spool.body(place))
    assert not (place / "open.json").exists()
    return told


async def test_a_report_by_voice(tmp_path: Path) -> None:
    media = PlayedMedia(keys=["1"], speaks=[4.0, 2.0])

    record = await led(tmp_path, media)

    assert (record.purpose, record.code, record.pin) == ("report", CODE, PIN)
    assert (record.code_told, record.finished, record.ended_by) == (True, True, "us")
    assert (record.caller, record.called, record.answered_at) == ("+84900000001", "1022", NOON)
    assert [one.part for one in record.recordings] == ["what", "where", "whole"]
    assert all(one.sha256 and one.size for one in record.recordings)


@pytest.mark.rule("VN-5")
async def test_nothing_is_recorded_before_the_notice(tmp_path: Path) -> None:
    media = PlayedMedia(leaves_at="recording_notice")

    record = await led(tmp_path, media)

    assert (record.notice, record.recordings, record.step) == (False, (), "notice")


@pytest.mark.rule("VN-5")
async def test_all_is_recorded_after_the_notice(tmp_path: Path) -> None:
    media = PlayedMedia(leaves_at="emergency_first")

    record = await led(tmp_path, media)

    assert record.notice
    assert media.recorded_from == "recording_notice"
    assert [one.part for one in record.recordings] == ["whole"]


async def test_who_hangs_up_in_the_greeting_is_known(tmp_path: Path) -> None:
    record = await led(tmp_path, PlayedMedia(leaves_at="welcome"))

    assert (record.purpose, record.step, record.ended_by, record.finished) == ("", "welcome", "them", False)


async def test_who_hangs_up_before_we_answer_is_known(tmp_path: Path) -> None:
    call = PlayedCall(PlayedMedia(), gone=True)

    record = await Session(call, tools(tmp_path)).lead()

    assert (record.answered_at, record.step, record.ended_by) == (None, "", "them")


async def test_what_was_said_before_hanging_up_is_kept(tmp_path: Path) -> None:
    record = await led(tmp_path, PlayedMedia(keys=["1"], speaks=[None]))

    assert (record.purpose, record.code, record.step) == ("report", "", "what")
    assert {one.part for one in record.recordings} == {"what", "whole"}


async def test_a_storm(tmp_path: Path) -> None:
    media = PlayedMedia(speaks=[4.0, 2.0])

    record = await led(tmp_path, media, desk=PlayedDesk(Standing(storm=True)))

    assert (record.storm, record.code, record.pin, record.finished) == (True, CODE, "", True)
    assert media.heard[0] == "storm_welcome"


async def test_a_report_is_looked_up(tmp_path: Path) -> None:
    desk = PlayedDesk(answer=Looked(found=True, stage=("stage_done",), due=("due_none",), ratable=True))
    media = PlayedMedia(keys=["2", CODE, PIN, "2"])

    record = await led(tmp_path, media, desk=desk)

    assert desk.asked == [(CODE, PIN, "+84900000001")]
    assert (record.purpose, record.followed, record.rated) == ("status", True, (CODE, "2"))
    assert PIN not in record.model_dump_json()


async def test_a_withheld_number_is_none(tmp_path: Path) -> None:
    media = PlayedMedia(keys=["9", "0900000009"], speaks=[1.0])

    record = await led(tmp_path, media, remote="anonymous")

    assert (record.caller, record.call_back_to, record.purpose) == ("", "+84900000009", "callback")


async def test_a_line_that_is_busy_leaves_a_recording(tmp_path: Path) -> None:
    record = await led(tmp_path, PlayedMedia(keys=["5", "4"], speaks=[3.0]))

    assert (record.purpose, record.emergency, record.code) == ("emergency", "114", CODE)


async def test_an_error_of_ours_ends_the_call_with_a_record(tmp_path: Path) -> None:
    class Broken(PlayedMedia):
        async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
            raise RuntimeError("broken")

    record = await led(tmp_path, Broken())

    assert (record.step, record.ended_by, record.notice) == ("menu", "trunk", True)


async def test_a_call_that_is_gone_when_we_answer(tmp_path: Path) -> None:
    class Gone(PlayedCall):
        async def answer(self) -> None:
            raise CallGone

    record = await Session(Gone(PlayedMedia()), tools(tmp_path)).lead()

    assert record.answered_at is None


class Talkative:
    """An agent who answers; the caller hangs up when all is said, or the flow goes on."""

    def __init__(self, *, hangs_up: bool) -> None:
        self.hangs_up = hangs_up
        self.wanted: list[Wanted] = []

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        self.wanted.append(wanted)
        told.answered("u1")
        told.given("Trực ban huyện")
        if self.hangs_up:
            await call.media._gone()  # type: ignore[attr-defined]
        await asyncio.sleep(0.5)
        return Served("talked", agent="u1")


@pytest.mark.parametrize("hangs_up", [True, False])
async def test_who_has_talked_to_somebody_was_served(tmp_path: Path, hangs_up: bool) -> None:
    """Also where they hang up themselves; and the time for a machine's questions does not run meanwhile."""
    media, given = PlayedMedia(keys=["0"]), tools(tmp_path)
    flow = given.flow.model_copy(update={"longest_s": 0.4})
    call = PlayedCall(media)

    record = await Session(call, replace(given, flow=flow, people=Talkative(hangs_up=hangs_up))).lead()

    assert (record.talked, record.agent, outcome_of(record)) == (True, "u1", CallOutcome.SERVED)
    assert to_facts(record).given_to == "Trực ban huyện"
    assert record.ended_by == ("them" if hangs_up else "us")
    assert ("goodbye" in media.heard) is not hangs_up


async def test_since_when_and_for_whom_somebody_waits_is_kept(tmp_path: Path) -> None:
    """For the callback that keeps their place."""
    people = Talkative(hangs_up=False)
    given = replace(tools(tmp_path), people=people)

    record = await Session(PlayedCall(PlayedMedia(keys=["8"])), given).lead()

    assert people.wanted == [Wanted("english", skills=frozenset({"en"}), language="en")]
    assert (record.queue, record.skills, record.queued_at) == ("english", ("en",), given.now())
    facts = to_facts(record)
    assert (facts.queue, facts.skills, facts.queued_at) == ("english", ("en",), given.now())


class Waiting:
    """Everybody is busy, and the caller has enough."""

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        await call.media._gone()  # type: ignore[attr-defined]
        await asyncio.Event().wait()
        return Served("machine")


async def test_who_hangs_up_in_the_queue_is_owed_a_call_in_their_old_place(tmp_path: Path) -> None:
    given = replace(tools(tmp_path), people=Waiting())

    record = await Session(PlayedCall(PlayedMedia(keys=["0"])), given).lead()

    assert (record.ended_by, record.step, record.talked) == ("them", "agent", False)
    facts = to_facts(record)
    assert (facts.outcome, facts.told, facts.queue) == (CallOutcome.MISSED, False, "reports")
    assert facts.queued_at == given.now()


async def test_a_call_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    class Slow(PlayedMedia):
        async def collect(self, most: int, *, first_s: float, next_s: float, end: str = "#") -> str:
            await asyncio.Event().wait()
            return ""

    given = tools(tmp_path)
    flow = given.flow.model_copy(update={"longest_s": 0.5})

    record = await Session(PlayedCall(Slow()), replace(given, flow=flow)).lead()

    assert (record.ended_by, record.step, record.notice) == ("us", "menu", True)


async def test_a_disk_that_takes_no_notes_ends_no_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_self: Spool, _record: CallRecord) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spool, "note", full)

    record = await led(tmp_path, PlayedMedia(keys=["1"], speaks=[4.0, 2.0]))

    assert record.finished
