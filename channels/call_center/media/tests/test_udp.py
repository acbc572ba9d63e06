"""Sockets: whom a leg listens to, where it answers, and what strangers and fuzz do to it."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterator

import pytest

from channels.call_center.media.ear import Ear
from channels.call_center.media.g711 import SILENCE, convert
from channels.call_center.media.latch import SILENT_TICKS, Latch
from channels.call_center.media.recorder import Recorder
from channels.call_center.media.rtp import Sender
from channels.call_center.media.tests.rig import PLAN, Cable, Rig
from channels.call_center.media.udp import Ports
from channels.call_center.ports import KeyPressed, MediaUnavailable, RtpPlan
from tests.support.waiting import until

SOUND = Sender().pack(SILENCE["PCMA"], 8)
OTHER_SOUND = Sender().pack(SILENCE["PCMA"], 96)


def latch(*, anywhere: bool = False) -> Latch:
    """For a plan at 192.0.2.7:4000."""
    latch = Latch(anywhere=anywhere)
    latch.expect(PLAN)
    return latch


def test_the_first_that_sends_sound_from_the_agreed_address_is_heard_and_answered() -> None:
    """Its port may be another than SDP said (a router's)."""
    one = latch()
    assert one.target == ("192.0.2.7", 4000)

    assert one.admits(("192.0.2.7", 4444), SOUND)
    assert one.target == ("192.0.2.7", 4444)


@pytest.mark.parametrize(
    ("source", "data"),
    [
        pytest.param(("192.0.2.8", 4000), SOUND, id="another address"),
        pytest.param(("192.0.2.7", 4000), b"\x00" * 40, id="no packet"),
        pytest.param(("192.0.2.7", 4000), OTHER_SOUND, id="another kind of payload"),
    ],
)
def test_strangers_are_not_heard(source: tuple[str, int], data: bytes) -> None:
    """And counted."""
    one = latch()

    assert not one.admits(source, data)
    assert (one.source, one.strangers) == (None, 1)


def test_nobody_talks_into_a_call_that_goes_on() -> None:
    """Another port is taken only after half a second of silence; then the answer follows."""
    one = latch()
    assert one.admits(("192.0.2.7", 4000), SOUND)
    for _ in range(SILENT_TICKS):
        one.tick()
    assert one.admits(("192.0.2.7", 4000), SOUND)
    for _ in range(SILENT_TICKS):
        one.tick()
    assert not one.admits(("192.0.2.7", 5000), SOUND)
    one.tick()

    assert one.admits(("192.0.2.7", 5000), SOUND)
    assert one.target == ("192.0.2.7", 5000)


def test_behind_nat_any_address_may_be_the_first() -> None:
    """The carrier that writes its inner address into SDP."""
    one = latch(anywhere=True)

    assert one.admits(("198.51.100.1", 9), SOUND)
    assert not one.admits(("198.51.100.2", 9), SOUND)


def test_a_new_plan_is_followed_and_a_repeated_one_changes_nothing() -> None:
    """Re-INVITE."""
    one = latch()
    one.admits(("192.0.2.7", 4444), SOUND)
    one.expect(RtpPlan("192.0.2.7", 4000, direction="sendonly"))
    assert one.target == ("192.0.2.7", 4444)
    one.expect(RtpPlan("192.0.2.9", 5000))
    assert one.target == ("192.0.2.9", 5000)
    for nowhere in (RtpPlan("0.0.0.0", 5000), RtpPlan("192.0.2.9", 0)):
        one.expect(nowhere)
        assert one.target is None


# Ports


@pytest.fixture
def taken() -> Iterator[int]:
    """An even port that somebody else holds, the two after it being free."""
    while True:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.bind(("127.0.0.1", 0))
            port = sock.getsockname()[1]
            if port % 2 == 0 and port < 65000:
                yield port
                return


def test_ports_are_even_taken_in_turn_and_come_back(taken: int) -> None:
    """A port rests as long as it can; one that is not free is passed over."""
    ports = Ports("127.0.0.1", range(taken, taken + 5), advertised="203.0.113.5")
    first, second = ports.open(), ports.open()
    assert [first.local, second.local] == [("203.0.113.5", taken + 2), ("203.0.113.5", taken + 4)]
    with pytest.raises(MediaUnavailable):
        ports.open()

    first.close()
    again = ports.open()
    assert again.local[1] == taken + 2
    again.close()
    second.close()


async def test_a_wire_reads_what_came_and_survives_what_went_nowhere() -> None:
    """The kernel's own time of arrival; an ICMP answer is nobody's error."""
    ports = Ports("127.0.0.1", range(0))
    ours, theirs = ports.open(), ports.open()
    heard: list[tuple[bytes, float]] = []
    ours.listen(lambda data, at: heard.append((data, at)))
    theirs.talk(RtpPlan(*ours.local))
    ours.talk(RtpPlan(*theirs.local))
    before = time.time()
    theirs.send(SOUND)
    theirs.send(SOUND)

    def came() -> bool:
        ours.poll()
        return len(heard) == 2

    await until(came, "two packets")
    assert heard[0][0] == SOUND
    assert before - 1 <= heard[0][1] <= heard[1][1] <= time.time() + 1
    theirs.close()
    ours.send(SOUND)
    ours.send(SOUND)
    ours.poll()
    ours.close()


# Fuzz


def mutate(chance: random.Random, data: bytes) -> bytes:
    """One packet, spoiled in one of eight ways."""
    body = bytearray(data)
    kind = chance.randrange(8)
    if kind == 0:
        return bytes(body[: chance.randrange(len(body))])
    if kind == 1:
        return bytes(body) + chance.randbytes(chance.randrange(2000))
    if kind == 2:
        return chance.randbytes(chance.randrange(300))
    if kind == 3:
        body[0] = chance.randrange(256)
    elif kind == 4:
        body[1] = chance.randrange(256)
    elif kind == 5:
        body[2:4] = chance.randbytes(2)
    elif kind == 6:
        body[4:8] = chance.randbytes(4)
    else:
        body[8:12] = chance.randbytes(4)
    return bytes(body)


async def spoil(rig: Rig, packets: int) -> None:
    """Spoiled packets of sound and keys among sane ones, some a tick, then a second of a clean call."""
    chance = random.Random(4733)
    for _ in range(packets):
        kind, payload = chance.choice(
            [(8, SILENCE["PCMA"]), (0, SILENCE["PCMU"]), (101, b"\x05\x0a\x00\xa0"), (13, b"@")]
        )
        rig.cable.bring(mutate(chance, rig.caller.pack(payload, kind)))
        rig.caller.advance(160)
        if chance.random() < 0.3:
            await rig.run(1)


async def hears_cleanly(rig: Rig) -> bool:
    """Whether a new stream is heard as it was said within a second."""
    rig.caller = Sender()
    spoken = [bytes([number + 1]) * 160 for number in range(100)]
    heard = []
    for frame in spoken:
        rig.say(frame)
        rig.leg.tick()
        heard.append(rig.leg.stream.heard)
    return all(frame in heard for frame in spoken[:90])


async def test_fuzz_leaves_a_leg_that_hears(rig: Rig) -> None:
    """3,000 spoiled packets, then a clean call."""
    await spoil(rig, 3000)

    assert await hears_cleanly(rig)
    assert rig.leg.stats().delay_ms <= 60


async def test_a_timestamp_that_jumps_with_a_new_stream_costs_nothing(rig: Rig) -> None:
    """The packet that made another library fill 572 MB."""
    await rig.run(20, b"\x01\x00" * 3200)
    rig.caller = Sender(ssrc=1, stamp=(rig.caller.stamp + 600_000_000) & 0xFFFFFFFF)

    assert await hears_cleanly(rig)


def test_a_jump_in_one_stream_costs_nothing_either() -> None:
    """Same SSRC, 21 hours ahead, and back."""
    ear = Ear(PLAN, lambda _key: None)
    sender = Sender(ssrc=1, stamp=0)
    heard = []
    for number in range(120):
        if number in (40, 80):
            sender.stamp = 600_000_000 if number == 40 else 6400
        ear.take(sender.pack(bytes([number + 1]) * 160, 8), number * 0.02)
        sender.advance(160)
        heard.append(ear.frame())

    assert all(bytes([number + 1]) * 160 in heard for number in (*range(38), *range(41, 78), *range(81, 118)))


def test_what_was_late_in_a_stream_that_ended_stays_counted() -> None:
    """Over a new SSRC and a new plan."""
    ear = Ear(PLAN, lambda _key: None)
    for ssrc in (1, 2):
        sender = Sender(ssrc=ssrc, sequence=0, stamp=0)
        packets = [(sender.pack(SILENCE["PCMA"], 8), sender.advance(160))[0] for _ in range(20)]
        for number in (*range(5), *range(6, 20), 5):
            ear.take(packets[number], 0.0)
            ear.frame()
    assert ear.late == 2
    ear.expect(PLAN)

    assert ear.late == 2


def test_a_new_stream_is_heard_at_once() -> None:
    """Also where its times are those of the one before."""
    ear = Ear(PLAN, lambda _key: None)
    heard = []
    for ssrc in (1, 2):
        sender = Sender(ssrc=ssrc, stamp=0)
        for number in range(50):
            ear.take(sender.pack(bytes([ssrc * 100 + number]) * 160, 8), 0.0)
            sender.advance(160)
            heard.append(ear.frame())

    assert bytes([200]) * 160 in heard
    assert bytes([248]) * 160 in heard


async def test_nobody_ever_sends_and_prompts_are_played_all_the_same(recorder: Recorder) -> None:
    """The caller whose router swallows their voice hears us."""
    rig = Rig(recorder)
    await rig.run(10)

    assert len(rig.cable.sent) == 10
    assert rig.leg.stats().received == 0


async def test_a_wire_that_prescribes_its_ssrc_gets_it(recorder: Recorder) -> None:
    """A browser's connection."""
    rig = Rig(recorder, ssrc=4711)
    await rig.run(2)

    assert {packet.ssrc for packet in rig.cable.sent} == {4711}


async def test_either_law_is_understood_whatever_was_agreed(rig: Rig) -> None:
    """Some telephones send the other one; comfort noise keeps a line alive."""
    for _ in range(5):
        rig.say(SILENCE["PCMU"], payload_type=0)
        await rig.run(1)
    assert rig.leg.stream.heard == convert(SILENCE["PCMU"], "PCMU", "PCMA") != SILENCE["PCMU"]
    await rig.run(200)
    rig.say(b"@", payload_type=13)
    await rig.run(200)

    assert [event for event in rig.events if not isinstance(event, KeyPressed)] == []
    assert rig.leg.stats().received == 6
    assert isinstance(rig.cable, Cable)
