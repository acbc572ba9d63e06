"""
A process that sends on Zalo: `python -m tests.gateway.token_member ORDER`, ORDER being JSON with data, database, zalo.

It says "ready", and then for each line of its standard input, a number, sends so many messages at once and answers
with a line of JSON: what came of each.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.contract.errors import SendError
from core.contract.ports import Channel
from core.contract.schema import Address, OutboundMessage, new_id
from gateway.deployment import open_deployment
from tests.load.member import end_with_parent
from tests.support.deployments import settings_for
from tests.support.network import guard_network


async def work(order: Mapping[str, Any]) -> None:
    """Until its standard input ends."""
    settings = settings_for(Path(order["data"]), database_url=order["database"], zalo=order["zalo"])
    async with open_deployment(settings) as deployment:
        channel = deployment.channels["zalo"]
        print("ready", flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            outcomes = await asyncio.gather(*(send(channel, settings.zalo.oa_id) for _ in range(int(line))))
            print(json.dumps(outcomes), flush=True)
        await channel.stop()  # type: ignore[attr-defined]


async def send(channel: Channel, account: str) -> str:
    """One message; "sent", or the code of what went wrong."""
    reader = Address(channel="zalo", account=account, value="2460000000000000003")
    message = OutboundMessage(id=new_id(), channel="zalo", account=account, recipient=reader, text="Chào")
    try:
        await channel.send(message)
    except SendError as error:
        return error.code
    return "sent"


if __name__ == "__main__":
    end_with_parent()
    guard_network()
    asyncio.run(work(json.loads(sys.argv[1])))
