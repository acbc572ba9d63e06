"""The engine over real sockets: a telephone calls, hears a prompt, speaks, and is recorded."""

from __future__ import annotations

import asyncio
import hashlib
import math
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.call_center.media.engine import Engine
from channels.call_center.media.g711 import RATE
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.phone import Phone, strength, tone
from channels.call_center.media.tests.rig import PLAN, Cable, Tones
from channels.call_center.ports import CallGone, MediaUnavailable, Recorded
from tests.support.waiting import until


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """An engine on loopback; the system chooses ports."""
    engine = Engine("127.0.0.1", range(0), Tones(), settings=MediaSettings(latest_ms=math.inf))
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    """A telephone."""
    phone = await Phone.open()
    yield phone
    phone.close()


def sides(recorded: Recorded) -> tuple[bytes, bytes]:
    """Left and right of a recording."""
    with wave.open(str(recorded.path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, RATE, 2)
        sound = file.readframes(file.getnframes())
    samples = memoryview(sound).cast("h")
    return samples[0::2].tobytes(), samples[1::2].tobytes()


async def test_a_caller_hears_the_prompt_and_both_sides_are_recorded(
    engine: Engine, phone: Phone, tmp_path: Path
) -> None:
    """Left is the caller, right is what we played; the digest is of the file."""
    leg = engine.open()
    leg.talk(phone.plan)
    leg.record(tmp_path / "whole.wav")

    talking = asyncio.create_task(phone.talk(leg.local, tone(440, seconds=1.2)))
    await leg.play(["700", "900"])
    await talking
    recorded = await leg.close()

    assert recorded is not None
    left, right = sides(recorded)
    assert strength(phone.linear(), 700) > 1000
    assert strength(phone.linear(), 900) > 1000
    assert strength(left, 440) > 10 * strength(left, 700)
    assert strength(right, 700) > 10 * strength(right, 440)
    assert recorded.complete
    assert recorded.spoken_seconds > 0.5
    assert recorded.sha256 == hashlib.sha256(recorded.path.read_bytes()).hexdigest()
    assert len({packet.ssrc for packet in phone.heard}) == 1
    first = phone.heard[0]
    assert [(p.sequence - first.sequence) & 0xFFFF for p in phone.heard] == list(range(len(phone.heard)))
    assert all((p.stamp - first.stamp) & 0xFFFFFFFF == 160 * n for n, p in enumerate(phone.heard))


async def test_two_telephones_hear_each_other(engine: Engine, phone: Phone) -> None:
    """Over four sockets, one of each law."""
    other = await Phone.open("PCMU")
    legs = [engine.open(), engine.open()]
    for leg, telephone in zip(legs, (phone, other), strict=True):
        leg.talk(telephone.plan)
    legs[0].bridge(legs[1])
    await asyncio.gather(
        phone.talk(legs[0].local, tone(440, seconds=1)), other.talk(legs[1].local, tone(900, seconds=1))
    )
    await until(lambda: len(phone.heard) > 55 and len(other.heard) > 55, "a second of sound")
    other.close()

    assert strength(phone.linear(), 900) > 10 * strength(phone.linear(), 440)
    assert strength(other.linear(), 440) > 10 * strength(other.linear(), 900)


async def test_more_legs_than_it_can_carry_are_refused() -> None:
    """503 instead of broken calls; a leg that is closed makes room."""
    engine = Engine("127.0.0.1", range(0), Tones(), settings=MediaSettings(most_legs=1, latest_ms=math.inf))
    with pytest.raises(MediaUnavailable, match="not started"):
        engine.open()
    await engine.start()
    leg = engine.open()
    with pytest.raises(MediaUnavailable, match="all legs"):
        engine.open()
    assert (engine.status().legs, engine.status().refused_legs) == (1, 2)

    await leg.close()
    await engine.open().close()
    assert engine.status().legs == 0
    await engine.stop()
    await engine.stop()


async def test_a_clock_that_is_late_refuses_a_crowd_but_not_our_own_people() -> None:
    """Those that are up would suffer; while there are few, a rough sound is better than none."""
    engine = Engine("127.0.0.1", range(0), Tones(), settings=MediaSettings(latest_ms=-1, crowd=1))
    await engine.start()
    await until(lambda: sum(engine.status().late_counts.values()), "a beat")
    assert engine.open().local[1]
    with pytest.raises(MediaUnavailable, match="late"):
        engine.open()
    assert engine.open(ours=True).local[1]
    await engine.stop()


async def test_stopping_writes_every_recording_to_its_end(engine: Engine, tmp_path: Path) -> None:
    """Calls that are up when the process is told to end."""
    cables = [Cable(), Cable()]
    for number, cable in enumerate(cables):
        leg = engine.open(cable)
        leg.talk(PLAN)
        leg.record(tmp_path / f"{number}.wav")
    await until(lambda: all(len(cable.sent) > 5 for cable in cables), "some ticks")
    await engine.stop()

    assert all((tmp_path / f"{number}.wav").stat().st_size > 44 + 5 * 640 for number in range(2))
    assert [cable.closed for cable in cables] == [1, 1]


class Broken(Cable):
    """Fails whenever it is asked."""

    def poll(self) -> None:
        """Something nobody thought of."""
        raise ZeroDivisionError


async def test_a_leg_that_breaks_is_closed_and_breaks_no_other(engine: Engine) -> None:
    """Whoever waits for it is told; the others have their turns."""
    broken, sane = Broken(), Cable()
    legs = [engine.open(cable) for cable in (broken, sane)]
    for leg in legs:
        leg.talk(PLAN)
    with pytest.raises(CallGone):
        await legs[0].play(["700"])

    await until(lambda: len(sane.sent) > 20, "ticks of the sane leg")
    assert (broken.closed, engine.status().legs) == (1, 1)
