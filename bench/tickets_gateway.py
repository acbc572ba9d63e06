"""
The real gateway as a process of its own, with one more channel: a citizens' app that posts signed JSON.

    python -m bench.tickets_gateway --data DIR [--database-url URL] [--roles web,worker] [--no-sender]

Everything is the product's (production mode, its own settings, loops and web side); only the channel is a test's, since
a benchmark may not call a provider. An app's report is read at once, where a chat waits three seconds for more: what
is measured is work, not waiting. Prints one line of JSON when it answers; ends on SIGTERM.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import uvloop

from core.contract.ports import SendResult
from core.contract.schema import OutboundMessage
from core.privacy.master import create_master_key_file
from gateway import registry
from gateway.deployment import open_deployment
from gateway.logs import configure_logs
from gateway.process import running
from gateway.settings import Settings
from gateway.workers import crew
from gateway.workers.loop import Loop
from tests.support.hooked import HookedTestChannel

APP = "app"


@dataclass
class AppChannel(HookedTestChannel):
    """The citizens' app; what is sent to it goes nowhere and costs nothing."""

    name: str = APP
    hook: str = "app/{account}"

    async def send(self, message: OutboundMessage) -> SendResult:
        """Taken at once, as by a provider that answers in no time."""
        return SendResult(f"sent-{message.id}")


def production(data: Path, *, database_url: str, roles: str, log_level: str) -> Settings:
    """Settings of a deployment that hears nothing but its web side, on a free port."""
    create_master_key_file(data / "master.key")
    return Settings.model_validate(
        {
            "mode": "production",
            "roles": roles,
            "data": data / "var",
            "database_url": database_url.replace("+asyncpg", ""),
            "master_key": f"file:{data / 'master.key'}",
            "http": {"port": 0},
            "email": {"enabled": False},
            "logs": {"level": log_level},
        }
    )


async def serve(settings: Settings) -> None:
    """Tell the address, then work until SIGTERM."""
    stopping = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopping.set)
    async with open_deployment(settings) as deployment, running(deployment) as address:
        print(json.dumps({"address": address, "pid": os.getpid()}), flush=True)
        await stopping.wait()


def leave_unsent() -> None:
    """The outbox fills and nobody empties it: what receiving alone costs."""
    whole = crew._work

    def without_outbox(*given: object) -> list[Loop]:
        return [loop for loop in whole(*given) if loop.name != "outbox"]  # type: ignore[arg-type]

    crew._work = without_outbox  # type: ignore[assignment]


def main() -> None:
    """Run one gateway process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--database-url", default="")
    parser.add_argument("--roles", default="web,worker")
    parser.add_argument("--log-level", default="info")
    parser.add_argument("--no-sender", action="store_true")
    given = parser.parse_args()
    given.data.mkdir(parents=True, exist_ok=True)
    settings = production(given.data, database_url=given.database_url, roles=given.roles, log_level=given.log_level)
    registry.CHANNELS[APP] = lambda *_: AppChannel()
    if given.no_sender:
        leave_unsent()
    configure_logs(settings.logs)
    uvloop.run(serve(settings))


if __name__ == "__main__":
    main()
