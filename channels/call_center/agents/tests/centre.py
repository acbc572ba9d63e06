"""A desk with real browsers' legs and calls without a network, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from channels.call_center.acd import happenings as h
from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents import messages as m
from channels.call_center.agents.caller import Served, Wanted
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.agents.news import Answer, Refused, Status
from channels.call_center.agents.tests.doubles import NotedCall, NotedLegs
from channels.call_center.webrtc.tests.pages import LOOPBACK, Page
from tests.support.waiting import until

REPORTS = frozenset({"reports"})
REPORTED = Wanted("reports")


class Centre:
    """A desk, its commands, what pages were told, and a clock that the test moves."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
        self.news: list[Any] = []
        self.desk = Desk(Acd({"reports": Queue("reports")}), tell=self.news.append, now=lambda: self.now)
        self.commands = Commands(self.desk, legs=NotedLegs(), place=LOOPBACK)
        self.served: list[asyncio.Task[Served]] = []

    def do(self, command: m.Command) -> None:
        self.commands.heed(command)

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.desk.happen(h.Ticked())

    def status(self, agent: str) -> Status:
        """What the agent's page was told last."""
        return [news for news in self.news if isinstance(news, Status) and news.agent == agent][-1]

    def answers(self) -> list[Answer]:
        return [news for news in self.news if isinstance(news, Answer)]

    def refused(self) -> list[str]:
        return [news.why for news in self.news if isinstance(news, Refused)]

    async def sits(self, agent: str) -> Page:
        """An agent who is signed in, heard, and free."""
        self.do(m.SignIn(agent=agent, name=agent.title(), queues=REPORTS))
        page, before = Page(), len(self.answers())
        self.do(m.Offer(agent=agent, sdp=await page.offer()))
        await until(lambda: len(self.answers()) > before, "an answer")
        await page.take(self.answers()[-1].sdp)
        await until(lambda: self.desk.seats[agent].heard, "sound")
        self.do(m.Choose(agent=agent, state="available"))
        return page

    async def calls(self, number: int = 1, wanted: Wanted = REPORTED) -> NotedCall:
        call = NotedCall(number)
        self.served.append(asyncio.ensure_future(self.desk.serve(call, wanted)))
        await until(lambda: call.id in self.desk.callers or self.served[-1].done(), "a caller")
        return call


@asynccontextmanager
async def open_centre() -> AsyncIterator[Centre]:
    """A centre without anybody in it."""
    centre = Centre()
    try:
        yield centre
    finally:
        for task in centre.served:
            task.cancel()
        await centre.desk.stop()
