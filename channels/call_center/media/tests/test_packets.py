"""Packets, frames, keys and counters: everything that is read from the wire. Pure."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import pytest

from channels.call_center.media import g711, rtp
from channels.call_center.media.frames import Framer
from channels.call_center.media.keys import KEYS, KeyReader, press
from channels.call_center.media.reception import Reception
from channels.call_center.ports import KeyPressed

SOUND = bytes(160)


def packet(first: int = 0x80, second: int = 8, *, after: bytes = SOUND) -> bytes:
    """A packet with sequence 7, timestamp 1600, SSRC 9."""
    return rtp.HEADER.pack(first, second, 7, 1600, 9) + after


@pytest.mark.parametrize(
    ("data", "payload"),
    [
        pytest.param(packet(), SOUND, id="plain"),
        pytest.param(packet(second=0x88), SOUND, id="marked"),
        pytest.param(packet(0x82, after=bytes(8) + SOUND), SOUND, id="two contributors"),
        pytest.param(packet(0x90, after=b"\xbe\xde\0\1" + bytes(4) + SOUND), SOUND, id="an extension"),
        pytest.param(packet(0xA0, after=SOUND + b"\0\0\0\4"), SOUND, id="padding"),
        pytest.param(packet(0xB1, after=bytes(4) + b"\xbe\xde\0\0" + SOUND + b"\1"), SOUND, id="all at once"),
    ],
)
def test_a_packet_is_read_whatever_is_around_the_sound(data: bytes, payload: bytes) -> None:
    """Header fields as sent, payload alone."""
    assert rtp.read(data) == rtp.Packet(8, 7, 1600, 9, payload)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(packet(after=b""), id="no sound"),
        pytest.param(packet(0x40), id="another version"),
        pytest.param(b"\x00\x01" + bytes(30), id="STUN"),
        pytest.param(packet(second=200), id="RTCP"),
        pytest.param(packet(0x8F, after=bytes(20)), id="contributors beyond the end"),
        pytest.param(packet(0x90, after=b"\xbe"), id="half an extension"),
        pytest.param(packet(0x90, after=b"\xbe\xde\xff\xff" + SOUND), id="an extension beyond the end"),
        pytest.param(packet(0xA0, after=SOUND + b"\xff"), id="padding longer than the packet"),
        pytest.param(packet(after=bytes(1500)), id="too long"),
    ],
)
def test_what_is_no_packet_is_none(data: bytes) -> None:
    """Never an error."""
    assert rtp.read(data) is None


def test_our_packets_never_jump() -> None:
    """Sequence and timestamp go on, over their ends too; the first is marked."""
    sender = rtp.Sender(ssrc=5, sequence=0xFFFF, stamp=0xFFFFFFFF)
    packets = []
    for _ in range(3):
        packets.append(sender.pack(SOUND, 8))
        sender.advance(160)

    read = [rtp.read(data) for data in packets]
    assert [(p.sequence, p.stamp, p.ssrc) for p in read if p] == [(0xFFFF, 0xFFFFFFFF, 5), (0, 159, 5), (1, 319, 5)]
    assert [data[1] for data in packets] == [0x88, 8, 8]


# Frames


def cut(*packets: tuple[int, int]) -> list[tuple[int, int]]:
    """(number, length) of the frames of packets given as (timestamp, length)."""
    framer = Framer()
    return [(n, len(frame)) for stamp, size in packets for n, frame in framer.split(stamp, bytes(size))]


@pytest.mark.parametrize(
    ("packets", "numbers"),
    [
        pytest.param([(0, 160), (160, 160), (320, 160)], [0, 1, 2], id="20 ms"),
        pytest.param([(0, 320), (320, 320)], [0, 1, 2, 3], id="40 ms"),
        pytest.param([(0, 80), (80, 80), (160, 80), (240, 80)], [0, 1], id="10 ms"),
        pytest.param([(0, 240), (240, 240)], [0, 1, 2], id="30 ms"),
        pytest.param([(0, 240), (480, 160)], [0, 3], id="a lost packet takes the rest of the one before with it"),
        pytest.param([(0xFFFFFF60, 160), (0, 160)], [0, 1], id="over the end of 32 bits"),
        pytest.param([(1600, 160), (160, 160)], [0, -9], id="backwards"),
        pytest.param([(0, 160), (1600, 160)], [0, 10], id="after a pause"),
        pytest.param([(0, 3)], [], id="less than a frame"),
    ],
)
def test_packets_of_any_length_become_frames(packets: list[tuple[int, int]], numbers: list[int]) -> None:
    """Numbered from the first packet on."""
    assert cut(*packets) == [(number, 160) for number in numbers]


# Keys


def event(key: str, *, duration: int, end: bool = False) -> bytes:
    """A payload of RFC 4733."""
    return struct.pack("!BBH", KEYS.index(key), 0x80 if end else 10, duration)


def keys(packets: Iterable[tuple[int, bytes]]) -> str:
    """What was pressed, from (timestamp, payload)."""
    reader = KeyReader()
    told = (reader.read(payload, stamp=stamp, ssrc=1) for stamp, payload in packets)
    return "".join(key.key for key in told if key is not None)


def pressed(key: str, stamp: int) -> list[tuple[int, bytes]]:
    """All packets of one press of 100 ms."""
    payloads = [event(key, duration=160 * n, end=n == 5) for n in range(1, 6)]
    return [(stamp, payload) for payload in [*payloads, payloads[-1], payloads[-1]]]


@pytest.mark.parametrize("lost", [[], [0], [0, 1, 2], [4, 5, 6], [1, 2, 3, 4, 5, 6], [0, 1, 2, 3, 4, 5]])
def test_each_press_is_told_once_whatever_is_lost(lost: list[int]) -> None:
    """Marker and ends may be missing; the same key twice stays two presses."""
    packets = [
        packet
        for press_number, key in enumerate("11#")
        for index, packet in enumerate(pressed(key, 8000 * press_number))
        if index not in lost
    ]

    assert keys(packets) == "11#"


def test_a_late_end_of_the_press_before_is_no_new_press() -> None:
    """Packets overtake each other."""
    first, second = pressed("1", 0), pressed("2", 4000)

    assert keys([*first[:5], *second[:2], *first[5:], *second[2:]]) == "12"


def test_a_telephone_that_renews_the_timestamp_presses_once() -> None:
    """Some do, though they should not."""
    assert keys((160 * n, event("5", duration=160 * n)) for n in range(1, 8)) == "5"


@pytest.mark.parametrize("payload", [b"", b"\x01", b"\x10\x0a\x00\xa0", b"\xff\xff\xff\xff"])
def test_what_is_no_key_is_passed_over(payload: bytes) -> None:
    """Flash (16) and other events too."""
    assert keys([(0, payload)]) == ""


def test_our_keys_are_read_by_the_same_rules() -> None:
    """What we press is told with its time, thrice at the end, with a pause between."""
    frames = list(press("1#"))
    stamp = 0
    packets = []
    for frame in frames:
        packets += [(stamp - frame.age, payload) for payload in frame.payloads]
        stamp += 160

    assert keys(packets) == "1#"
    assert len(packets) == 2 * (8 + 2)
    assert [frame.first for frame in frames].count(True) == 2
    with pytest.raises(ValueError, match="substring"):
        press("x")


def test_a_press_tells_how_long_it_had_lasted() -> None:
    """Samples become milliseconds."""
    assert KeyReader().read(event("9", duration=800), stamp=0, ssrc=1) == KeyPressed("9", 100)


# Counters


def receive(*sequences: int, ssrc: int = 1, reception: Reception | None = None) -> Reception:
    """Packets with these numbers, 20 ms apart."""
    reception = reception or Reception()
    for at, sequence in enumerate(sequences):
        reception.note(rtp.Packet(8, sequence & 0xFFFF, 160 * at, ssrc, SOUND), at * 0.02)
    return reception


@pytest.mark.parametrize(
    ("sequences", "lost"),
    [
        pytest.param([1, 2, 3], 0, id="all came"),
        pytest.param([1, 2, 5], 2, id="two lost"),
        pytest.param([1, 3, 2, 4], 0, id="overtaken"),
        pytest.param([65534, 65535, 1], 1, id="over the end"),
        pytest.param([1, 2, 2, 2], 0, id="repeated"),
        pytest.param([1, 30000, 30001], 0, id="a new beginning"),
    ],
)
def test_losses_are_counted_by_number(sequences: list[int], lost: int) -> None:
    """Never below zero."""
    reception = receive(*sequences)

    assert (reception.lost, reception.received) == (lost, len(sequences))


def test_losses_of_a_stream_that_ended_stay_counted() -> None:
    """A new SSRC begins at zero, the sum does not."""
    reception = receive(1, 4)
    receive(900, 902, ssrc=2, reception=reception)

    assert (reception.lost, reception.received) == (3, 4)


def test_jitter_is_the_mean_deviation() -> None:
    """Even spacing has none; a timestamp that jumps is none either."""
    assert receive(*range(50)).jitter_ms == pytest.approx(0, abs=0.01)
    reception = Reception()
    for n in range(200):
        reception.note(rtp.Packet(8, n, 160 * n, 1, SOUND), n * 0.02 + 0.01 * (n % 2))
    assert reception.jitter_ms == pytest.approx(10, abs=0.5)
    reception.note(rtp.Packet(8, 200, 600_000_000, 1, SOUND), 4.0)
    assert reception.jitter_ms == pytest.approx(10, abs=0.5)


# G.711


def test_every_byte_of_one_law_has_its_neighbour_in_the_other() -> None:
    """There and back moves no sample by more than one step of its segment."""
    every = bytes(range(256))
    for origin, law in (("PCMA", "PCMU"), ("PCMU", "PCMA")):
        there = g711.convert(every, origin, law)
        back = g711.convert(there, law, origin)
        before, after = (memoryview(g711.decode(sound, origin)).cast("h") for sound in (every, back))
        assert all(abs(a - b) <= max(16, abs(b) // 16) for a, b in zip(after, before, strict=True))
    assert g711.convert(every, "PCMA", "PCMA") is every


def test_a_mix_is_cut_and_not_wrapped() -> None:
    """Two loud voices are louder than one, never a crackle."""
    loud = (30000).to_bytes(2, "little", signed=True) * 160

    assert g711.mix([loud, loud]) == (32767).to_bytes(2, "little") * 160
    assert g711.mix([loud]) is loud
