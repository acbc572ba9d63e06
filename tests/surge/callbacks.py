"""The list of callbacks, worked off: round by round, until nobody waits."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

from aiohttp import ClientSession

from tests.support.waiting import until
from tests.surge.agents import TRIES, Agent

API = "/api/v1/calls"
_AT_ONCE = 100


class Callbacks:
    """Who is owed a call, as the API tells it."""

    def __init__(self, client: ClientSession, url: str) -> None:
        self._client = client
        self._url = url + API

    async def owed(self) -> list[dict[str, Any]]:
        """The most urgent first."""
        async with self._client.get(self._url, params={"owed": "true", "limit": _AT_ONCE}) as answer:
            answer.raise_for_status()
            return list((await answer.json())["items"])

    async def give_up(self, call: dict[str, Any]) -> None:
        """Nobody was reached, as often as one has to try."""
        said = {"result": "given_up", "attempts": call["attempts"]}
        async with self._client.post(f"{self._url}/{call['id']}/called-back", json=said) as answer:
            answer.raise_for_status()

    async def work_off(self, agents: Sequence[Agent]) -> None:
        """Until nobody waits. The agents share a list; each takes the next call from it."""
        while owed := await self.owed():
            known = {call["id"]: call["attempts"] for call in owed}
            for call in owed:
                if call["attempts"] >= TRIES:
                    await self.give_up(call)
            todo = [call["id"] for call in owed if call["attempts"] < TRIES]
            await asyncio.gather(*(_take_from(todo, agent) for agent in agents))
            await until(partial(self._moved, known), "what came of the calls is known")

    async def _moved(self, before: dict[str, int]) -> bool:
        return all(before.get(call["id"]) != call["attempts"] for call in await self.owed())


async def _take_from(todo: list[str], agent: Agent) -> None:
    while todo:
        await agent.call_back(todo.pop(0))
