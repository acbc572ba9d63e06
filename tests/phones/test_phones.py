"""Independent telephones call the hotline and are called back; a tone goes through in both directions."""

from __future__ import annotations

import math
import wave
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.tests.phone import strength
from channels.call_center.ports import Answered, Call, Ended
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, TrunkSettings
from tests.phones.baresip import baresip
from tests.phones.linphone import linphone
from tests.phones.phone import HOTLINE, NUMBER, SAYS_HERTZ, Phone
from tests.phones.pyvoip import pyvoip
from tests.support.servers.ports import LOOPBACK, free_port
from tests.support.sounding import MUSIC_HERTZ, Hum
from tests.support.waiting import until

Starter = Callable[..., Awaitable[Phone]]
ENOUGH = 100
"""Packets: two seconds of sound."""
A_SECOND, WINDOW = 16_000, 3200
"""Bytes of linear sound: a second, and what a tone is looked for in."""
CLEAR = 3000
FAINT = 300


@dataclass
class Hotline:
    """A line of ours that sounds like the process does; every prompt is a tone."""

    trunk: SipTrunk
    recording: Path

    async def talk(self, call: Call) -> None:
        """Play, record, until both have heard enough; then we hang up."""
        call.media.music("music")
        call.media.record(self.recording)
        await until(lambda: min(call.media.stats().received, call.media.stats().sent) >= ENOUGH, "two seconds of sound")
        await call.hangup()
        await call.media.close()

    def heard(self) -> bytes:
        """The caller's side of the recording."""
        with wave.open(str(self.recording)) as sound:
            return memoryview(sound.readframes(sound.getnframes())).cast("h")[0::2].tobytes()


@asynccontextmanager
async def hotline(folder: Path, *, phone_port: int) -> AsyncIterator[Hotline]:
    """Takes calls of this machine, and calls the telephone at that port."""
    engine = Engine(LOOPBACK, range(0), Hum(), settings=MediaSettings(latest_ms=math.inf, behind_nat=True))
    line = TrunkSettings(host=LOOPBACK, port=phone_port, peers=(LOOPBACK,), options_s=0)
    endpoint = SipEndpoint(EndpointSettings(host=LOOPBACK, port=0))
    trunk = SipTrunk("phones", line, endpoint=endpoint, media=engine)
    await engine.start()
    await trunk.start()
    try:
        yield Hotline(trunk, folder / "ours.wav")
    finally:
        await trunk.stop()
        await engine.stop()


@pytest.mark.parametrize("calls_us", [True, False], ids=["calls the hotline", "is called back"])
@pytest.mark.parametrize("starter", [baresip, linphone, pyvoip])
async def test_a_telephone_and_the_hotline_hear_each_other(starter: Starter, calls_us: bool, tmp_path: Path) -> None:
    """Signalling to its proper end, and nothing but the other's tone on either side."""
    port = free_port(behind=1)  # for what is encrypted, or for sound
    async with hotline(tmp_path, phone_port=port) as ours:
        phone = await starter(tmp_path, port=port, hotline=ours.trunk.endpoint.address[1], calls=calls_us)
        try:
            await phone.ready()
            call = await (_taken(ours) if calls_us else ours.trunk.dial(NUMBER, caller=HOTLINE))
            await ours.talk(call)
            told = [event async for event in call.events()]
            await until(lambda: ours.trunk.count == 0, "the telephone has taken our BYE")
            await until(lambda: len(phone.heard()) >= A_SECOND, "it has written down what it heard")
        finally:
            await phone.close()

    assert (told[-2:], call.remote if calls_us else NUMBER) == ([Answered(), Ended("us")], NUMBER)
    assert_only(ours.heard(), SAYS_HERTZ, other=MUSIC_HERTZ)
    assert_only(phone.heard(), MUSIC_HERTZ, other=SAYS_HERTZ)


async def _taken(ours: Hotline) -> Call:
    call = await anext(aiter(ours.trunk.incoming()))
    await call.answer()
    return call


def assert_only(sound: bytes, hertz: int, *, other: int) -> None:
    """This tone is there, and that one never is; a busy telephone may stumble over its own in between."""
    windows = [sound[at : at + WINDOW] for at in range(0, len(sound) - WINDOW + 1, WINDOW)]
    assert max(strength(one, hertz) for one in windows) > CLEAR
    assert max(strength(one, other) for one in windows) < FAINT
