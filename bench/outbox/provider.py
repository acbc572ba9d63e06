"""
The providers, in a process of their own: the SMS sandbox, answering after a while, and one that never answers.

Prints its ports; tells on each line of its input what it has seen since it began, or since it was last asked to forget.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter

import uvloop
from aiohttp import web
from aiohttp.typedefs import Handler

from channels.sms.sandbox import Mood, SmsSandbox

ANSWERS_AFTER = 0.05


class Seen:
    """When messages were handed over (the machine's clock that only grows), and how often each arrived."""

    def __init__(self, sandbox: SmsSandbox) -> None:
        self._sandbox = sandbox
        self.at: list[float] = []

    @web.middleware
    async def note(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Of every message, before it is answered."""
        if "SendMultipleMessage" in request.path:
            self.at.append(time.monotonic())
        return await handler(request)

    def told(self) -> dict[str, float]:
        """Counts, and the busiest second."""
        shown = Counter(one.text for one in self._sandbox.network.phones.shown)
        first, last = (self.at[0], self.at[-1]) if self.at else (0.0, 0.0)
        return {
            "count": len(self.at),
            "first": first,
            "last": last,
            "busiest": busiest_second(self.at),
            "twice": sum(count > 1 for count in shown.values()),
        }

    def forget(self) -> None:
        """Begin anew."""
        self.at.clear()
        self._sandbox.network.phones.shown.clear()


def busiest_second(moments: list[float]) -> int:
    """Most of these moments within any second."""
    most, start = 0, 0
    for end, moment in enumerate(moments):
        while moment - moments[start] >= 1:
            start += 1
        most = max(most, end - start + 1)
    return most


async def _serve() -> None:
    sandbox = SmsSandbox("esms")
    sandbox.network.mood, sandbox.network.seconds, sandbox.network.reports = Mood.SLOW, ANSWERS_AFTER, False
    seen = Seen(sandbox)
    app = sandbox.app()
    app.middlewares.insert(0, seen.note)
    healthy, sick = await _listen(app), await _listen(_silent())
    print(json.dumps({"healthy": healthy, "sick": sick}), flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        if json.loads(line)["do"] == "forget":
            seen.forget()
        print(json.dumps(seen.told()), flush=True)


async def _listen(app: web.Application) -> int:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return int(runner.addresses[0][1])


def _silent() -> web.Application:
    app = web.Application()

    async def never(_request: web.Request) -> web.Response:
        await asyncio.sleep(3600)
        return web.Response()

    app.router.add_route("*", "/{anything:.*}", never)
    return app


if __name__ == "__main__":
    uvloop.run(_serve())
