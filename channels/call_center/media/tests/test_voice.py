"""Who speaks and who does not, from loudness alone."""

from __future__ import annotations

import random

import pytest

from channels.call_center.media.voice import VoiceMeter


def meter(*parts: tuple[int, float]) -> VoiceMeter:
    """Loudness for so many seconds each, with a little unrest."""
    chance = random.Random(1)
    meter = VoiceMeter()
    for loudness, seconds in parts:
        for _ in range(round(seconds * 50)):
            meter.add(round(loudness * chance.uniform(0.8, 1.2)))
    return meter


@pytest.mark.parametrize(
    ("parts", "spoken", "silent"),
    [
        pytest.param([(0, 5)], 0, 5, id="nothing"),
        pytest.param([(40, 5)], 0, 5, id="a quiet line"),
        pytest.param([(40, 1), (2500, 3), (40, 2)], 3.3, 1.7, id="a sentence"),
        pytest.param([(200, 3), (2500, 2), (200, 2)], 2.3, 1.7, id="a noisy street"),
        pytest.param([(40, 1), (400, 2), (40, 1)], 2.3, 0.7, id="a low voice"),
        pytest.param([(2500, 3), (0, 2)], 3.3, 1.7, id="speaks at once"),
    ],
)
def test_speech_stands_out(parts: list[tuple[int, float]], spoken: float, silent: float) -> None:
    """Seconds of speech, and since the last of it; a third of a second is added to each end."""
    result = meter(*parts)

    assert result.spoken_s == pytest.approx(spoken, abs=0.3)
    assert result.silent_s == pytest.approx(silent, abs=0.3)


def test_a_click_is_no_speech() -> None:
    """Forty milliseconds."""
    assert meter((30, 1), (9000, 0.04), (30, 1)).spoken_frames == 0


def test_a_fan_is_taken_for_noise_after_a_while() -> None:
    """So that a message does not go on for ever beside one; a voice above it still counts."""
    beside_fan = meter((30, 1), (1000, 30))
    assert beside_fan.silent_s > 5

    for _ in range(100):
        beside_fan.add(6000)
    assert beside_fan.silent_s == 0
