"""A caller whom Twilio has connected with somebody else by itself, until they are back or gone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from channels.call_center.ports import CallGone
from channels.call_center.twilio.forms import News

ASK_S = 30.0
"""How often we ask how the call is, should nobody tell us."""


class Elsewhere:
    """`ask` looks how the call is; should it be over, it tells `gone`."""

    def __init__(self, ask: Callable[[], Awaitable[None]]) -> None:
        self._ask = ask
        self._back: asyncio.Future[News] = asyncio.get_running_loop().create_future()

    async def until_back(self) -> News:
        """How it went. Raises: CallGone."""
        while not (await asyncio.wait({self._back}, timeout=ASK_S))[0]:
            await self._ask()
        return self._back.result()

    def back(self, news: News) -> None:
        """They have talked, or nobody took it."""
        if not self._back.done():
            self._back.set_result(news)

    def gone(self) -> None:
        """The call is over."""
        if not self._back.done():
            self._back.set_exception(CallGone())
            self._back.exception()  # nobody has to be waiting for it
