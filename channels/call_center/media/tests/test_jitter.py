"""The jitter buffer against networks that lose, delay and jump; time is simulated."""

from __future__ import annotations

import random

import pytest

from channels.call_center.media.g711 import FRAME, SILENCE, halve
from channels.call_center.media.jitter import DEEPEST, SHALLOWEST, JitterBuffer

TICK_MS = 20


def frame(number: int) -> bytes:
    """Recognisable, never twice the same for two minutes."""
    return number.to_bytes(4, "big") * (FRAME // 4)


def number_of(got: bytes | None) -> int | None:
    """Which frame it is; None for silence and for what bridges a hole."""
    return int.from_bytes(got[:4], "big") if got and got == got[:4] * (FRAME // 4) and got[0] == 0 else None


def simulate(*, loss: float, jitter_ms: float, seconds: float, seed: int = 7) -> list[float]:
    """Delay in ms of each frame that was heard: from when it was spoken until its tick."""
    chance = random.Random(seed)
    buffer = JitterBuffer("PCMA")
    frames = range(1, int(seconds * 1000 / TICK_MS))
    coming = sorted((n * TICK_MS + 7 + chance.random() * jitter_ms, n) for n in frames if chance.random() >= loss)
    delays: list[float] = []
    for tick in frames:
        now = tick * TICK_MS
        while coming and coming[0][0] <= now:
            buffer.put(coming[0][1], frame(coming.pop(0)[1]))
        heard = number_of(buffer.get())
        if heard is not None:
            delays.append(now - heard * TICK_MS)
    return delays


@pytest.mark.parametrize("loss", [0.0, 0.01, 0.03, 0.05])
def test_loss_never_leaves_a_lasting_delay(loss: float) -> None:
    """The trap of the stock buffer: 200 ms more after one lost packet, for the rest of the call."""
    delays = simulate(loss=loss, jitter_ms=5, seconds=60)

    assert max(delays[-500:]) <= 60
    assert len(delays) > (1 - loss) * 0.98 * 3000


def test_a_jittery_network_makes_it_deeper_and_calm_shallower_again() -> None:
    """40 to 60 ms of jitter are bridged at about 80 ms of delay."""
    delays = simulate(loss=0.0, jitter_ms=55, seconds=60)

    assert max(delays[-500:]) <= 120
    assert len(delays) > 2850


def test_a_hole_is_bridged_ever_softer_then_silent() -> None:
    """Four times half the volume, then nothing."""
    buffer = JitterBuffer("PCMA")
    loud = bytes([0x2A]) * FRAME
    for number in (0, 1):
        buffer.put(number, loud)
    assert [buffer.get(), buffer.get()] == [loud, loud]

    bridged = [buffer.get() for _ in range(6)]

    expected = [loud]
    for _ in range(4):
        expected.append(halve(expected[-1], "PCMA"))
    assert bridged == [*expected[1:], None, None]


def test_nothing_is_heard_before_it_is_deep_enough() -> None:
    """Two frames; but a lonely one is not kept for ever."""
    buffer = JitterBuffer("PCMA")
    buffer.put(5, frame(5))

    assert [number_of(buffer.get()) for _ in range(4)] == [None, None, 5, None]


def test_order_is_restored_and_a_repetition_is_heard_once() -> None:
    """As numbered, whatever came first."""
    buffer = JitterBuffer("PCMA")
    for number in (2, 1, 3, 3, 2):
        buffer.put(number, frame(number))

    assert [number_of(buffer.get()) for _ in range(3)] == [1, 2, 3]


def test_what_comes_late_makes_it_deeper_and_half_a_minute_without_shallower() -> None:
    """One step each; never beyond the bounds."""
    buffer = JitterBuffer("PCMA")
    heard = []
    for number in range(400):
        buffer.put(number, frame(number))
        heard.append(number_of(buffer.get()))
        if number % 20 == 19:
            buffer.put(number - 15, frame(number - 15))
    assert (buffer.target, buffer.late) == (DEEPEST, 20)
    assert buffer.delay_ms == (DEEPEST - 1) * TICK_MS
    assert [number for number in heard if number is not None] == list(range(399 - DEEPEST + 2))

    for number in range(400, 400 + 1501 * 6 + 100):
        buffer.put(number, frame(number))
        buffer.get()
    assert buffer.target == SHALLOWEST


def test_a_frame_that_was_awaited_makes_it_deeper() -> None:
    """It was not lost, only slower than the buffer was deep; and it is heard."""
    buffer = JitterBuffer("PCMA")
    for number in range(20):
        buffer.put(number, frame(number))
        buffer.get()
    for _ in range(3):
        buffer.get()
    for number in (20, 21, 22):
        buffer.put(number, frame(number))

    assert buffer.target == SHALLOWEST + 1
    assert [number_of(buffer.get()) for _ in range(3)] == [20, 21, 22]


def test_a_sender_that_pauses_is_no_slow_network() -> None:
    """One that stops its clock meanwhile, too: only what was just awaited came late."""
    buffer = JitterBuffer("PCMA")
    number = 0
    for _ in range(5):
        for _ in range(20):
            buffer.put(number, frame(number))
            buffer.get()
            number += 1
        for _ in range(50):
            buffer.get()

    assert buffer.target == SHALLOWEST


@pytest.mark.parametrize("jump", [101, 10_000, -202, -10_000])
def test_a_jump_begins_anew(jump: int) -> None:
    """Neither memory nor minutes of silence follow a timestamp that jumps."""
    buffer = JitterBuffer("PCMA")
    for number in range(20_000, 20_010):
        buffer.put(number, frame(number))
        buffer.get()
    for number in range(20_010 + jump, 20_013 + jump):
        buffer.put(number, frame(number))
        last = buffer.get()

    assert number_of(last) == 20_011 + jump


def test_time_that_goes_back_a_little_costs_a_fifth_of_a_second() -> None:
    """A second back is neither far nor late: after ten in a row it is believed."""
    buffer = JitterBuffer("PCMA")
    heard = []
    for number in (*range(100, 150), *range(100, 130)):
        buffer.put(number, frame(number))
        heard.append(number_of(buffer.get()))

    assert heard[-10:] == list(range(119, 129))


def test_a_clock_that_runs_fast_is_caught_up_with() -> None:
    """A sender of 51 frames a second: what lies too deep for half a second is shortened."""
    buffer = JitterBuffer("PCMA")
    number = 0
    for tick in range(3000):
        for _ in range(2 if tick % 50 == 0 else 1):
            buffer.put(number, frame(number))
            number += 1
        buffer.get()

    assert buffer.delay_ms <= 4 * TICK_MS


def test_silence_is_the_quietest_sound() -> None:
    """Halving silence stays silence, in both laws."""
    for law in ("PCMA", "PCMU"):
        assert halve(SILENCE[law], law) == SILENCE[law]
