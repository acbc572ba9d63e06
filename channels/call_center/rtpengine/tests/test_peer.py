"""A page behind a real rtpengine: heard and hearing, gone when it goes, and what is said where that cannot be."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from channels.call_center.rtpengine import peer as module
from channels.call_center.rtpengine.ng import Ng, Refused
from channels.call_center.rtpengine.peer import RtpenginePeer
from channels.call_center.webrtc.inside import MediaPlace, NoPort
from channels.call_center.webrtc.meeting import browser_at
from channels.call_center.webrtc.peer import OfferRefused
from channels.call_center.webrtc.tests.pages import Page
from tests.support.servers.rtpengine import RtpengineServer
from tests.support.waiting import PATIENCE, until

SOUND = bytes(range(160))


@pytest.fixture(scope="module")
def relay() -> Iterator[RtpengineServer]:
    with RtpengineServer.start() as server:
        yield server


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
    yield page
    await page.peer.close()


def place(relay: RtpengineServer) -> MediaPlace:
    return MediaPlace("127.0.0.1", rtpengine=relay.control)


def rtp(peer: RtpenginePeer, number: int) -> bytes:
    return struct.pack("!BBHLL", 0x80, peer.payload_type, number, number * 160, peer.ssrc) + SOUND


async def keep_sending(peer: RtpenginePeer) -> None:
    for number in range(10_000):
        peer.send(rtp(peer, number))
        await asyncio.sleep(0.02)


async def test_sound_goes_both_ways_and_the_page_speaks_dtls(relay: RtpengineServer, page: Page) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    up = asyncio.Event()
    peer = browser_at(place(relay), up=up.set, gone=lambda: None)
    assert isinstance(peer, RtpenginePeer)
    peer.listen(heard.put_nowait)

    answer = await peer.answer(await page.offer())
    assert "UDP/TLS/RTP/SAVPF" in answer
    assert f" {peer.local[1]} " not in answer
    await page.take(answer)
    packets = [await asyncio.wait_for(heard.get(), 20) for _ in range(5)]
    assert up.is_set()
    assert peer.connected
    assert {packet[1] & 0x7F for packet in packets} == {8}
    assert {len(packet) for packet in packets} == {172}

    sending = asyncio.ensure_future(keep_sending(peer))
    track = await asyncio.wait_for(page.track, PATIENCE)
    frame: Any = await asyncio.wait_for(track.recv(), 10)
    while not any(bytes(frame.planes[0])):
        frame = await asyncio.wait_for(track.recv(), 10)
    sending.cancel()
    await peer.close()
    assert not peer.connected
    async with Ng(relay.control) as ng:
        assert not (await ng.ask("list", limit=10))["calls"]


async def test_a_page_that_falls_silent_is_gone(
    relay: RtpengineServer, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = asyncio.Event()
    monkeypatch.setattr(module, "SILENT_S", 1.0)
    peer = RtpenginePeer(place(relay), up=lambda: None, gone=gone.set)
    await page.take(await peer.answer(await page.offer()))
    await until(lambda: peer.connected, "it is heard")
    await page.peer.close()

    await asyncio.wait_for(gone.wait(), 20)
    assert not peer.connected
    await peer.close()


async def test_whoever_never_comes_is_gone(relay: RtpengineServer, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = asyncio.Event()
    monkeypatch.setattr(module, "ARRIVE_S", 1.0)
    peer = RtpenginePeer(place(relay), up=lambda: None, gone=gone.set)
    await peer.answer(await page.offer())

    await asyncio.wait_for(gone.wait(), 20)
    await peer.close()


async def test_only_rtpengine_is_heard(relay: RtpengineServer, page: Page) -> None:
    heard: list[bytes] = []
    peer = RtpenginePeer(place(relay), up=lambda: None, gone=lambda: None)
    peer.listen(heard.append)
    await peer.answer(await page.offer())
    peer.datagram_received(rtp(peer, 1), ("127.0.0.1", 9))

    assert heard == []
    await peer.close()


@pytest.mark.parametrize("offer", ["", "nonsense", "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"])
async def test_an_offer_without_sound_is_refused(relay: RtpengineServer, offer: str) -> None:
    peer = RtpenginePeer(place(relay), up=lambda: None, gone=lambda: None)

    with pytest.raises((OfferRefused, NoPort)):
        await peer.answer(offer)
    await peer.close()


async def test_an_engine_that_is_away_is_said(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.call_center.rtpengine.ng.AGAIN_S", (0.05, 0.05))
    peer = RtpenginePeer(MediaPlace("127.0.0.1", rtpengine=("127.0.0.1", 9)), up=lambda: None, gone=lambda: None)

    with pytest.raises(NoPort, match="does not answer"):
        await peer.answer(await page.offer())
    await peer.close()


async def test_what_it_refuses_is_said_in_its_words(relay: RtpengineServer) -> None:
    async with Ng(relay.control) as ng:
        assert (await ng.ask("ping"))["result"] == b"pong"
        with pytest.raises(Refused, match="Unknown call"):
            await ng.ask("query", call_id="nobody")
        with pytest.raises(Refused):
            await ng.ask("nonsense")
