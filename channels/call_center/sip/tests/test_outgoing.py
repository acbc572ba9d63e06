"""Calls that we make, with a peer that does unusual things."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from channels.call_center.ports import Answered, Call, CallFailed, Ended, Ringing
from channels.call_center.sip import SipTrunk, TrunkSettings
from channels.call_center.sip.tests.fake_media import FakeMedia
from channels.call_center.sip.tests.lines import Line, a_line
from channels.call_center.sip.tests.raw import LOOPBACK, RawPhone, a_phone, sdp
from tests.support.waiting import until


@asynccontextmanager
async def both(media: FakeMedia | None = None, **settings: object) -> AsyncIterator[tuple[Line, RawPhone]]:
    """A line that leads to a phone."""
    async with a_phone() as phone:
        made = TrunkSettings(**{"host": LOOPBACK, "port": phone.port, "options_s": 0, **settings})  # type: ignore[arg-type]
        async with a_line(settings=made, media=media) as line:
            phone.target = line.port
            yield line, phone


def dialling(trunk: SipTrunk, to: str = "0900000002", **more: object) -> asyncio.Task[Call]:
    """A call that is being made."""
    return asyncio.ensure_future(trunk.dial(to, caller="1022", **more))  # type: ignore[arg-type]


async def failure_of(call: asyncio.Task[Call]) -> int:
    """The status that it failed with."""
    with pytest.raises(CallFailed) as failure:
        await call
    return failure.value.code


async def test_an_invite_that_nobody_answers_is_sent_again_and_given_up() -> None:
    """Timers A and B: twice the pause each time, 64 T1 in all; 0 is: nothing answered."""
    async with both() as (line, phone):
        code = await failure_of(dialling(line.trunk))

        assert code == 0
        assert phone.count == 7  # after 0, 1, 3, 7, 15, 31 and 63 T1
        assert line.trunk.count == 0


async def test_the_first_who_answers_has_the_call() -> None:
    """A forked INVITE: the second 200 is acknowledged and sent home (§13.2.2.4)."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        phone.reply(invite, "180 Ringing", tag="mot")
        phone.reply(invite, "180 Ringing", tag="hai")
        phone.reply(invite, "200 OK", tag="hai", body=sdp())
        made = await call
        first_ack = await phone.request("ACK")
        phone.reply(invite, "200 OK", tag="mot", body=sdp())
        second_ack = await phone.request("ACK")
        goodbye = await phone.request("BYE")
        phone.reply(goodbye, "200 OK")

        assert "tag=hai" in (first_ack.get_header("to") or "")
        assert "tag=mot" in (second_ack.get_header("to") or "")
        assert "tag=mot" in (goodbye.get_header("to") or "")
        assert made in line.trunk._calls  # the first one is untouched


async def test_a_lost_ack_is_sent_again() -> None:
    """Each copy of the 200 is acknowledged."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        for _ in range(3):
            phone.reply(invite, "200 OK", body=sdp())
            ack = await phone.request("ACK")
            assert ack.get_header("cseq") == "1 ACK"
        assert (await call).remote == "0900000002"


async def test_an_answer_that_crosses_our_giving_up_is_sent_home() -> None:
    """CANCEL came too late: the 200 is acknowledged, then BYE."""
    async with both() as (line, phone):
        call = dialling(line.trunk, ring_s=0.2)
        invite = await phone.request("INVITE")
        phone.reply(invite, "180 Ringing")
        cancel = await phone.request("CANCEL")
        phone.reply(invite, "200 OK", body=sdp())
        await phone.request("ACK")
        goodbye = await phone.request("BYE")

        assert cancel.via[0].branch == invite.via[0].branch
        assert await failure_of(call) == 408
        assert goodbye.get_header("call-id") == invite.get_header("call-id")


async def test_cancel_waits_for_the_first_sign_of_life() -> None:
    """No CANCEL before a provisional answer (§9.1)."""
    async with both() as (line, phone):
        call = dialling(line.trunk, ring_s=0.12)
        invite = await phone.request("INVITE")
        assert await failure_of(call) == 408
        seen = [message.method for message in list(phone.got._queue)]  # type: ignore[attr-defined]
        phone.reply(invite, "100 Trying")
        cancel = await phone.request("CANCEL")

        assert "CANCEL" not in seen
        assert cancel.get_header("cseq") == "1 CANCEL"


async def test_a_caller_who_stops_waiting_takes_the_call_back() -> None:
    """The task that dials is cancelled: so is the call."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        phone.reply(invite, "180 Ringing")
        await until(lambda: line.trunk.count == 1, "the call")
        await asyncio.sleep(0)  # let the 180 arrive before
        call.cancel()
        cancel = await phone.request("CANCEL")

        assert cancel.uri == invite.uri
        await until(lambda: line.trunk.count == 0, "the call is over")
        await until(lambda: line.legs[0].closed, "the port is free")


async def test_proxies_stay_between_us() -> None:
    """Record-Route turned round; ACK and BYE go to the first proxy (§12.1.2)."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        more = f"Record-Route: <sip:192.0.2.9;lr>, <sip:{LOOPBACK}:{phone.port};lr>\r\n"
        phone.reply(invite, "200 OK", body=sdp(), more=more)
        ack = await phone.request("ACK")
        await (await call).hangup()
        goodbye = await phone.request("BYE")

        hops = [f"<sip:{LOOPBACK}:{phone.port};lr>", "<sip:192.0.2.9;lr>"]
        assert ack.get_header_values("route") == hops
        assert goodbye.get_header_values("route") == hops
        assert goodbye.get_header("cseq") == "2 BYE"


async def test_a_router_of_the_old_kind_gets_the_request_uri() -> None:
    """No lr: the first Route becomes the request URI, the target the last Route (§12.2.1.1)."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        phone.reply(invite, "200 OK", body=sdp(), more=f"Record-Route: <sip:{LOOPBACK}:{phone.port}>\r\n")
        ack = await phone.request("ACK")
        await call

        assert ack.uri == f"sip:{LOOPBACK}:{phone.port}"
        assert ack.get_header_values("route") == [f"<sip:ho@{LOOPBACK}:{phone.port}>"]


@pytest.mark.parametrize("body", ["", sdp().replace("8 0 101", "18"), "rác"])
async def test_an_answer_we_cannot_speak_ends_the_call(body: str) -> None:
    """Acknowledged, then BYE: a 200 cannot be refused."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        phone.reply(await phone.request("INVITE"), "200 OK", body=body)
        await phone.request("ACK")
        await phone.request("BYE")

        assert await failure_of(call) == 488
        assert line.trunk.count == 0


async def test_a_session_too_short_for_them_is_asked_for_again() -> None:
    """422 with Min-SE: once more with theirs (RFC 4028 §7.4)."""
    async with both(session_s=90) as (line, phone):
        call = dialling(line.trunk)
        first = await phone.request("INVITE")
        phone.reply(first, "422 Session Interval Too Small", more="Min-SE: 900\r\n")
        second = await phone.request("INVITE")
        phone.reply(second, "200 OK", body=sdp())
        await call

        assert second.get_header("session-expires") == "900"
        assert second.get_header("cseq") == "2 INVITE"
        assert second.get_header("call-id") == first.get_header("call-id")


async def test_an_old_nonce_is_answered_again_but_not_for_ever() -> None:
    """stale=true is no refusal; a server that says so each time is left."""
    async with both(user="hotline", password="mat-khau") as (line, phone):
        call = dialling(line.trunk)
        seen = []
        for turn in range(4):
            invite = await phone.request("INVITE")
            seen.append(invite.get_header("authorization"))
            challenge = f'WWW-Authenticate: Digest realm="vn", nonce="n{turn}", qop="auth", stale=true\r\n'
            phone.reply(invite, "401 Unauthorized", more=challenge)

        assert await failure_of(call) == 401
        assert seen[0] is None
        assert len(set(seen)) == 4


async def test_each_refusal_is_acknowledged_in_its_own_transaction() -> None:
    """A copy of the 401 after the second INVITE: its ACK has the branch and number of the first."""
    async with both(user="hotline", password="mat-khau") as (line, phone):
        call = dialling(line.trunk)
        first = await phone.request("INVITE")
        challenge = 'WWW-Authenticate: Digest realm="vn", nonce="n", qop="auth"\r\n'
        phone.reply(first, "401 Unauthorized", more=challenge)
        acks = [await phone.request("ACK")]
        second = await phone.request("INVITE")
        phone.reply(first, "401 Unauthorized", more=challenge)
        while len(acks) < 2:
            message = await phone.get()
            if getattr(message, "method", "") == "ACK":
                acks.append(message)  # type: ignore[arg-type]
        phone.reply(second, "486 Busy Here")

        assert await failure_of(call) == 486
        assert {ack.via[0].branch for ack in acks} == {first.via[0].branch}
        assert {ack.get_header("cseq") for ack in acks} == {"1 ACK"}
        assert second.get_header("cseq") == "2 INVITE"


async def test_a_caller_who_leaves_in_the_moment_of_the_answer_leaves_no_call() -> None:
    """The task that dials is cancelled while the ACK is on its way: BYE follows."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        line.trunk.endpoint.way = never  # type: ignore[method-assign]
        phone.reply(invite, "200 OK", body=sdp())
        await until(lambda: len(line.trunk.endpoint.dispatch), "the answer is there")
        del line.trunk.endpoint.way
        call.cancel()
        await phone.request("BYE")

        assert line.trunk.count == 0


async def never(*_: object) -> None:
    """A way that is never found."""
    await asyncio.Event().wait()


async def test_the_number_that_is_shown() -> None:
    """The line's own where none is asked for; another line's number is refused before anything is sent."""
    async with both(caller_ids=("02340000001", "02340000002")) as (line, phone):
        first = asyncio.ensure_future(line.trunk.dial("0900000002", caller=""))
        invite = await phone.request("INVITE")
        phone.reply(invite, "486 Busy")
        assert await failure_of(first) == 486
        refused = await failure_of(asyncio.ensure_future(line.trunk.dial("0900000002", caller="0999999999")))

        assert "sip:02340000001@" in (invite.get_header("from") or "")
        assert refused == 403
        assert len(line.legs) == 1


async def test_the_number_goes_where_the_carrier_wants_it() -> None:
    """P-Asserted-Identity carries the number, From the account."""
    async with both(user="hotline", identity="P-Asserted-Identity", domain="example.vn") as (line, phone):
        call = dialling(line.trunk, headers={"X-Case": "12"})
        invite = await phone.request("INVITE")
        phone.reply(invite, "603 Decline")

        assert await failure_of(call) == 603
        assert invite.get_header("p-asserted-identity") == "<sip:1022@example.vn>"
        assert (invite.get_header("from") or "").startswith("<sip:hotline@example.vn>")
        assert invite.get_header("x-case") == "12"


@pytest.mark.parametrize("to", ["", "0900\r\nX: y", "a b", "<sip:x@y>", "0900@example.vn", "9" * 65])
async def test_what_is_no_number_is_not_called(to: str) -> None:
    """Nothing of what is dialled can change the message."""
    async with both() as (line, phone):
        assert await failure_of(dialling(line.trunk, to)) == 404
        assert phone.count == 0
        assert line.media.open_legs == 0


async def test_a_header_with_a_line_break_is_refused() -> None:
    """A programmer's mistake, and nothing stays open after it."""
    async with both() as (line, phone):
        with pytest.raises(ValueError, match="line breaks"):
            await line.trunk.dial("0900000002", caller="1022", headers={"X": "a\r\nY: b"})

        assert phone.count == 0
        assert line.trunk.count == 0


async def test_no_channel_no_port_no_host() -> None:
    """503 in each case, before anything is sent."""
    async with both(channels=1) as (line, phone):
        first = dialling(line.trunk)
        phone.reply(await phone.request("INVITE"), "200 OK", body=sdp())
        await first
        assert await failure_of(dialling(line.trunk)) == 503
    async with both(FakeMedia(most=0)) as (line, _):
        assert await failure_of(dialling(line.trunk)) == 503
    async with both(host="") as (line, _):
        assert await failure_of(dialling(line.trunk)) == 503


async def test_a_call_in_progress_tells_what_happens() -> None:
    """Ringing is told even though the call is given out only when it is answered."""
    async with both() as (line, phone):
        call = dialling(line.trunk)
        invite = await phone.request("INVITE")
        phone.reply(invite, "180 Ringing")
        phone.reply(invite, "200 OK", body=sdp())
        made = await call
        await phone.request("ACK")
        phone.target = line.port
        await made.hangup()
        await made.hangup()

        assert [event async for event in made.events()] == [Ringing(), Answered(), Ended("us")]
