"""Runs all players and the page in this process, and says where they are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from aiohttp import web

from channels.tasks import ended
from core.contract.errors import ConfigError
from gateway.sandbox.connected import Addresses, played
from gateway.sandbox.credentials import Credentials, held_credentials
from gateway.sandbox.desk import Desk
from gateway.sandbox.page import create_page
from gateway.sandbox.players import Player
from gateway.settings.model import Settings

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Gateway:
    """Where the gateway is found: its web side, and the host and port of its mail server."""

    http: str
    smtp: tuple[str, int]


@asynccontextmanager
async def playing(settings: Settings, gateway: Gateway, *, ports: Mapping[str, int]) -> AsyncIterator[Addresses]:
    """
    The providers while they are played; yields where each of them answers.

    `ports`: those of an earlier start; what is not named stands in the settings (0: any free one). Raises ConfigError
    in production: a provider that is only played would take citizens' answers and lose them.
    """
    if settings.mode != "demo":
        raise ConfigError("mode", "the sandbox plays providers in demo mode only", example="demo")
    wanted = settings.sandbox.model_dump() | dict(ports)
    async with AsyncExitStack() as stack:
        players = list(_players(settings, gateway, held_credentials(settings.data)))
        for player in players:
            await player.start(wanted)
            stack.push_async_callback(player.stop)
        page = await stack.enter_async_context(_serving(Desk(players), settings, gateway, port=wanted["page"]))
        yield {player.facts.name: player.addresses for player in players} | {"page": {"http": page}}


def _players(settings: Settings, gateway: Gateway, known: Credentials) -> tuple[Player, ...]:
    """In the order of the page."""
    from gateway.sandbox.player_email import EmailPlayer
    from gateway.sandbox.player_facebook import FacebookPlayer
    from gateway.sandbox.player_push import PushPlayer
    from gateway.sandbox.player_sms import SmsPlayer
    from gateway.sandbox.player_telegram import TelegramPlayer
    from gateway.sandbox.player_voice import VoicePlayer
    from gateway.sandbox.player_zalo import ZaloPlayer

    first = int(time.time())
    made: Mapping[str, Player] = {
        "zalo": ZaloPlayer(known, gateway=gateway.http),
        "facebook": FacebookPlayer(known, gateway=gateway.http, first=first),
        "telegram": TelegramPlayer(known, first=first),
        "sms": SmsPlayer(known, gateway=gateway.http, public_url=settings.public_url.rstrip("/"), first=first),
        "voice": VoicePlayer(known, gateway=gateway.http, public_url=settings.public_url.rstrip("/")),
        "push": PushPlayer(gateway=gateway.http, first=first),
        "email": EmailPlayer(gateway=gateway.smtp, office=settings.email.address),
    }
    ours = played(settings)
    return tuple(player for name, player in made.items() if name in ours)


@asynccontextmanager
async def _serving(desk: Desk, settings: Settings, gateway: Gateway, *, port: int) -> AsyncIterator[str]:
    """The page; streams that are open do not hold up the end."""
    app = create_page(desk, gateway=gateway.http, office=settings.office)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    looking = asyncio.create_task(desk.run(), name="sandbox-desk")
    try:
        await web.TCPSite(runner, HOST, port).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}"
    finally:
        await ended(looking)
        await runner.cleanup()
