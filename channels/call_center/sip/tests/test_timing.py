"""Session timers: what is agreed, who refreshes, and what happens when nobody does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from channels.call_center.ports import Answered, Ended
from channels.call_center.sip import timing
from channels.call_center.sip.tests.lines import Line, a_line
from channels.call_center.sip.tests.raw import RawPhone, a_phone, sdp
from channels.call_center.sip.timing import Session
from channels.call_center.sip.wire import SipRequest, SipResponse
from tests.support.waiting import until

SOON = timing.pause


@pytest.mark.parametrize(
    ("headers", "agreed"),
    [
        ({}, Session(0, False, False)),
        ({"Supported": "timer", "Allow": "INVITE, UPDATE"}, Session(1800, False, True)),
        ({"Supported": "timer", "Session-Expires": "600"}, Session(600, False, False)),
        ({"Supported": "timer", "Session-Expires": "600;refresher=uas"}, Session(600, True, False)),
        ({"Supported": "timer", "Session-Expires": "7200; Refresher=UAC"}, Session(1800, False, False)),
        ({"Supported": "timer", "Session-Expires": "7200", "Min-SE": "3600"}, Session(3600, False, False)),
        ({"Session-Expires": "600"}, Session(600, True, False)),
        ({"Supported": "timer", "Session-Expires": "rác"}, Session(1800, False, False)),
    ],
)
def test_what_is_agreed_when_they_ask(headers: dict[str, str], agreed: Session) -> None:
    """The shorter of both wishes, never below their least; who cannot refresh is refreshed."""
    request = SipRequest(method="INVITE")
    for name, value in headers.items():
        request.set_header(name, value)

    assert timing.asked(request, 1800) == agreed
    assert timing.asked(request, 0).seconds == 0


def test_too_short_is_refused() -> None:
    """Below 90 seconds (RFC 4028 §5)."""
    request = SipRequest(method="INVITE")
    request.set_header("Supported", "timer")
    request.set_header("Session-Expires", "30")
    with pytest.raises(timing.TooShort):
        timing.asked(request, 1800)


@pytest.mark.parametrize(
    ("header", "session"),
    [("", Session()), ("300", Session(300, True, False)), ("300;refresher=uas", Session(300, False, False))],
)
def test_what_their_answer_settles(header: str, session: Session) -> None:
    """Without a word of it there is no timer."""
    answer = SipResponse(status_code=200)
    if header:
        answer.set_header("Session-Expires", header)
    told = timing.told(answer, Session())

    assert (told.seconds, told.ours if header else False) == (session.seconds, session.ours)


@pytest.mark.parametrize(
    ("session", "seconds"), [(Session(1800, True), 900), (Session(1800, False), 1768), (Session(90, False), 60)]
)
def test_when_something_is_due(session: Session, seconds: float) -> None:
    """Half the time for us; for them until shortly before the end (§10)."""
    assert timing.pause(session) == seconds


@asynccontextmanager
async def hurried(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Line, RawPhone]]:
    """A line on which a second of a session takes a millisecond."""
    monkeypatch.setattr(timing, "pause", lambda session: SOON(session) / 1000)
    async with a_line() as line, a_phone(line.port) as phone:
        yield line, phone


async def test_who_does_not_refresh_is_sent_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was their turn and the time is over: BYE."""
    async with hurried(monkeypatch) as (line, phone):
        await phone.call(more="Supported: timer\r\nSession-Expires: 300;refresher=uac\r\n")
        await phone.request("BYE")

        await until(lambda: line.events() == [Answered(), Ended("trunk", 408, "session expired")], "the end")


async def test_we_refresh_by_update_where_they_take_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Again and again; 481 says that the call is gone."""
    async with hurried(monkeypatch) as (line, phone):
        more = "Supported: timer\r\nAllow: INVITE, UPDATE\r\nSession-Expires: 300;refresher=uas\r\n"
        await phone.call(more=more)
        for _ in range(2):
            refresh = await phone.request("UPDATE")
            assert refresh.get_header("session-expires") == "300;refresher=uac"
            phone.reply(refresh, "200 OK", more="Session-Expires: 300;refresher=uac\r\nAllow: UPDATE\r\n")
        phone.reply(await phone.request("UPDATE"), "481 Gone")
        await phone.request("BYE")

        await until(lambda: len(line.events()) == 2, "the end")
        assert line.events()[1] == Ended("trunk", 408, "session expired")


async def test_we_refresh_by_invite_where_they_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same description again, acknowledged; 491 is a sign of life."""
    async with hurried(monkeypatch) as (line, phone):
        await phone.call(more="Supported: timer\r\nSession-Expires: 300;refresher=uas\r\n")
        refresh = await phone.request("INVITE")
        phone.reply(refresh, "491 Request Pending")
        refresh = await phone.request("INVITE")
        phone.reply(refresh, "200 OK", body=sdp(version=1), more="Session-Expires: 300;refresher=uac\r\n")
        ack = await phone.request("ACK")

        assert "o=- " in refresh.text
        assert ack.get_header("cseq") == (refresh.get_header("cseq") or "").replace("INVITE", "ACK")
        assert line.events() == [Answered()]


def test_the_header_names_who_refreshes() -> None:
    """As seen from who sends it."""
    ours = Session(300, True)

    assert ours.header(answering=True) == "300;refresher=uas"
    assert ours.header(answering=False) == "300;refresher=uac"
    assert replace(ours, ours=False).header(answering=False) == "300;refresher=uas"
