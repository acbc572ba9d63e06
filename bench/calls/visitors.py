"""
A process that keeps a web process busy: so many visitors of the portal, each asking again as soon as they are answered.

    python -m bench.calls.visitors URL COUNT

Says how many pages were shown when it is told to stop (a line): JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter

from aiohttp import ClientSession

PAGES = ("/", "/cong-khai", "/phan-anh", "/thong-ke")


async def visit(url: str, count: int) -> None:
    """Until told to stop."""
    shown: Counter[int] = Counter()
    async with ClientSession() as client:
        visitors = [asyncio.create_task(_visitor(client, url, shown)) for _ in range(count)]
        print(json.dumps({"visiting": count}), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        for one in visitors:
            one.cancel()
        await asyncio.gather(*visitors, return_exceptions=True)
    print(json.dumps({"shown": shown[200], "others": shown.total() - shown[200]}), flush=True)


async def _visitor(client: ClientSession, url: str, shown: Counter[int]) -> None:
    while True:
        for page in PAGES:
            async with client.get(url + page) as answer:
                await answer.read()
                shown[answer.status] += 1


if __name__ == "__main__":
    asyncio.run(visit(sys.argv[1], int(sys.argv[2])))
