"""Calls over Twilio, from the hook to the record: heard, answered by key, recorded, ended by either side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import aiohttp
import pytest

from channels.call_center.sandbox import Answer
from tests.gateway.flows.office import only_case
from tests.gateway.voice.stage import TONE, VoiceStage, voice_stage
from tests.support.calls import book_of, fetch_recordings
from tests.support.servers.ports import free_port
from tests.support.waiting import until


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[VoiceStage]:
    async with voice_stage(tmp_path) as opened:
        yield opened


@pytest.mark.rule("VN-8")
async def test_an_emergency_is_put_through_by_twilio_with_the_callers_own_number(stage: VoiceStage) -> None:
    """Nobody takes it: the caller is with us again, says what has happened, and is owed a call at once."""
    stage.twilio.world.answers["114"] = Answer.NOBODY
    async with stage.telephony():
        phone = await stage.call()
        await until(lambda: len(phone.heard) > 1600, "a prompt")
        phone.press("54")
        await until(partial(stage.is_taped, "what"), "asked for it")
        phone.speak(TONE)
        await until(lambda: not phone.speaks, "all is said")
        phone.hang_up()
        await until(phone.over.is_set, "the end")
    await stage.world.settle()

    (call,) = await book_of(stage.world).owed()

    assert stage.twilio.line(phone).carrying.dialled == ["114"]
    assert phone.streams == 2
    assert call.row.outcome == "emergency"
    assert stage.twilio.world.refused == []


async def test_streams_may_come_to_the_telephony_process_itself(tmp_path: Path) -> None:
    """To a port of its own, by an address of its own; there the signature is checked as well."""
    port = free_port()
    opening = voice_stage(tmp_path, stream_port=port, stream_url=f"ws://127.0.0.1:{port}/sound")
    async with opening as stage, stage.telephony(), aiohttp.ClientSession() as session:
        phone = await stage.call()
        await until(lambda: len(phone.heard) > 1600, "a prompt")
        stage.twilio.world.token = "of-somebody-else"
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await stage.twilio.world.socket(session, f"ws://127.0.0.1:{port}/sound/1-x")
        phone.hang_up()
        await until(phone.over.is_set, "the end")
    assert refused.value.status == 403


async def test_a_report_by_voice_comes_in_over_a_stream(stage: VoiceStage) -> None:
    """Prompts are heard, keys and words arrive, the caller hears the end and Twilio is told to hang up."""
    async with stage.telephony():
        phone = await stage.call()
        await until(lambda: len(phone.heard) > 1600, "a prompt")
        phone.press("1")
        for part in ("what", "where"):
            await until(partial(stage.is_taped, part), f"asked for {part}")
            phone.speak(TONE)
            await until(lambda: not phone.speaks, "all is said")
            phone.press("#")
        await until(phone.over.is_set, "the end")
    await stage.world.settle()

    case = await only_case(stage.world)

    assert phone.verbs[0] == "Connect"
    assert phone.status == "completed"
    assert stage.twilio.world.refused == []
    assert await fetch_recordings(stage.world) == 3
    assert case.id
