"""Forms and messages read as Twilio writes them, and what is said late is dropped. Nothing here has a socket."""

from __future__ import annotations

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.call_center.media.g711 import SILENCE
from channels.call_center.media.rtp import read as read_packet
from channels.call_center.twilio import forms, messages
from channels.call_center.twilio.playout import BREATH, LATEST_S, MARK_EVERY, Playout
from channels.call_center.twilio.tokens import LIFE_S, Tokens, node_of
from channels.call_center.twilio.wire import StreamWire
from core.contract.errors import PayloadInvalid

CALL = "CA" + "0" * 31 + "1"
FRAME = b"\x80" * 160
QUIET = SILENCE["PCMU"]


def form(**more: str) -> dict[str, str]:
    return {"CallSid": CALL, "From": "+84900000001", "To": "+15005550009", **more}


@pytest.mark.parametrize("written", ["anonymous", "Restricted", "+266696687", "+7378742833", "+86282452253", ""])
def test_a_withheld_number_is_none(written: str) -> None:
    assert forms.arrived(form(From=written)).caller == ""
    assert forms.arrived(form()).caller == "+84900000001"


@pytest.mark.parametrize("sid", ["", "CA1", "ca" + "0" * 32, CALL + "\n", "../" + CALL])
def test_a_call_without_its_name_is_no_call(sid: str) -> None:
    with pytest.raises(PayloadInvalid):
        forms.arrived(form(CallSid=sid))


@pytest.mark.parametrize(
    ("status", "sip", "code", "over"),
    [
        ("ringing", "", 0, False),
        ("completed", "200", 0, True),
        ("busy", "486", 486, True),
        ("no-answer", "", 408, True),
        ("canceled", "487", 487, True),
        ("failed", "404", 404, True),
        ("failed", "", 503, True),
        ("failed", "200", 503, True),
    ],
)
def test_what_became_of_a_call_is_told_in_sips_numbers(status: str, sip: str, code: int, *, over: bool) -> None:
    news = forms.news(form(CallStatus=status, SipResponseCode=sip))

    assert (news.code, news.is_over) == (code, over)


def test_how_putting_through_went_is_told_apart() -> None:
    assert forms.dialled(form()) is None
    assert forms.dialled(form(DialCallStatus="completed")) == forms.News(CALL, "completed", 0)
    assert forms.dialled(form(DialCallStatus="no-answer")) == forms.News(CALL, "no-answer", 408)


def test_a_tape_has_a_name_and_a_length() -> None:
    name = "RE" + "a" * 32
    assert forms.tape_of(form(RecordingSid=name, RecordingDuration="7")) == forms.Tape(CALL, name, 7.0)
    for wrong in ({"RecordingSid": "https://example.vn/x"}, {"RecordingSid": name, "RecordingDuration": "-1"}):
        with pytest.raises(PayloadInvalid):
            forms.tape_of(form(**wrong))


def test_only_digits_are_a_number() -> None:
    assert forms.typed(form(Digits="0900*000A001")) == "0900000001"


def started(**media: object) -> str:
    usual = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1} | media
    start = {"streamSid": "MZ1", "callSid": CALL, "accountSid": "AC1", "mediaFormat": usual}
    return json.dumps({"event": "start", "streamSid": "MZ1", "start": start})


def media(payload: str, **more: str) -> str:
    return json.dumps({"event": "media", "media": {"payload": payload, **more}})


def test_a_streams_messages_are_read() -> None:
    """As the documentation shows them; what is new some day is nothing to us."""
    sound = base64.b64encode(FRAME).decode()
    assert messages.read('{"event":"connected","protocol":"Call","version":"1.0.0"}') is None
    assert messages.read(started()) == messages.Started("MZ1", CALL, "AC1")
    assert messages.read(media(sound, track="inbound", chunk="1", timestamp="5")) == messages.Sound(FRAME)
    assert messages.read(media(sound, track="outbound")) is None
    assert messages.read('{"event":"dtmf","dtmf":{"track":"inbound_track","digit":"#"}}') == messages.Key("#")
    assert messages.read('{"event":"dtmf","dtmf":{"digit":"x"}}') is None
    assert messages.read('{"event":"mark","mark":{"name":"m1"}}') == messages.Played("m1")
    assert messages.read('{"event":"stop","stop":{}}') == messages.Stopped()
    assert messages.read('{"event":"of-tomorrow"}') is None


@pytest.mark.parametrize(
    "broken",
    [
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"event":"media"}',
        '{"event":"media","media":{"payload":"***"}}',
        '{"event":"media","media":{"payload":7}}',
        '{"event":"start","start":{}}',
        '{"event":"dtmf","dtmf":{"digit":[]}}',
        started(encoding="audio/l16"),
        started(sampleRate=16000),
        media(base64.b64encode(bytes(8001)).decode()),
        "[" * 100_000,
    ],
)
def test_what_is_no_message_breaks_nothing_else(broken: str) -> None:
    with pytest.raises(PayloadInvalid):
        messages.read(broken)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["event", "start", "media", "payload", "dtmf"]), inner)
    ),
)


@given(
    st.text()
    | JSON.map(json.dumps)
    | st.sampled_from(["media", "start", "dtmf", "mark"]).flatmap(
        lambda event: JSON.map(lambda inner: json.dumps({"event": event, event: inner}))
    )
)
def test_whatever_comes_is_read_or_refused(text: str) -> None:
    """Nothing else happens to the call."""
    with suppress(PayloadInvalid):
        messages.read(text)


def events(told: list[str]) -> list[str]:
    return [json.loads(one)["event"] for one in told]


def test_frames_are_marked_once_a_second() -> None:
    playout = Playout("MZ1")
    told = [event for at in range(MARK_EVERY) for event in events(playout.say(FRAME, at / 50))]

    assert told == ["media"] * MARK_EVERY + ["mark"]


def test_what_is_heard_too_late_is_dropped_once() -> None:
    playout = Playout("MZ1")
    playout.mark(0.0)
    playout.played(playout.last, LATEST_S + 0.1)

    assert events(playout.say(FRAME, 2.0)) == ["clear", "media"]
    assert events(playout.say(FRAME, 2.02)) == ["media"]
    assert playout.dropped == 1
    playout.mark(3.0)
    playout.played(playout.last, 3.0 + LATEST_S / 2)
    playout.played("of another stream", 9.0)
    assert events(playout.say(FRAME, 9.0)) == ["media"]


def test_long_silence_is_not_sent() -> None:
    """A breath is."""
    playout = Playout("MZ1")
    told = [events(playout.say(QUIET, 0.0)) for _ in range(BREATH + 5)]

    assert told == [["media"]] * BREATH + [[]] * 5
    assert events(playout.say(FRAME, 0.0)) == ["media"]


def test_the_wire_carries_sound_both_ways_over_any_stream() -> None:
    """Timestamps have no gap, however the pieces are cut."""
    wire, heard, said = StreamWire(), [], []
    wire.listen(lambda packet, _at: heard.append(read_packet(packet)))
    wire.bring(FRAME)
    wire.bring(FRAME * 20)
    wire.send(b"\x80" + bytes(11) + FRAME)
    wire.carry(said.append)
    wire.send(b"\x80" + bytes(11) + FRAME)
    wire.close()
    wire.bring(FRAME)
    wire.send(b"\x80" + bytes(11) + FRAME)

    assert said == [FRAME]
    assert b"".join(packet.payload for packet in heard if packet) == FRAME * 21
    first, *others = [packet for packet in heard if packet]
    at = first.stamp
    for before, packet in zip([first, *others], others, strict=False):
        at += len(before.payload)
        assert packet.stamp == at & 0xFFFFFFFF


def test_a_streams_name_is_good_once_and_not_for_long() -> None:
    now = [0.0]
    tokens: Tokens[str] = Tokens(node=3, clock=lambda: now[0])
    name, late = tokens.give("one"), tokens.give("other")

    assert node_of(name) == 3
    assert (tokens.take(name), tokens.take(name), tokens.take("3-else")) == ("one", None, None)
    now[0] = LIFE_S + 1
    assert tokens.take(late) is None
    assert [node_of(wrong) for wrong in ("", "x-1", "0-1", "1", "9999-1", "-1")] == [None] * 6
