"""Sound protected by keys of the description: between lines of ours, and with a real rtpengine at the other end."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.call_center.media.engine import Engine
from channels.call_center.media.settings import MediaSettings
from channels.call_center.media.srtp import Shield
from channels.call_center.media.tests.phone import Phone, strength, tone
from channels.call_center.ports import Answered, CallFailed, Ended, Media, SrtpKeys
from channels.call_center.rtpengine.ng import Ng
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, TrunkSettings, sdes, sdp
from channels.call_center.sip.talk import Talk
from channels.call_center.sip.tests.lines import LOOPBACK, PATIENT
from tests.support.servers.rtpengine import RtpengineServer
from tests.support.sounding import MUSIC_HERTZ, Hum
from tests.support.waiting import until

KEY = bytes(range(30))
VOICE_HERTZ, LOUD, LATELY = 1000, 2000, 8000


@asynccontextmanager
async def engine() -> AsyncIterator[Engine]:
    made = Engine(LOOPBACK, range(0), Hum(), settings=MediaSettings(latest_ms=math.inf))
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@asynccontextmanager
async def line(sound: Engine, *, to: int = 0, srtp: bool = True) -> AsyncIterator[SipTrunk]:
    """A line that takes calls of this machine, or one that calls a port of it."""
    endpoint = SipEndpoint(EndpointSettings(host=LOOPBACK, port=0, timers=PATIENT))
    where = {"host": LOOPBACK, "port": to} if to else {"peers": (LOOPBACK,)}
    settings = TrunkSettings(options_s=0, srtp=srtp, **where)  # type: ignore[arg-type]
    trunk = SipTrunk("thu", settings, endpoint=endpoint, media=sound)
    await trunk.start()
    try:
        yield trunk
    finally:
        await trunk.stop()


def loudness(media: Media) -> int:
    """How loud the leg hears the other side now."""
    return media._loudness()  # type: ignore[attr-defined,no-any-return]


@pytest.mark.parametrize("their_key", [True, False])
async def test_both_hear_each_other_and_nobody_is_called_in_plain(their_key: bool) -> None:
    async with (
        engine() as sound,
        line(sound) as called,
        line(sound, to=called.endpoint.address[1], srtp=their_key) as us,
    ):
        if not their_key:
            with pytest.raises(CallFailed, match="488"):
                await us.dial("1022", caller="0900000001")
            return
        dialling = asyncio.ensure_future(us.dial("1022", caller="0900000001"))
        theirs = await anext(called.incoming())
        await theirs.answer()
        ours = await dialling
        for call in (ours, theirs):
            call.media.music("music")
        await until(lambda: loudness(ours.media) > LOUD and loudness(theirs.media) > LOUD, "both hear music")
        assert Answered() == await anext(theirs.events())
        await ours.hangup()
        assert [event async for event in theirs.events()][-1] == Ended("them")
        for call in (ours, theirs):
            await call.media.close()


async def test_rtpengine_understands_our_keys_and_we_theirs() -> None:
    """Protected between us and rtpengine, plain between rtpengine and a telephone; sound is heard both ways."""
    with RtpengineServer.start() as relay:
        async with engine() as sound, Ng(relay.control) as ng:
            leg, phone = sound.open(), await Phone.open()
            talk = Talk(leg, ("PCMA",), lambda _: None, protected=True)
            names = {"call_id": "thu", "from_tag": "a"}
            plain = await ng.ask("offer", **names, sdp=talk.propose(), transport_protocol="RTP/AVP", ICE="remove")
            offered = sdp.read(plain["sdp"], ("PCMA",))
            host, port = phone.transport.get_extra_info("sockname")
            answer = sdp.answer(offered, sdp.Local(host, port, session=1))
            secure = await ng.ask("answer", **names, to_tag="b", sdp=answer, transport_protocol="RTP/SAVP")
            assert b"RTP/SAVP" in secure["sdp"]
            talk.settle(secure["sdp"])
            talk.begin()

            leg.music("music")
            await until(lambda: strength(phone.linear()[-LATELY:], MUSIC_HERTZ) > LOUD, "music, opened by rtpengine")
            leg.music(None)
            target = (offered.plan.address, offered.plan.port)
            talking = asyncio.ensure_future(phone.talk(target, tone(VOICE_HERTZ, seconds=20)))
            await until(lambda: loudness(leg) > LOUD, "a voice, protected by rtpengine")
            talking.cancel()
            await leg.close()
            phone.close()


def test_only_what_was_closed_with_the_key_is_opened_and_only_once() -> None:
    ours, theirs = Shield(SrtpKeys(KEY, KEY)), Shield(SrtpKeys(KEY, KEY))
    plain = bytes([0x80, 8, 0, 1, 0, 0, 0, 160, 0, 0, 0, 9]) + bytes(160)
    packet = ours.close(plain)

    assert packet != plain
    assert plain[12:40] not in packet
    assert theirs.open(packet[:-1] + b"\0") is None
    assert theirs.open(packet) == plain
    assert theirs.open(packet) is None
    for nonsense in (b"", plain, b"\x80" * 13, bytes(2000)):
        assert theirs.open(nonsense) is None


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([sdes.line("7", KEY).removeprefix("a=crypto:")], ("7", KEY)),
        (["1 AES_CM_256_HMAC_SHA1_80 inline:AAAA", sdes.line("2", KEY).removeprefix("a=crypto:")], ("2", KEY)),
        ([sdes.line("1", KEY).removeprefix("a=crypto:") + "|2^31"], ("1", KEY)),
        ([sdes.line("1", KEY).removeprefix("a=crypto:") + "|2^31|1:4"], ("1", b"")),
        ([sdes.line("1", KEY).removeprefix("a=crypto:") + " UNENCRYPTED_SRTP"], ("1", b"")),
        (["1 AES_CM_128_HMAC_SHA1_80 inline:c2hvcnQ="], ("1", b"")),
        ([], ("1", b"")),
    ],
)
def test_a_key_that_we_cannot_follow_is_none(lines: list[str], found: tuple[str, bytes]) -> None:
    assert sdes.read(lines) == found


def test_a_key_is_never_shown() -> None:
    assert "ours" not in repr(SrtpKeys(KEY, KEY))
    assert "key" not in repr(sdp.Local(LOOPBACK, 1, session=1, key=KEY))
