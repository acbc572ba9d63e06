"""What needs no socket: framing, descriptions, dialogs, keys, buckets; and what the library promises."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from multiprocessing import get_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.call_center.ports import CallFailed, RtpPlan
from channels.call_center.sip import TrunkSettings, dialling, reading, sdp, wire
from channels.call_center.sip.dialog import Here, answered
from channels.call_center.sip.digest import Digest
from channels.call_center.sip.framing import MAX_HEADERS, Framer
from channels.call_center.sip.guard import PENALTY, Guard, scans
from channels.call_center.sip.incoming import user_of
from channels.call_center.sip.sdp import Local, NotAcceptable, Unreadable
from channels.call_center.sip.tests.fuzz import faults_in
from channels.call_center.sip.transactions import server_key
from channels.call_center.sip.wire import SipRequest, SipResponse

LAWS = ("PCMA", "PCMU")
HERE = Local("192.0.2.5", 20000, session=7)
AUDIO = (
    "v=0\r\no=- 1 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP {types}\r\n{more}"
)


def described(types: str, more: str = "") -> bytes:
    """An offer with these payload types."""
    return AUDIO.format(types=types, more=more).encode()


def request(text: str) -> SipRequest:
    """A request from its text."""
    made = reading.read(text.replace("\n", "\r\n").encode())
    assert isinstance(made, SipRequest)
    return made


INVITE = """INVITE sip:1022@example.vn SIP/2.0
Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
From: <sip:0900000001@example.vn>;tag=a
To: <sip:1022@example.vn>
Call-ID: c
CSeq: 1 INVITE
Contact: <sip:an@192.0.2.1:5061;transport=UDP>
Content-Length: 0

"""


@given(st.data())
def test_a_stream_cut_anywhere_gives_the_same_messages(data: st.DataObject) -> None:
    """Pieces of any size, keep-alives between messages."""
    bodies = data.draw(st.lists(st.binary(max_size=60), min_size=1, max_size=4))
    messages = [b"OPTIONS sip:a SIP/2.0\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies]
    stream = b"".join(message + data.draw(st.sampled_from([b"", b"\r\n", b"\r\n\r\n"])) for message in messages)
    framer, found, rest = Framer(), [], stream
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        found += framer.feed(rest[:size])
        rest = rest[size:]

    assert found == messages


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    """Nothing but Malformed leaves the reader."""
    for start in (b"", b"INVITE sip:a SIP/2.0\r\n", b"SIP/2.0 200 OK\r\n"):
        with suppress(reading.Malformed):
            assert wire.sequence(reading.read(start + data))[0] >= 0


@pytest.mark.parametrize("end", ["\n\n", "\n\n" + "v=0" * 9_000], ids=["alone", "before a body"])
def test_a_datagram_has_no_longer_head_than_a_stream(end: str) -> None:
    """Anybody may send one, and while its head is read no call has sound."""
    for length, fault in ((MAX_HEADERS // 2, "content-length"), (MAX_HEADERS, "too long")):
        with pytest.raises(reading.Malformed, match=fault):
            request(INVITE.replace("0\n\n", "x\n") + "X: " + "a" * length + end)


def test_gaps_in_a_via_cost_no_more_than_they_are_long() -> None:
    """Another process reads: what is slow here hears no signal."""
    hostile = INVITE.replace("SIP/2.0/UDP", "SIP" + "\t" * 15_000 + "x").replace("\n", "\r\n").encode()
    with get_context("spawn").Pool(1) as pool:
        assert not pool.apply_async(faults_in, ([hostile] * 300,)).get(60.0)


def test_white_space_around_the_slashes_of_a_via_is_nothing() -> None:
    spaced = request(INVITE.replace("SIP/2.0/UDP", "SIP / 2.0\t/  UDP"))
    assert spaced.headers.get("via") == ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx"]


@given(st.text(max_size=300))
def test_any_description_is_read_or_refused(text: str) -> None:
    """Nothing but the two refusals leaves the reader."""
    for start in ("v=0\r\n", "v=0\r\nc=IN IP4 192.0.2.1\r\nm=audio 4000 RTP/AVP 8\r\n"):
        with suppress(Unreadable, NotAcceptable):
            assert sdp.read((start + text).encode("utf-8", "replace"), LAWS).plan.port > 0


@pytest.mark.parametrize(
    ("body", "plan"),
    [
        (described("8 0 101", "a=rtpmap:101 telephone-event/8000\r\n"), RtpPlan("198.51.100.1", 4000)),
        (described("0 8"), RtpPlan("198.51.100.1", 4000, "PCMU", 0, None)),
        (described("18 97 8", "a=rtpmap:97 pcmu/8000/1\r\n"), RtpPlan("198.51.100.1", 4000, "PCMU", 97, None)),
        (described("8 96", "a=rtpmap:96 TELEPHONE-EVENT/8000\r\n"), RtpPlan("198.51.100.1", 4000, dtmf_type=96)),
        (described("8", "c=IN IP4 203.0.113.7/127\r\n"), RtpPlan("203.0.113.7", 4000, dtmf_type=None)),
        (described("8", "a=sendonly\r\n"), RtpPlan("198.51.100.1", 4000, dtmf_type=None, direction="recvonly")),
        (described("8", "a=recvonly\r\n"), RtpPlan("198.51.100.1", 4000, dtmf_type=None, direction="sendonly")),
        (described("8", "a=inactive\r\n"), RtpPlan("198.51.100.1", 4000, dtmf_type=None, direction="inactive")),
        (described("8", "c=IN IP6 2001:db8::1\r\n"), RtpPlan("2001:db8::1", 4000, dtmf_type=None)),
    ],
)  # fmt: skip
def test_what_an_offer_means_for_us(body: bytes, plan: RtpPlan) -> None:
    """Their first codec that we speak, their payload types, the direction as seen from us."""
    assert sdp.read(body, LAWS).plan == plan


def test_our_answer_takes_their_numbers() -> None:
    """One law, their type for keys, our address."""
    offer = sdp.read(described("18 97 96", "a=rtpmap:97 PCMA/8000\r\na=rtpmap:96 telephone-event/8000\r\n"), LAWS)
    answer = sdp.read(sdp.answer(offer, HERE), LAWS).plan

    assert answer == RtpPlan("192.0.2.5", 20000, "PCMA", 97, 96)


def test_our_offer_is_one_that_we_would_take() -> None:
    """Both laws, keys as 101."""
    assert sdp.read(sdp.propose(HERE, LAWS), ("PCMU",)).plan == RtpPlan("192.0.2.5", 20000, "PCMU", 0, 101)
    assert b"c=IN IP6 2001:db8::5\r\n" in sdp.propose(Local("2001:db8::5", 1, session=1), LAWS)


@pytest.mark.parametrize(
    ("address", "user"),
    [
        ("<sip:0900000001@example.vn>;tag=x", "0900000001"),
        ('"<giả> \\" tên" <sip:an@example.vn>', "an"),
        ("sip:0900000001@example.vn;tag=x", "0900000001"),
        ("<sip:+84900000001;phone-context=vn@example.vn;user=phone>", "+84900000001"),
        ("<tel:+84-900-000-001;phone-context=vn>", "+84900000001"),
        ("<sip:an:mat-khau@example.vn>", "an"),
        ("<sip:example.vn>", ""),
    ],
)
def test_the_user_part(address: str, user: str) -> None:
    """However carriers write it."""
    assert user_of(address) == user


def test_a_contact_with_parameters_in_its_user_part_is_still_reached() -> None:
    """The host comes after the last @."""
    text = INVITE.replace("sip:an@192.0.2.1:5061;transport=UDP", "sip:an;tgrp=1;trunk-context=x@192.0.2.7:5062")
    hop = answered(request(text), Here("192.0.2.5:5060", "udp")).next_hop()

    assert (hop.host, hop.port) == ("192.0.2.7", 5062)


def test_copies_share_a_key_and_others_do_not() -> None:
    """By branch and sender; by everything else where the branch is of the old kind."""
    plain = request(INVITE)
    ack = request(INVITE.replace("INVITE sip", "ACK sip").replace("1 INVITE", "1 ACK"))
    other = request(INVITE.replace("z9hG4bKx", "z9hG4bKy"))
    old = request(INVITE.replace("z9hG4bKx", "1"))
    old_again = request(INVITE.replace("z9hG4bKx", "1"))
    old_other = request(INVITE.replace("z9hG4bKx", "1").replace("Call-ID: c", "Call-ID: d"))

    assert server_key(plain) == server_key(ack)
    assert server_key(plain) != server_key(other)
    assert server_key(old) == server_key(old_again)
    assert server_key(old) != server_key(old_other)


def test_a_bucket_fills_again_and_never_overflows() -> None:
    """Three at once, then one a second."""
    guard = Guard(rate=1.0, burst=3.0)
    assert [guard.allows("a", 0.0) for _ in range(4)] == [True, True, True, False]
    assert guard.allows("b", 0.0)
    assert [guard.allows("a", now) for now in (0.5, 1.5, 1.6)] == [False, True, False]
    assert [guard.allows("a", 1000.0) for _ in range(4)] == [True, True, True, False]
    guard.fine("a", 1000.0)
    assert not guard.allows("a", 1000.0 + 3 - 0.1)
    assert guard.allows("a", 1000.0 + PENALTY)


def test_fines_block_and_are_forgiven() -> None:
    """One wrong number blocks nobody; many do, until they are paid off; asking costs nothing."""
    guard = Guard(rate=5.0, burst=30.0)
    guard.fine("a", 0.0)
    assert not any(guard.blocks("a", 0.0) for _ in range(1000))
    for _ in range(50):
        guard.fine("a", 0.0)
    assert guard.blocks("a", 5.9)
    assert not guard.blocks("a", 6.1)
    assert not guard.blocks("b", 0.0)


@pytest.mark.parametrize("name", ["friendly-scanner", "sipcli/v1.8", "SIPVicious 0.3", "VaxSIPUserAgent/3.1", "pplsip"])
def test_scanners_are_known_by_name(name: str) -> None:
    """As their logs show them."""
    assert scans(name)


@pytest.mark.parametrize(
    "name", ["Asterisk PBX 18", "Cisco-SIPGateway/IOS", "baresip v2.0", "Linphone/5.2", "kamailio", ""]
)
def test_telephones_are_no_scanners(name: str) -> None:
    """Nor are exchanges."""
    assert not scans(name)


@pytest.mark.parametrize(
    ("challenges", "scheme"),
    [
        (['Digest realm="vn", nonce="n"'], "MD5"),
        (['Digest realm="vn", nonce="n", algorithm=MD5', 'Digest realm="vn", nonce="n", algorithm=SHA-256'], "SHA-256"),
    ],
)
def test_the_stronger_challenge_is_answered(challenges: list[str], scheme: str) -> None:
    """SHA-256 before MD5 (RFC 8760)."""
    asked = request(INVITE)
    refusal = SipResponse(status_code=407)
    for challenge in challenges:
        refusal.add_header("Proxy-Authenticate", challenge)

    assert Digest("an", "mat-khau").answer(asked, refusal)
    assert f"algorithm={scheme}" in (asked.get_header("proxy-authorization") or "")


@pytest.mark.parametrize(
    "challenge",
    [
        "Basic realm=vn",
        'Digest realm="vn"',
        'Digest realm="vn", nonce="n", algorithm=X',
        'Digest nonce="n", qop="auth-int"',
    ],
)
def test_what_cannot_be_answered_is_not(challenge: str) -> None:
    """Another scheme, no nonce, an unknown algorithm."""
    refusal = SipResponse(status_code=401)
    refusal.add_header("WWW-Authenticate", challenge)

    assert not Digest("an", "mat-khau").answer(request(INVITE), refusal)
    assert not Digest("an", "").answer(request(INVITE), refusal)


def test_settings_that_cannot_be_are_refused_at_once() -> None:
    """At the start, not with the first call."""
    with pytest.raises(ValueError, match="does not appear"):
        TrunkSettings(peers=("nhà mạng",))
    with pytest.raises(ValueError, match="register"):
        TrunkSettings(register=True)
    assert TrunkSettings(peers=("192.0.2.0/24", "2001:db8::/32")).lists("2001:db8::7")
    assert not TrunkSettings(peers=("192.0.2.0/24",)).lists("198.51.100.1")
    assert "mat-khau" not in repr(TrunkSettings(password="mat-khau"))


def test_only_numbers_of_the_line_are_shown() -> None:
    """Empty: its first one."""
    line = TrunkSettings(caller_ids=("02340000001", "02340000002"))

    assert dialling.shown(line, "") == "02340000001"
    assert dialling.shown(line, "02340000002") == "02340000002"
    with pytest.raises(CallFailed, match="403"):
        dialling.shown(line, "0900000001")
    assert dialling.shown(replace(line, passes_callers=True), "0900000001") == "0900000001"


def test_numbers_are_written_as_the_line_wants_them() -> None:
    """The one called and the one shown, however we write them ourselves; a range allows all that begin so."""
    line = TrunkSettings(host="192.0.2.1", caller_ids=("+84234000001", "0234111*"), dials="national", shows="e164")
    here = Here("192.0.2.9:5060", "udp", "langnghe")

    assert dialling.shown(line, "") == "+84234000001"
    assert dialling.shown(line, "0234000001") == "+84234000001"
    assert dialling.shown(line, "0234111222") == "+84234111222"
    with pytest.raises(CallFailed, match="403"):
        dialling.shown(line, "0234222222")
    assert dialling.draft(line, here, "+84900000001", "+84234000001").theirs == "<sip:0900000001@192.0.2.1>"
    assert dialling.draft(line, here, "114", "+84234000001").theirs == "<sip:114@192.0.2.1>"


def test_a_trunk_on_ipv6_is_bracketed() -> None:
    assert dialling.target(TrunkSettings(host="2001:db8::1", transport="tcp"), "*1#") == (
        "sip:*1%23@[2001:db8::1]:5060;transport=tcp"
    )


def test_the_library_still_reads_as_we_rely_on_it() -> None:
    """
    Pinned promises of aiosipua 0.7.1: what a new version has to keep, or `wire` and `sdp` have to change.

    Names are expanded, lists split, header injection refused, Content-Length set when written.
    """
    read = reading.read(INVITE.replace("\n", "\r\n").replace("Via:", "v:").encode())
    assert read.get_header_values("via") == ["SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx"]
    listed = request(INVITE.replace("Contact:", "Record-Route: <sip:a;lr>, <sip:b,c;lr>\nContact:"))
    assert listed.get_header_values("record-route") == ["<sip:a;lr>", "<sip:b,c;lr>"]
    with pytest.raises(ValueError, match="line breaks"):
        read.set_header("X", "a\r\nb")
    answer = wire.response(listed, 200, to_tag="t")
    answer.body = "chữ".encode()
    assert bytes(answer).endswith(b"Content-Length: 5\r\n\r\nch\xe1\xbb\xaf")
    assert wire.tag(answer, "to") == "t"
    assert wire.sequence(request(INVITE.replace("1 INVITE", "7\t INVITE"))) == (7, "INVITE")
