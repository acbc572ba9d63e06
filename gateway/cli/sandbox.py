"""`langnghe sandbox`: the providers' side of the channels, played on this machine for demo and tests."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from typing import TYPE_CHECKING, Any

from core.contract.errors import ConfigError
from gateway.cli.common import command

if TYPE_CHECKING:
    from gateway.settings import Settings


def add(commands: Any) -> None:
    """Mount `sandbox`."""
    parser = command(commands, "sandbox", run, about="Play the providers of all channels, in demo mode and on loopback")
    parser.add_argument(
        "--gateway", default="http://127.0.0.1:8080", metavar="URL", help="where providers bring messages"
    )
    parser.add_argument(
        "--gateway-smtp", default="127.0.0.1:8025", metavar="HOST:PORT", help="where citizens' mail goes"
    )
    parser.add_argument("--public-url", metavar="URL", help="the address that the gateway names itself by")
    parser.add_argument(
        "--port", action="append", default=[], metavar="NAME=PORT", help="over the ports of the settings; repeatable"
    )
    parser.add_argument("--attached", action="store_true", help="end when standard input ends (used by serve)")


def run(arguments: argparse.Namespace) -> int:
    """Prints one line of JSON when all of it answers: name → addresses. Raises ConfigError outside demo mode."""
    from gateway.logs import configure_logs
    from gateway.settings import load_settings

    named = {"LANGNGHE_PUBLIC_URL": arguments.public_url} if arguments.public_url else {}
    settings = load_settings({**os.environ, **named})
    configure_logs(settings.logs)
    asyncio.run(_serve(arguments, settings))
    return 0


async def _serve(arguments: argparse.Namespace, settings: Settings) -> None:
    from gateway.sandbox.process import Gateway, playing

    host, _, port = arguments.gateway_smtp.rpartition(":")
    gateway = Gateway(arguments.gateway.rstrip("/"), (host, _number("--gateway-smtp", port, "127.0.0.1:8025")))
    parts = [one.partition("=") for one in arguments.port]
    ports = {name: _number("--port", number, "zalo=9001") for name, _, number in parts}
    async with playing(settings, gateway, ports=ports) as addresses:
        told = {name: dict(where) for name, where in addresses.items()}
        print(json.dumps(told), flush=True)
        await _until_told(attached=arguments.attached)


def _number(option: str, written: str, example: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 5):
        raise ConfigError(option, "no port", example=example)
    return int(written)


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
