"""How calls end when both sides do not agree on the moment, and what is left of them."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from channels.call_center.ports import Answered, Call, CallFailed, CallGone, Ended
from channels.call_center.sip import TrunkSettings
from channels.call_center.sip.call import SipCall
from channels.call_center.sip.tests.lines import FAST, Line, a_line, answer, ring
from channels.call_center.sip.tests.raw import LOOPBACK, a_phone, sdp, tag_of
from tests.support.waiting import until

SIP_I = (
    "--ranh\r\nContent-Type: application/sdp\r\n\r\n{sdp}\r\n--ranh\r\n"
    "Content-Type: application/isup;version=itu-t92+\r\nContent-Disposition: signal\r\n\r\n\x01\x02\r\n--ranh--\r\n"
)


async def test_goodbye_before_the_acknowledgement() -> None:
    """They hang up with their ACK still missing: the answer says so, the 200 is not repeated any more."""
    outcome: list[BaseException] = []

    async def take(call: Call) -> None:
        try:
            await call.answer()
        except CallGone as gone:
            outcome.append(gone)

    async with a_line(take) as line, a_phone(line.port) as phone:
        tag = await phone.call(ack=False)
        phone.send(phone.build("BYE", number=2, branch="b", to_tag=tag))
        while (await phone.get()).get_header("cseq") != "2 BYE":
            pass
        await until(lambda: outcome, "the answer fails")

        assert line.events() == [Ended("them")]


async def test_our_goodbye_waits_for_the_acknowledgement() -> None:
    """A BYE must not overtake the answer (§15): it follows the ACK."""

    async def take_and_leave(call: Call) -> None:
        answering = asyncio.ensure_future(answer(call))
        await until(lambda: call.media.plans, "it is answered")  # type: ignore[attr-defined]
        await call.hangup()
        await answering

    async with a_line(take_and_leave) as line, a_phone(line.port) as phone:
        tag = await phone.call(ack=False)
        await until(lambda: line.events() == [Ended("us")], "it is over for us")
        copies = [await phone.status(200, copies=True) for _ in range(2)]
        phone.send(phone.build("ACK", branch="b", to_tag=tag))
        goodbye = await phone.request("BYE")

        assert {tag_of(copy) for copy in copies} == {tag}
        assert goodbye.get_header("call-id") == "goi-1"


async def test_both_hang_up_at_once() -> None:
    """Each BYE is answered; the call ends once."""
    async with a_line() as line, a_phone(line.port) as phone:
        tag = await phone.call()
        await until(lambda: line.events() == [Answered()], "the call is up")
        await line.calls[0].hangup()
        await phone.request("BYE")
        phone.send(phone.build("BYE", number=2, branch="b", to_tag=tag))
        await phone.status(200)

        assert line.events()[-1] == Ended("us")
        assert sum(isinstance(event, Ended) for event in line.events()) == 1


async def test_a_call_given_up_before_anybody_looked_is_still_told() -> None:
    """No caller is lost: it comes out of `incoming` with its end."""
    async with a_line() as other, a_phone() as phone:
        await other.trunk.stop()
        line = Line(other.trunk, other.media)
        await line.trunk.start()
        phone.target = line.port
        phone.send(phone.build("INVITE", body=sdp()))
        await phone.status(100)
        phone.send(phone.build("CANCEL"))
        await phone.status(487)
        serving = asyncio.ensure_future(line.serve(nothing))
        await until(lambda: line.calls and line.heard.get(line.calls[0].id), "it is told")
        serving.cancel()
        for task in line.tasks:
            task.cancel()

        assert line.events() == [Ended("them", 487)]
        with pytest.raises(CallGone):
            await line.calls[0].ring()


async def nothing(call: Call) -> None:
    """Leave it alone."""


@pytest.mark.parametrize("contact", ["X-Contact: <sip:a@127.0.0.1>", "Contact: *", "Contact: <sip:a b@127.0.0.1>"])
async def test_a_caller_without_a_usable_contact_still_gets_a_goodbye(contact: str) -> None:
    """It goes the way the call came, to whom From names, and is a whole message."""
    async with a_line() as line, a_phone(line.port) as phone:
        invite = phone.build("INVITE", body=sdp(), from_=f"<sip:an@{LOOPBACK}:{phone.port}>;tag=t")
        phone.send(invite.replace(f"Contact: <sip:0900000001@{LOOPBACK}:{phone.port}>", contact))
        accepted = await phone.status(200)
        ack = phone.build("ACK", branch="b", to_tag=tag_of(accepted), from_=f"<sip:an@{LOOPBACK}>;tag=t")
        phone.send(ack)
        await until(lambda: line.events() == [Answered()], "the call is up")
        await line.calls[0].hangup()

        assert (await phone.request("BYE")).uri == f"sip:an@{LOOPBACK}:{phone.port}"


@pytest.mark.parametrize("port", [0, 65536, 99999999])
async def test_a_contact_with_a_port_that_cannot_be_breaks_nothing(port: int) -> None:
    """Our BYE goes the way the call came; the socket stays whole for everybody else."""
    async with a_line() as line, a_phone(line.port) as phone:
        invite = phone.build("INVITE", body=sdp())
        phone.send(
            invite.replace(f"Contact: <sip:0900000001@{LOOPBACK}:{phone.port}>", f"Contact: <sip:a@{LOOPBACK}:{port}>")
        )
        accepted = await phone.status(200)
        phone.send(phone.build("ACK", branch="b", to_tag=tag_of(accepted)))
        await until(lambda: line.events() == [Answered()], "the call is up")
        await line.calls[0].hangup()
        if port:
            await phone.request("BYE")
        await phone.call(call="tiep")

        assert len(line.calls) == 2


async def test_a_cancel_after_the_answer_changes_nothing() -> None:
    """200 to the CANCEL, and the call goes on (§9.2)."""
    async with a_line() as line, a_phone(line.port) as phone:
        tag = await phone.call(ack=False)
        phone.send(phone.build("CANCEL", branch="goi-1-1"))
        while (await phone.get()).get_header("cseq") != "1 CANCEL":
            pass
        phone.send(phone.build("ACK", branch="b", to_tag=tag))
        await until(lambda: line.events() == [Answered()], "the call is up")


async def test_a_call_without_an_answer_to_our_offer_is_ended() -> None:
    """Delayed offer: an ACK without a description leaves nothing to say."""
    async with a_line() as line, a_phone(line.port) as phone:
        phone.send(phone.build("INVITE"))
        accepted = await phone.status(200)
        phone.send(phone.build("ACK", branch="b", to_tag=tag_of(accepted)))
        await phone.request("BYE")

        assert "m=audio" in accepted.text
        assert line.events()[-1] == Ended("trunk", 488, "no common codec")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("multipart/mixed;boundary=ranh", 180), ("multipart/mixed;boundary=khac", 415), ("application/isup", 415)],
)
async def test_a_description_among_other_parts(kind: str, status: int) -> None:
    """SIP-I carriers put ISUP beside it; a body without any is 415."""
    async with a_line(ring) as line, a_phone(line.port) as phone:
        body = SIP_I.format(sdp=sdp())
        phone.send(
            phone.build("INVITE", body=body).replace("application/sdp\r\nContent-Length", f"{kind}\r\nContent-Length")
        )
        await phone.status(status)

        assert len(line.legs) == (status == 180)


async def test_a_line_that_says_nothing_is_left_for_another() -> None:
    """Not even 100 in time: 0, long before the transaction gives up; a late answer is sent home."""
    async with a_phone() as phone:
        settings = TrunkSettings(host=LOOPBACK, port=phone.port, options_s=0, silence_s=0.1)
        async with a_line(settings=settings) as line:
            phone.target = line.port
            with pytest.raises(CallFailed) as failure:
                await line.trunk.dial("0900000002", caller="1022")
            phone.reply(await phone.request("INVITE"), "200 OK", body=sdp())
            await phone.request("ACK")
            await phone.request("BYE")

    assert failure.value.code == 0


async def test_nothing_holds_a_call_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Session timers, transactions and events let go of it; its port comes back by itself."""
    monkeypatch.setattr("channels.call_center.sip.call.SETTLE_S", 0.01)
    seen: list[weakref.ref[SipCall]] = []

    async def take(call: Call) -> None:
        await answer(call)
        seen.append(weakref.ref(call))  # type: ignore[type-var]

    async with a_line(timers=FAST) as line, a_phone(line.port) as phone:
        line.tasks.pop().cancel()
        serving = asyncio.ensure_future(only(line, take))
        tag = await phone.call(more="Supported: timer\r\n")
        await until(lambda: seen, "the call is up")
        phone.send(phone.build("BYE", number=2, branch="b", to_tag=tag))
        await phone.status(200)
        await until(lambda: line.legs[0].closed, "the port is free")
        line.legs[0].listen(print)
        await until(lambda: not len(line.trunk.endpoint.transactions), "all copies are over")
        gc.collect()

        assert seen[0]() is None
        serving.cancel()


async def only(line: Line, operator: object) -> None:
    """One call, and no memory of it."""
    async for call in line.trunk.incoming():
        await operator(call)  # type: ignore[operator]
        return
