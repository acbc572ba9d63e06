"""What reaches us as a caller's telephone sends it, datagram by datagram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.call_center.ports import Answered, Ended, Held, KeyPressed, Resumed
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.tests.lines import FAST, Line, Operator, a_line, answer, ring
from channels.call_center.sip.tests.raw import LOOPBACK, RawPhone, a_phone, sdp, tag_of
from tests.support.waiting import until


@asynccontextmanager
async def both(operator: Operator = answer, **line: object) -> AsyncIterator[tuple[Line, RawPhone]]:
    """A line and a phone that calls it."""
    async with a_line(operator, **line) as made, a_phone(made.port) as phone:  # type: ignore[arg-type]
        yield made, phone


async def test_an_invite_sent_three_times_is_one_call() -> None:
    """Copies get the last answer again: one call, one tag."""
    async with both(ring) as (line, phone):
        tags = set()
        for _ in range(3):
            phone.send(phone.build("INVITE", body=sdp()))
            tags.add(tag_of(await phone.status(180, copies=True)))

        assert len(tags) == 1
        assert len(line.calls) == 1


async def test_the_200_is_repeated_until_somebody_acknowledges_it() -> None:
    """Twice as long a pause each time; the ACK ends it."""
    async with both() as (line, phone):
        phone.send(phone.build("INVITE", body=sdp()))
        answers = [await phone.status(200, copies=True) for _ in range(3)]
        assert len({tag_of(one) for one in answers}) == 1
        assert line.events() == []

        phone.send(phone.build("ACK", branch="b", to_tag=tag_of(answers[0])))
        await until(lambda: line.events() == [Answered()], "the call is up")


async def test_an_acknowledgement_with_a_tag_of_its_own_invention_is_one() -> None:
    """Some telephones do so; a call that never began is not acknowledged by it."""
    async with a_line() as line, a_phone(line.port) as phone:
        await phone.call(ack=False)
        phone.send(phone.build("ACK", call="goi-2", branch="x", to_tag="lạ"))
        phone.send(phone.build("ACK", branch="goi-1-1", to_tag="lạ"))
        await until(lambda: line.events() == [Answered()], "the call is up")
        await line.calls[0].hangup()
        goodbye = await phone.request("BYE")

        assert goodbye.get_header("call-id") == "goi-1"


async def test_who_never_acknowledges_is_sent_home() -> None:
    """After 64 T1 BYE, and the port is free again in time."""
    async with both(timers=FAST) as (line, phone):
        await phone.call(ack=False)
        goodbye = await phone.request("BYE")
        phone.reply(goodbye, "200 OK")

        assert line.events() == [Ended("trunk", 408, "no ACK")]
        assert line.trunk.count == 0


@pytest.mark.parametrize(
    "text",
    [
        "INVITE sip:1022@example.vn SIP/2.0\r\nv: {via}\r\nf: <sip:0900000001@example.vn>;tag=x\r\n"
        "t: <sip:1022@example.vn>\r\ni: ngan\r\nCSeq: 7 INVITE\r\n"
        "m: <sip:a@127.0.0.1>\r\nc: application/sdp\r\nl: {length}\r\n\r\n{body}",
        "INVITE sip:1022@example.vn SIP/2.0\r\nVIA:{via}\r\nFROM:<sip:0900000001@example.vn>;tag=x\r\n"
        "TO:<sip:1022@example.vn>\r\nCALL-ID:hoa\r\nCSEQ:7  INVITE\r\nCONTACT:<sip:a@127.0.0.1>\r\n"
        "CONTENT-TYPE:application/sdp\r\nCONTENT-LENGTH:{length}\r\n\r\n{body}",
        "INVITE sip:1022@example.vn SIP/2.0\r\nVia: SIP / 2.0\r\n /UDP 127.0.0.1:5060\r\n ;branch=z9hG4bKx;rport\r\n"
        "From:\t\"An \\\"ba\\\"\"\r\n\t<sip:0900000001@example.vn>\r\n ;tag=x\r\n"
        "To: sip:1022@example.vn\r\nCall-ID: gap\r\n"
        "CSeq: 7\r\n INVITE\r\nContact: <sip:a@127.0.0.1>\r\nContent-Type: application/sdp\r\n\r\n{body}",
    ],
    ids=["short names", "capitals without a space", "folded lines, no length"],
)  # fmt: skip
async def test_unusual_spelling_is_read(text: str) -> None:
    """Names in short form, in capitals, without a space after the colon, over several lines."""
    async with both() as (line, phone):
        via = f"SIP/2.0/UDP {LOOPBACK}:{phone.port};branch=z9hG4bKlạ;rport"
        phone.send(text.format(via=via, length=len(sdp()), body=sdp()))
        accepted = await phone.status(200)

        assert line.calls[0].remote == "0900000001"
        assert (accepted.get_header("cseq") or "").split() == ["7", "INVITE"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (sdp().replace("RTP/AVP", "RTP/SAVP"), 488),
        (sdp().replace("8 0 101", "18 4"), 488),
        (sdp().replace("audio 40000", "audio 0"), 488),
        (sdp().replace("audio 40000", "audio 99999"), 400),
        (sdp().replace("c=IN IP4 127.0.0.1", "c=IN IP4 pbx"), 400),
        ("m=audio", 400),
        (sdp().replace("m=audio 40000", "m=audio bốn"), 400),
    ],
)
async def test_a_description_we_cannot_work_with_is_refused(body: str, status: int) -> None:
    """488 where we share no codec, 400 where it is nonsense; no port is taken."""
    async with both() as (line, phone):
        phone.send(phone.build("INVITE", body=body))
        await phone.status(status)

        assert line.legs == []


async def test_pictures_beside_the_sound_are_declined_and_the_call_taken() -> None:
    """Every m= line of the offer is in the answer, in its order (RFC 3264 §6)."""
    async with both() as (_, phone):
        body = sdp().replace("m=audio", "m=video 50000 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio")
        phone.send(phone.build("INVITE", body=body))
        accepted = await phone.status(200)

        lines = [line for line in accepted.text.splitlines() if line.startswith("m=")]
        assert lines == ["m=video 0 RTP/AVP 96", "m=audio 20000 RTP/AVP 8 101"]


@pytest.mark.parametrize("method", ["BYE", "INVITE", "INFO", "UPDATE", "OPTIONS"])
async def test_a_dialog_nobody_knows_is_answered_481(method: str) -> None:
    """The other side forgets the call then."""
    async with both() as (line, phone):
        phone.send(phone.build(method, to_tag="khong-co", body=sdp() if method == "INVITE" else ""))
        await phone.status(481)

        assert line.calls == []


@pytest.mark.parametrize(
    ("method", "status"),
    [("REGISTER", 405), ("SUBSCRIBE", 405), ("MESSAGE", 405), ("REFER", 405), ("hello", 501), ("CANCEL", 481)],
)
async def test_what_we_do_not_do_is_refused(method: str, status: int) -> None:
    """With the list of what we do."""
    async with both() as (_, phone):
        phone.send(phone.build(method))
        refusal = await phone.status(status)

        assert bool(refusal.get_header("allow")) == (status == 405)


async def test_answers_go_to_where_the_request_came_from() -> None:
    """With rport to the source port, without to the port in Via; never to the host that Via claims."""
    async with both() as (_, phone), a_phone(phone.target) as other:
        phone.send(phone.build("OPTIONS", via=f"SIP/2.0/UDP 192.0.2.1:{other.port};branch=z9hG4bK1;rport"))
        symmetric = await phone.status(200)
        phone.send(phone.build("OPTIONS", via=f"SIP/2.0/UDP 192.0.2.1:{other.port};branch=z9hG4bK2"))
        plain = await other.status(200)

        assert symmetric.via[0].params["received"] == LOOPBACK
        assert symmetric.via[0].params["rport"] == str(phone.port)
        assert plain.via[0].params["received"] == LOOPBACK


@pytest.mark.parametrize(
    ("settings", "host"),
    [({"host": "0.0.0.0"}, LOOPBACK), ({"advertised": "203.0.113.5"}, "203.0.113.5"), ({"advertised": "::2"}, "[::2]")],
)
async def test_we_say_where_we_are_reached(settings: dict[str, str], host: str) -> None:
    """The advertised address; listening everywhere, the one by which the caller is reached."""
    async with both(**settings) as (line, phone):
        phone.send(phone.build("INVITE", body=sdp()))
        accepted = await phone.status(200)

        assert accepted.get_header("contact") == f"<sip:1022@{host}:{line.port}>"


async def test_a_mistake_of_ours_is_500_and_the_next_call_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for an answer that never comes."""

    def broken(owner: object, transaction: object) -> None:
        raise RuntimeError("hỏng")

    async with both() as (line, phone):
        with monkeypatch.context() as patch:
            patch.setattr("channels.call_center.sip.trunk.take", broken)
            phone.send(phone.build("INVITE", call="hỏng", branch="hong", body=sdp()))
            await phone.status(500)
        await phone.call()

        assert line.trunk.endpoint.counters["failed"] == 1


async def test_the_same_invite_by_two_ways_is_one_call() -> None:
    """482 to the second branch (§8.2.2.2)."""
    async with both(ring) as (line, phone):
        phone.send(phone.build("INVITE", branch="mot", body=sdp()))
        await phone.status(180)
        phone.send(phone.build("INVITE", branch="hai", body=sdp()))
        await phone.status(482)

        assert len(line.calls) == 1


async def test_proxies_stay_between_us() -> None:
    """Record-Route is echoed, and our BYE goes by it in the same order (§12.1.1)."""
    async with both() as (line, phone):
        more = f"Record-Route: <sip:{LOOPBACK}:{phone.port};lr>, <sip:192.0.2.9;lr>\r\n"
        phone.send(phone.build("INVITE", body=sdp(), more=more))
        accepted = await phone.status(200)
        phone.send(phone.build("ACK", branch="b", to_tag=tag_of(accepted)))
        await until(lambda: line.events() == [Answered()], "the call is up")
        await line.calls[0].hangup()
        goodbye = await phone.request("BYE")
        phone.reply(goodbye, "200 OK")

        hops = [f"<sip:{LOOPBACK}:{phone.port};lr>", "<sip:192.0.2.9;lr>"]
        assert accepted.get_header_values("record-route") == hops
        assert goodbye.get_header_values("route") == hops
        assert goodbye.uri == f"sip:0900000001@{LOOPBACK}:{phone.port}"


async def test_hold_by_update_and_by_the_old_address() -> None:
    """UPDATE with a description; c=0.0.0.0 as old telephones hold (RFC 2543)."""
    async with both() as (line, phone):
        tag = await phone.call()
        held = sdp(version=2).replace("c=IN IP4 127.0.0.1", "c=IN IP4 0.0.0.0")
        phone.send(phone.build("UPDATE", number=2, branch="u", to_tag=tag, body=held))
        answer_ = await phone.status(200)
        phone.send(phone.build("UPDATE", number=3, branch="v", to_tag=tag, body=sdp(version=3)))
        await phone.status(200)

        assert "a=inactive" in answer_.text
        assert line.events() == [Answered(), Held(), Resumed()]
        assert len(line.legs) == 1
        assert [plan.direction for plan in line.legs[0].plans] == ["sendrecv", "inactive", "sendrecv"]


async def test_requests_out_of_order_change_nothing() -> None:
    """An older CSeq is refused with 500, a copy of a re-INVITE answered as before (§12.2.2)."""
    async with both() as (line, phone):
        tag = await phone.call()
        again = phone.build("INVITE", number=5, branch="r", to_tag=tag, body=sdp("sendonly", 2))
        phone.send(again)
        phone.send(again)
        await phone.status(200)
        phone.send(phone.build("ACK", number=5, branch="s", to_tag=tag))
        phone.send(phone.build("BYE", number=4, branch="t", to_tag=tag))
        await phone.status(500)

        assert line.events() == [Answered(), Held()]


async def test_two_descriptions_at_once_are_one_too_many() -> None:
    """491 while the first re-INVITE is not acknowledged (§14.2)."""
    async with both() as (_, phone):
        tag = await phone.call()
        phone.send(phone.build("INVITE", number=2, branch="r", to_tag=tag, body=sdp("sendonly", 2)))
        await phone.status(200)
        phone.send(phone.build("INVITE", number=3, branch="s", to_tag=tag, body=sdp("sendrecv", 3)))
        await phone.status(491)


async def test_what_has_to_be_understood_and_is_not_is_named() -> None:
    """420 with Unsupported (§8.2.2.3)."""
    async with both() as (line, phone):
        phone.send(phone.build("INVITE", body=sdp(), more="Require: timer, 100rel\r\n"))
        refusal = await phone.status(420)

        assert refusal.get_header("unsupported") == "100rel"
        assert line.legs == []


@pytest.mark.parametrize(
    ("kind", "text", "keys"),
    [
        ("application/dtmf-relay", "Signal=7\r\nDuration=250\r\n", [("7", 250)]),
        ("application/dtmf-relay", "Signal= 11", [("#", 160)]),
        ("application/dtmf", "*", [("*", 160)]),
        ("APPLICATION/DTMF", "10", [("*", 160)]),
        ("application/dtmf-relay", "Signal=x", []),
        ("text/plain", "7", []),
    ],
)
async def test_keys_by_info(kind: str, text: str, keys: list[tuple[str, int]]) -> None:
    """Both forms that carriers use; anything else is 415."""
    async with both() as (line, phone):
        tag = await phone.call()
        info = phone.build("INFO", number=2, branch="i", to_tag=tag, body=text).replace("application/sdp", kind)
        phone.send(info)
        await phone.status(200 if keys else 415)

        assert line.legs[0].keys == keys
        assert [event for event in line.events() if isinstance(event, KeyPressed)] == [KeyPressed(*k) for k in keys]


@pytest.mark.parametrize(
    ("from_", "more", "remote"),
    [
        ("<sip:+84900000001;phone-context=vn@example.vn>;tag=t", "", "+84900000001"),
        ("<tel:0900-000-001>;tag=t", "", "0900000001"),
        ("Anonymous <sip:anonymous@anonymous.invalid>;tag=t", "", ""),
        ("<sip:0900000001@example.vn>;tag=t", "Privacy: id\r\n", ""),
        ("<sip:anonymous@anonymous.invalid>;tag=t", "P-Asserted-Identity: <tel:+84900000001>\r\n", "+84900000001"),
    ],
)
async def test_who_calls_is_read_as_the_network_tells_it(from_: str, more: str, remote: str) -> None:
    """The asserted identity counts before From; a withheld number stays withheld."""
    async with both(ring) as (line, phone):
        phone.send(phone.build("INVITE", from_=from_, more=more, body=sdp()))
        await phone.status(180)

        assert line.calls[0].remote == remote


async def test_calls_for_our_account_tell_the_number_that_was_called() -> None:
    """A registrar calls the address we registered; the number is in To then."""
    settings = TrunkSettings(peers=(LOOPBACK,), user="1022")
    async with both(ring, settings=settings) as (line, phone):
        phone.send(
            phone.build("INVITE", body=sdp()).replace(f"To: <sip:1022@{LOOPBACK}>", "To: <sip:0234000000@example.vn>")
        )
        await phone.status(180)

        assert line.calls[0].called == "0234000000"
