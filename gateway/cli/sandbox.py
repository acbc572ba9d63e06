"""`langnghe sandbox`: the providers' side of the channels, played on this machine for demo and tests."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from gateway.cli.common import command


def add(commands: Any) -> None:
    """Mount `sandbox`."""
    parser = command(commands, "sandbox", run, about="Play the providers of all channels, on loopback only")
    parser.add_argument(
        "--gateway-smtp", default="127.0.0.1:8025", metavar="HOST:PORT", help="where citizens' mail goes"
    )
    parser.add_argument("--smtp-port", type=int, default=0, help="where the gateway sends mail (0: any free port)")
    parser.add_argument("--http-port", type=int, default=0, help="where people and tests read it (0: any free port)")
    parser.add_argument("--attached", action="store_true", help="end when standard input ends (used by serve)")


def run(arguments: argparse.Namespace) -> int:
    """Prints one line of JSON when all of it answers: name → addresses."""
    asyncio.run(_serve(arguments))
    return 0


async def _serve(arguments: argparse.Namespace) -> None:
    async with _mail(arguments) as addresses:
        print(json.dumps({"email": addresses}), flush=True)
        await _until_told(attached=arguments.attached)


@asynccontextmanager
async def _mail(arguments: argparse.Namespace) -> AsyncIterator[dict[str, str]]:
    from channels.email.sandbox import MailSandbox

    host, _, port = arguments.gateway_smtp.rpartition(":")
    provider = MailSandbox(gateway=(host, int(port)))
    await provider.start(smtp_port=arguments.smtp_port, http_port=arguments.http_port)
    try:
        yield {
            "http": f"http://{provider.http[0]}:{provider.http[1]}",
            "smtp": f"{provider.smtp[0]}:{provider.smtp[1]}",
        }
    finally:
        await provider.stop()


async def _until_told(*, attached: bool) -> None:
    """Until a signal, or until whoever started us is gone."""
    import signal

    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopping.set)
    if attached:
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        ended = asyncio.create_task(reader.read())
        ended.add_done_callback(lambda _: stopping.set())
    await stopping.wait()
