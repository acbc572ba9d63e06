"""A voice for words that nobody recorded: a program of the province's, and what happens where it fails."""

from __future__ import annotations

import sys
from array import array

import pytest
from structlog.testing import capture_logs

from channels.call_center.prompts.tests.test_prompts import COMMAND
from channels.call_center.prompts.voice import NoVoice, Speaker, Voice

TEXT = "Bóng đèn đã được thay."


async def test_a_program_speaks() -> None:
    """A second of 16 kHz becomes a second of telephone sound."""
    sound = await Speaker(COMMAND).say(TEXT)

    assert sound is not None
    samples = array("h", sound)
    assert len(samples) == pytest.approx(8000, abs=200)
    assert max(samples) > 10_000


@pytest.mark.parametrize(
    "voice",
    [
        NoVoice(),
        Speaker(["/nowhere/speaker"]),
        Speaker([sys.executable, "-c", "raise SystemExit('no such voice')"]),
        Speaker([sys.executable, "-c", "pass"]),
        Speaker([sys.executable, "-c", "import threading; threading.Event().wait()"], longest_s=0.5),
    ],
    ids=["no voice", "no program", "fails", "writes nothing", "never ends"],
)
async def test_without_a_voice_the_call_goes_on(voice: Voice) -> None:
    """And the words are in no log."""
    with capture_logs() as logged:
        assert await voice.say(TEXT) is None

    assert TEXT not in str(logged)
    assert [one["event"] for one in logged] == ([] if isinstance(voice, NoVoice) else ["not_spoken"])
