"""
A process of people who answer: each in the console with a browser's leg, taking every call that rings.

    python -m bench.calls.floor URL FIRST COUNT

Says a line when all are free; told to go (a line), counts what they hear until the next line and says it: JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import AsyncExitStack

from bench.calls.browsers import FastPage, keep_talking
from tests.surge.agents import Agent, sitting

_AT_ONCE = 6


async def people(url: str, first: int, count: int) -> None:
    """Sit down, answer, listen until told to stop."""
    pages = [FastPage() for _ in range(count)]
    async with AsyncExitStack() as stack:
        talking = asyncio.create_task(keep_talking(pages))
        stack.callback(talking.cancel)
        agents: list[Agent] = []
        for at in range(0, count, _AT_ONCE):
            seats = [_free(stack, url, first + number, pages[number]) for number in range(count)[at : at + _AT_ONCE]]
            agents += await asyncio.gather(*seats)
        _say({"free": len(agents)})
        await _told()
        for page in pages:
            page.forget()
        await _told()
        _say({
            "talking": sum(agent.talks for agent in agents),
            "heard": sum(bool(page.arrivals) for page in pages),
            "jumps": sum(page.jumps for page in pages),
        })  # fmt: skip


async def _free(stack: AsyncExitStack, url: str, number: int, page: FastPage) -> Agent:
    agent = await stack.enter_async_context(sitting(url, number, page))
    await agent.open_up()
    stack.callback(asyncio.create_task(_answer_all(agent)).cancel)
    return agent


async def _answer_all(agent: Agent) -> None:
    while True:
        if agent.status["ringing"]:
            await agent.take()
        await asyncio.sleep(0.05)


async def _told() -> None:
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)


def _say(told: object) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    asyncio.run(people(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
