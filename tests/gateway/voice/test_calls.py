"""Calls over Twilio, from the hook to the record: heard, answered by key, recorded, ended by either side."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from tests.gateway.flows.office import only_case
from tests.gateway.voice.stage import TONE, VoiceStage, voice_stage
from tests.support.calls import fetch_recordings
from tests.support.waiting import until


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[VoiceStage]:
    async with voice_stage(tmp_path) as opened:
        yield opened


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
