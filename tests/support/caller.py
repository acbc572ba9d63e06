"""Somebody with a telephone: calls a hotline over SIP, hears it, presses keys, speaks, hangs up."""

from __future__ import annotations

import math
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.ports import Call, Ended
from channels.call_center.prompts.catalogue import read_catalogue
from channels.call_center.prompts.made import RATE, tone
from channels.call_center.prompts.sounds import load_prompts
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.settings import EndpointSettings, TrunkSettings
from channels.call_center.sip.trunk import SipTrunk
from tests.support.servers.ports import LOOPBACK

SHORT_S = 0.06


@dataclass
class Telephone:
    """A telephone with one line."""

    trunk: SipTrunk

    async def call(self, number: str = "1022", *, caller: str = "0900000001") -> Call:
        """Call, and return when somebody answered."""
        return await self.trunk.dial(number, caller=caller, ring_s=20)

    async def rung(self) -> Call:
        """The next call that comes in; not answered yet."""
        return await anext(self.trunk.incoming())


async def over(call: Call) -> Ended:
    """Wait until the other side has hung up."""
    async for event in call.events():
        if isinstance(event, Ended):
            return event
    raise AssertionError("the call ended without a word")


@asynccontextmanager
async def telephone(target: str, *, port: int = 0) -> AsyncIterator[Telephone]:
    """A telephone whose calls go to `host:port`; it rings when it is called at its own `port`."""
    host, _, theirs = target.rpartition(":")
    endpoint = SipEndpoint(EndpointSettings(host=LOOPBACK, port=port))
    engine = Engine(LOOPBACK, range(0), load_prompts(read_catalogue()), settings=MediaSettings(latest_ms=math.inf))
    line = TrunkSettings(host=host, port=int(theirs), options_s=0)
    trunk = SipTrunk("telephone", line, endpoint=endpoint, media=engine)
    await engine.start()
    await trunk.start()
    try:
        yield Telephone(trunk)
    finally:
        await trunk.stop()
        await engine.stop()


def short_prompts(folder: Path, **longer: float) -> Path:
    """Every sentence as a short tone, so that a test need not listen to all of them; `longer`: seconds of some."""
    folder.mkdir(parents=True, exist_ok=True)
    for slot in read_catalogue().values():
        with wave.open(str(folder / f"{slot.name}.wav"), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(tone(440.0, seconds=longer.get(slot.name, SHORT_S)))
    return folder
