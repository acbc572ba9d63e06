"""A browser's leg: sound in, sound out, and the end of it."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import AsyncIterator

import pytest

from channels.call_center.webrtc.inside import MediaPlace, NoPort
from channels.call_center.webrtc.peer import OfferRefused, Peer
from channels.call_center.webrtc.tests.pages import LOOPBACK, Page
from tests.support.waiting import until

SOUND = bytes(range(160))


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
    yield page
    await page.peer.close()


@pytest.fixture
async def gone() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def up() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
async def peer(up: asyncio.Event, gone: asyncio.Event) -> AsyncIterator[Peer]:
    peer = Peer(LOOPBACK, up=up.set, gone=gone.set)
    yield peer
    await peer.close()


async def connected(peer: Peer, page: Page) -> None:
    await page.take(await peer.answer(await page.offer()))
    await until(lambda: peer.connected, "the page connected")


def rtp(peer: Peer, number: int, payload: bytes = SOUND) -> bytes:
    """A plain packet as the engine makes it."""
    return struct.pack("!BBHLL", 0x80, peer.payload_type, number, number * 160, peer.ssrc) + payload


async def test_what_the_page_says_arrives_as_plain_packets(peer: Peer, page: Page) -> None:
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    peer.listen(heard.put_nowait)
    await connected(peer, page)
    packets = [await asyncio.wait_for(heard.get(), 5) for _ in range(5)]
    numbers = [int.from_bytes(packet[2:4], "big") for packet in packets]
    assert [packet[1] & 0x7F for packet in packets] == [8] * 5
    assert numbers == [(numbers[0] + step) % 65536 for step in range(5)]
    assert len(packets[0]) >= 172


async def test_what_we_send_is_heard_by_the_page(peer: Peer, page: Page) -> None:
    await connected(peer, page)
    track = await page.track
    for number in range(20):
        peer.send(rtp(peer, number))
    frame = await asyncio.wait_for(track.recv(), 5)
    assert frame.sample_rate == 8000
    assert any(bytes(frame.planes[0]))


async def test_the_page_can_measure_delay_and_loss(peer: Peer, page: Page) -> None:
    """The counts reach the sender reports, and what the page sends is reported back."""
    await connected(peer, page)
    for number in range(COUNTED := 30):
        peer.send(rtp(peer, number))
    sender = peer._peer.getTransceivers()[0].sender
    stats = await sender.getStats()
    [outbound] = [item for item in stats.values() if item.type == "outbound-rtp"]
    assert 1 <= outbound.packetsSent <= COUNTED
    reports = page.peer.getTransceivers()[0].sender

    async def reported() -> bool:
        return any(item.type == "remote-inbound-rtp" for item in (await reports.getStats()).values())

    await until(reported, "a report of what the page sent")


async def test_a_page_that_closes_is_told_of_at_once(peer: Peer, page: Page, gone: asyncio.Event) -> None:
    await connected(peer, page)
    await page.peer.close()
    await asyncio.wait_for(gone.wait(), 5)


async def test_being_connected_is_told(peer: Peer, page: Page, up: asyncio.Event) -> None:
    assert not peer.connected
    await connected(peer, page)
    assert up.is_set()


async def test_a_leg_takes_no_thread(peer: Peer, page: Page) -> None:
    """The only decoder is the page's: a hundred agents must not be a hundred threads."""

    def decoders() -> int:
        return sum(one.name == "audio-decoder" for one in threading.enumerate())

    await connected(peer, page)
    await page.track
    await until(lambda: decoders() == 1, "ours has gone, the page's has come")


async def test_browsers_see_one_certificate_and_no_two_share_their_keys(peer: Peer, page: Page) -> None:
    """Connections through the same OpenSSL context: one ends, the other is heard on."""
    other, other_page = Peer(LOOPBACK, up=lambda: None, gone=lambda: None), Page()
    answers = [await peer.answer(await page.offer()), await other.answer(await other_page.offer())]
    assert len({line for sdp in answers for line in sdp.splitlines() if line.startswith("a=fingerprint:sha-256")}) == 1
    await page.take(answers[0])
    await other_page.take(answers[1])
    await until(lambda: peer.connected and other.connected, "both connected")
    heard: list[bytes] = []
    peer.listen(heard.append)
    transports = [one._peer.getTransceivers()[0].sender.transport for one in (peer, other)]
    assert transports[0]._ssl.get_context() is transports[1]._ssl.get_context()
    assert len({one._ssl.export_keying_material(b"EXTRACTOR-dtls_srtp", 60) for one in transports}) == 2
    await other.close()
    await other_page.peer.close()
    heard.clear()
    await until(lambda: heard, "the other is heard on")


async def test_closing_it_ourselves_is_no_news(peer: Peer, page: Page, gone: asyncio.Event) -> None:
    await connected(peer, page)
    await peer.close()
    assert not gone.is_set()


async def test_u_law_is_taken_where_the_page_knows_no_other(peer: Peer) -> None:
    page = Page("audio/PCMU")
    await connected(peer, page)
    assert (peer.law, peer.payload_type) == ("PCMU", 0)
    await page.peer.close()


async def test_one_port_of_the_range_and_the_address_that_browsers_are_told(page: Page, unused_udp_port: int) -> None:
    place = MediaPlace("127.0.0.1", (unused_udp_port, unused_udp_port), "192.0.2.7")
    peer = Peer(place, up=lambda: None, gone=lambda: None)
    answer = await peer.answer(await page.offer())
    candidates = [line for line in answer.splitlines() if line.startswith("a=candidate")]
    assert len(candidates) == 1
    assert f" 192.0.2.7 {unused_udp_port} typ host" in candidates[0]
    second = Peer(place, up=lambda: None, gone=lambda: None)
    with pytest.raises(NoPort):
        await second.answer(await page.offer())
    await peer.close()
    await second.close()


@pytest.mark.parametrize("offer", ["", "v=0\r\n", "rubbish", "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"])
async def test_an_offer_that_cannot_be_taken_is_refused_in_words(peer: Peer, offer: str) -> None:
    with pytest.raises(OfferRefused):
        await peer.answer(offer)


async def test_an_offer_without_g711_is_refused(peer: Peer) -> None:
    page = Page("audio/opus")
    with pytest.raises(OfferRefused):
        await peer.answer(await page.offer())
    await page.peer.close()
