"""
The limit that designs are measured against: aiohttp on uvloop answering the same webhook, storing nothing.

Signature over the raw bytes, JSON read, message ids taken out, 200; no access log. Prints its address and ends with
its input.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import os

import uvloop
from aiohttp import web

from bench.messages import SECRET
from bench.parent import ended

HOST = "127.0.0.1"


async def handle(request: web.Request) -> web.Response:
    """What every design has to do before it can store."""
    body = await request.read()
    signature = request.headers.get("X-Test-Signature", "")
    if not hmac.compare_digest(hmac.digest(SECRET, body, hashlib.sha256).hex(), signature):
        raise web.HTTPUnauthorized
    keys = [(event["id"], event["user"]) for event in json.loads(body)["events"]]
    return web.Response(status=200 if keys else 400)


async def serve() -> None:
    """Answer until the parent is gone."""
    app = web.Application()
    app.router.add_post("/hooks/testchat/{account}", handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, HOST, 0).start()
    print(json.dumps({"port": runner.addresses[0][1], "pid": os.getpid()}), flush=True)
    await asyncio.to_thread(ended)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve())
