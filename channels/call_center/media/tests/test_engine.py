"""The engine over real sockets: a telephone calls, hears a prompt, speaks, and is recorded."""

from __future__ import annotations

import asyncio
import hashlib
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.call_center.media.engine import Engine
from channels.call_center.media.g711 import RATE, encode
from channels.call_center.media.tests.phone import Phone, strength, tone
from channels.call_center.ports import Law, Recorded


class Tones:
    """Prompts whose name is their frequency."""

    def sound(self, slot: str, law: Law) -> bytes:
        """Half a second."""
        return encode(tone(1000 if slot == "tone" else float(slot), seconds=0.5), law)


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """An engine on loopback; the system chooses ports."""
    engine = Engine("127.0.0.1", range(0), Tones())
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
