"""What waits for a web process that is slow to read."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from channels.call_center.agents.news import Answer, News, Refused, Status
from gateway.telephony.agents_link import Untold

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def status(agent: str, state: str) -> Status:
    """Whole, as the desk tells it."""
    return Status(agent=agent, state=state, since=NOON)


async def test_of_whole_states_only_the_newest_waits_and_nothing_else_is_left_out() -> None:
    """A refusal or an answer is told once and for all; everybody's own state stands beside it."""
    refused, answer = Refused(agent="lan", command="take", why="gone"), Answer(agent="lan", sdp="v=0")
    told: list[News] = [status("lan", "reserved"), refused, status("minh", "away"), answer, refused]
    untold = Untold()
    for news in (*told, *(status("lan", "talking") for _ in range(1000))):
        untold.add(news)
    heard = [await untold.next() for _ in range(5)]
    assert heard == [refused, status("minh", "away"), answer, refused, status("lan", "talking")]


async def test_whoever_has_been_told_all_waits_for_the_next() -> None:
    untold = Untold()
    waiting = asyncio.create_task(untold.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    untold.add(status("lan", "available"))
    assert (await waiting).agent == "lan"
