"""Callbacks at their turn: they ring like a call, a key dials them, and what comes of it moves their place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from channels.call_center.acd import happenings as h
from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents import messages as m
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.news import Board, CallCard, Refused, Status
from channels.call_center.agents.owed import Owed, OwedCall
from channels.call_center.calling import OutgoingSession
from channels.call_center.facts import CallRecord
from channels.call_center.spool import Spool
from channels.call_center.tests.played import NOON, PlayedCall, tools
from channels.call_center.tests.test_calling import Ear, Line, reached
from channels.call_center.webrtc.tests.pages import LOOPBACK
from tests.support.waiting import PATIENCE, until

OWED, NUMBER = "c" * 32, "+84900000001"


def owed(call: str = OWED, **more: Any) -> Owed:
    return Owed(calls=(OwedCall(call=call, number=NUMBER, shown="*******001", since=NOON, **more),))


class Turns:
    """An agent who is free, a line, and the list of who is owed a call."""

    def __init__(self, folder: Path, answer: PlayedCall | int | None) -> None:
        self.now, self.news = NOON, list[Any]()
        self.line, self.spool = Line(answer), Spool(folder)
        self.desk = Desk(Acd({"reports": Queue("reports")}), tell=self.news.append, now=lambda: self.now)
        self.desk.seats["lan"] = Ear()
        self.commands = Commands(self.desk, legs=None, place=LOOPBACK, dial=self._begin)  # type: ignore[arg-type]
        self.leading: list[asyncio.Task[CallRecord]] = []
        self.desk.happen(h.SignedIn("lan", frozenset({"reports"})))
        self.desk.happen(h.Chose("lan", True))

    def _begin(self, desk: Desk, wanted: m.Dial) -> bool:
        """As `gateway.telephony.outgoing` does it."""
        record = f"{len(self.leading):032x}"
        dialled = desk.dialling.begin(wanted.agent, record, number=wanted.number, about=wanted.about)
        if dialled is None:
            return False
        session = OutgoingSession(dialled, desk, self.line, tools(self.spool.folder))  # type: ignore[arg-type]
        self.leading.append(asyncio.create_task(session.lead()))
        return True

    def do(self, command: m.Command | Owed) -> None:
        self.commands.heed(command)

    @property
    def status(self) -> Status:
        return [news for news in self.news if isinstance(news, Status)][-1]

    def card(self) -> CallCard:
        assert self.status.call is not None
        return self.status.call

    async def left(self) -> CallRecord:
        return await asyncio.wait_for(self.leading[-1], PATIENCE)


Begin = Callable[[PlayedCall | int | None], Turns]


@pytest.fixture
async def begin(tmp_path: Path) -> AsyncIterator[Begin]:
    begun: list[Turns] = []

    def make(answer: PlayedCall | int | None) -> Turns:
        begun.append(Turns(tmp_path, answer))
        return begun[-1]

    yield make
    for one in begun:
        for task in one.leading:
            task.cancel()
        await asyncio.gather(*one.leading, return_exceptions=True)


@pytest.mark.rule("QB-QD.III.1.1b")
async def test_the_turn_comes_the_key_is_pressed_and_both_talk(begin: Begin) -> None:
    turns = begin(reached())
    turns.do(owed(kind="kept"))
    ringing = turns.status.ringing
    assert ringing is not None
    assert (ringing.call, ringing.callback, ringing.remote) == (OWED, True, "*******001")
    assert turns.line.dialled == []

    turns.do(m.Take(agent="lan", call=OWED))
    turns.do(m.Take(agent="lan", call=OWED))
    assert (turns.card().dialling, turns.card().remote, turns.card().call) == (True, NUMBER, OWED)
    await until(lambda: OWED in turns.desk.callers, "both talk")
    turns.desk.count()
    turns.do(owed(kind="kept"))
    assert turns.status.state == "talking"
    assert not turns.card().dialling
    turns.do(m.HangUp(agent="lan"))
    record = await turns.left()

    assert turns.line.dialled == [(NUMBER, "")]
    assert (record.about, record.agent, record.talked, record.id) == (f"call:{OWED}", "lan", True, "0" * 32)
    assert turns.status.state == "wrap_up"
    turns.do(owed(kind="kept"))
    assert not turns.desk.acd.waiting, "the list is older than the call"


async def test_two_who_press_at_once_call_once(begin: Begin) -> None:
    """On the list of who is owed a call; the second is told why."""
    turns = begin(None)
    turns.desk.seats["minh"] = Ear()
    turns.desk.happen(h.SignedIn("minh", frozenset({"reports"})))
    turns.do(owed())
    for agent in ("lan", "minh"):
        turns.do(m.Dial(agent=agent, number=NUMBER, about=f"call:{OWED}"))

    assert len(turns.leading) == 1
    assert [(news.agent, news.why) for news in turns.news if isinstance(news, Refused)] == [("minh", "with_colleague")]


async def test_nobody_answers_and_it_is_tried_again_later_in_the_same_place(begin: Begin) -> None:
    turns = begin(486)
    turns.do(owed())
    turns.do(m.Take(agent="lan", call=OWED))
    record = await turns.left()

    assert not record.talked
    assert turns.status.state == "available"
    assert [news.why for news in turns.news if isinstance(news, Refused)] == ["busy"]
    waiter = turns.desk.acd.waiting[OWED]
    assert (waiter.attempts, waiter.ringing, waiter.since) == (1, "", NOON)
    turns.now += timedelta(seconds=1800)
    turns.desk.happen(h.Ticked())
    assert turns.status.ringing is not None


async def test_the_agent_gives_up_while_it_rings(begin: Begin) -> None:
    turns = begin(None)
    turns.do(owed())
    turns.do(m.Take(agent="lan", call=OWED))
    await until(lambda: bool(turns.line.dialled), "it rings")
    turns.do(m.HangUp(agent="lan"))
    await turns.left()
    assert turns.desk.acd.waiting[OWED].attempts == 1
    assert turns.status.state == "available"


async def test_a_click_in_the_list_takes_the_callback_out_of_its_turn(begin: Begin) -> None:
    turns = begin(reached())
    turns.desk.happen(h.Chose("lan", False))
    turns.do(owed())
    turns.do(m.Dial(agent="lan", number=NUMBER, about=f"call:{OWED}"))
    assert not turns.desk.acd.waiting
    await until(lambda: bool(turns.desk.callers), "both talk")
    turns.do(m.HangUp(agent="lan"))
    assert (await turns.left()).about == f"call:{OWED}"
    turns.do(owed())
    assert not turns.desk.acd.waiting


async def test_where_no_line_goes_out_the_agent_is_told_and_free_again(begin: Begin) -> None:
    turns = begin(None)
    turns.commands = Commands(turns.desk, legs=None, place=LOOPBACK)  # type: ignore[arg-type]
    turns.do(owed())
    turns.do(m.Take(agent="lan", call=OWED))
    assert turns.status.state == "available"
    assert [news.why for news in turns.news if isinstance(news, Refused)] == ["no_line"]


async def test_a_queue_of_which_nobody_knows_is_the_first_one(begin: Begin) -> None:
    turns = begin(None)
    turns.do(owed(queue="long_gone"))
    assert turns.desk.acd.waiting[OWED].queue == "reports"
    assert turns.status.waiting == {"reports": 0}, "nobody waits on the line"


async def test_nobody_reads_a_number_that_is_not_theirs_to_call(begin: Begin) -> None:
    """What pages and supervisors are told of callbacks that wait holds no number."""
    turns = begin(None)
    turns.do(m.Watch(agent="lan", on=True))
    turns.do(owed())
    assert any(isinstance(news, Board) for news in turns.news)
    assert all(NUMBER not in news.model_dump_json() for news in turns.news)


def test_the_moment_is_known(tmp_path: Path) -> None:
    """The list travels as JSON and comes back as it was."""
    told = owed(not_before=datetime.fromisoformat("2026-11-23T07:00:00+07:00"), skills=frozenset({"en"}))
    assert Owed.model_validate_json(told.model_dump_json()) == told
