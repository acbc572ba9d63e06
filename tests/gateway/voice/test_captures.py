"""No caller is lost: whoever finds no telephony process, or no free line, leaves a message, and is owed a call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.call_center.sandbox import Phone
from channels.call_center.sandbox.carrying_out import fields_of
from channels.call_center.twilio import twiml
from core.service.calls import HeldCall
from core.storage import erasure
from core.storage.tables import inbox_item
from gateway.admin.services import eraser_of
from tests.gateway.voice.stage import ACCOUNT, PUBLIC, TONE, VoiceStage, voice_stage
from tests.support.calls import book_of, fetch_recordings
from tests.support.waiting import until

HOOKS = f"{PUBLIC}/hooks/twilio/{ACCOUNT}"


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[VoiceStage]:
    async with voice_stage(tmp_path, channels=1) as opened:
        yield opened


async def leave_message(phone: Phone, *keys: str) -> None:
    """Say something after the tone, and press #."""
    await until(lambda: "Record" in phone.verbs or phone.over.is_set(), "the tone")
    phone.speak(TONE)
    await until(lambda: not phone.speaks, "all is said")
    phone.press("#")
    await until(phone.over.is_set, "the end")


async def owed(stage: VoiceStage) -> list[HeldCall]:
    """Who waits for a call, once all has been worked on."""
    await stage.world.settle()
    return list(await book_of(stage.world).owed())


async def test_a_message_that_twilio_took_is_a_missed_call_with_its_recording(stage: VoiceStage) -> None:
    """One call, whatever comes of it later, told as often as may be; the recording lies here and no longer there."""
    stage.twilio.world.tells = 2
    phone = stage.twilio.call("+84900000001")
    await until(lambda: "Record" in phone.verbs, "the tone")
    (before,) = await owed(stage)
    assert before.labels == {}

    await leave_message(phone)
    (call,) = await owed(stage)

    assert phone.said[0].startswith(f"{twiml.GREETING} {twiml.WHY['away']}")
    assert phone.said[-1] == twiml.THANKS
    assert call.facts is not None
    assert (call.row.id, call.row.outcome, call.row.due_at) == (phone.sid[2:], "missed", before.row.due_at)
    assert (call.facts.call_back_to, call.facts.called) == ("+84900000001", stage.twilio.world.number)
    assert len(stage.twilio.world.recordings) == 1
    assert await fetch_recordings(stage.world) == 1
    assert stage.twilio.world.recordings == {}
    ((key, label),) = call.labels.items()
    stored = await stage.world.deployment.media.open(key)
    assert (label, stored.media_type) == ("Lời nhắn", "audio/wav")
    assert stage.twilio.world.refused == []


@pytest.mark.rule("VN-4", "VN-5")
async def test_a_message_that_was_not_fetched_yet_goes_at_twilio_when_its_caller_is_erased(stage: VoiceStage) -> None:
    """It is not fetched any more; where Twilio does not delete it, it stands on a person's list until it does."""
    phone = stage.twilio.call("+84900000001")
    await leave_message(phone)
    (call,) = await owed(stage)
    (name,) = stage.twilio.world.recordings
    eraser, read = eraser_of(stage.world.deployment), stage.world.deployment.database.read

    stage.twilio.world.trouble = 500
    await eraser.erase_contact(call.row.subject_id)
    assert await fetch_recordings(stage.world) == 0
    assert await read(erasure.left_elsewhere) == [f"tape:{name}"]

    stage.twilio.world.trouble = 0
    assert await eraser.resume() == 1
    assert stage.twilio.world.recordings == {}
    assert await read(erasure.left_elsewhere) == []
    assert await read(erasure.unfinished) == []


async def test_a_withheld_number_may_be_typed_and_silence_is_a_missed_call(stage: VoiceStage) -> None:
    """And a message is kept when its speaker hangs up in place of #."""
    hidden = stage.twilio.call("+266696687")
    await until(lambda: "Gather" in hidden.verbs, "the question")
    hidden.press("0900000003#")
    await until(lambda: "Record" in hidden.verbs, "the tone")
    hidden.speak(TONE)
    await until(lambda: not hidden.speaks, "all is said")
    hidden.hang_up()
    silent = stage.twilio.call("+84900000002")
    await until(lambda: hidden.over.is_set() and silent.over.is_set(), "the ends")

    calls = {call.row.id: call for call in await owed(stage)}

    facts = {sid: call.facts.call_back_to for sid, call in calls.items() if call.facts}
    assert facts == {hidden.sid[2:]: "+84900000003", silent.sid[2:]: "+84900000002"}
    assert [len(calls[one.sid[2:]].labels) for one in (hidden, silent)] == [1, 0]


async def test_more_callers_than_lines_leave_a_message(stage: VoiceStage) -> None:
    """The one who is on the line goes on."""
    async with stage.telephony():
        first = await stage.call("+84900000001")
        second = stage.twilio.call("+84900000002")
        await leave_message(second)
        assert twiml.WHY["full"] in second.said[0]
        assert not first.over.is_set()
        first.hang_up()
        await until(first.over.is_set, "the end")
    assert {call.facts.call_back_to for call in await owed(stage) if call.facts} == {"+84900000001", "+84900000002"}


async def after(stage: VoiceStage, phone: Phone, **more: str) -> str | None:
    """What Twilio is told behind a stream of this call."""
    return await stage.twilio.world.post(f"{HOOKS}/after", fields_of(stage.twilio.world, phone) | more)


async def test_a_call_that_a_crash_cut_off_is_asked_for_a_message(stage: VoiceStage) -> None:
    """But nobody whom we called, nobody who has hung up, and nobody who has talked to whom they wanted."""
    lost = Phone("+84900000001", stage.twilio.world.number, status="in-progress")
    called = Phone("+84900000001", stage.twilio.world.number, direction="outbound-api", status="in-progress")

    said = await after(stage, lost)
    ends = [
        await after(stage, called),
        await after(stage, lost, CallStatus="completed"),
        await after(stage, lost, DialCallStatus="completed"),
    ]

    assert said is not None
    assert twiml.WHY["broken"] in said
    assert "<Record" in said
    assert ends == [twiml.hang_up()] * 3


@pytest.mark.parametrize("hook", ["voice", "after", "gather", "recorded", "recording", "status"])
async def test_nobody_but_twilio_is_answered(stage: VoiceStage, hook: str) -> None:
    """Whatever they post: no record, no document, no recording."""
    world = stage.twilio.world
    good = fields_of(world, Phone("+84900000001", world.number)) | {"RecordingSid": "RE" + "a" * 32}

    async def status(address: str, fields: Mapping[str, str], *, token: str = "") -> int:
        world.refused.clear()
        kept, world.token = world.token, token or world.token
        await world.post(address, fields)
        world.token = kept
        return world.refused[0][1] if world.refused else 200

    assert await status(f"{HOOKS}/{hook}", good, token="of-somebody-else") == 401
    assert await status(f"{HOOKS}/{hook}", good | {"AccountSid": "AC" + "f" * 32}) == 401
    assert await status(f"{PUBLIC}/hooks/twilio/AC{'f' * 32}/{hook}", good) == 401
    assert await status(f"{HOOKS}/{hook}", good | {"CallSid": "../x"}) in ({400, 422} if hook != "recorded" else {200})
    assert await owed(stage) == []
    assert (await stage.world.deployment.refusals.lately())["call_center"].count == 3


async def test_what_became_of_a_message_may_be_told_at_the_accounts_address(stage: VoiceStage) -> None:
    """Of calls and of messages: one address for both."""
    about = {"AccountSid": ACCOUNT, "MessageSid": "SM" + "1" * 32, "From": stage.twilio.world.number}
    told = {"MessageStatus": "delivered", "To": "+84900000001"}
    for _ in range(2):
        await stage.twilio.world.post(f"{HOOKS}/status", about | told)
    await stage.world.settle()

    kept = select(inbox_item.c.channel, inbox_item.c.state)
    rows = await stage.world.deployment.database.read(lambda one: one.execute(kept).all())
    assert stage.twilio.world.refused == []
    assert [tuple(row) for row in rows] == [("sms", "done")]
