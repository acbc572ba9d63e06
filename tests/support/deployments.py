"""A whole deployment for tests: fresh data folder, chosen engine, a clock the test moves, mail to a real sink."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio

from channels.email.adapter import EmailChannel
from channels.email.sandbox import MailSandbox
from core.service.sending import Ears, Sender
from gateway.deployment import Deployment, open_deployment
from gateway.settings import Settings
from gateway.workers.due import DueWorker
from gateway.workers.inbound import InboundWorker
from tests.support.usual import REGULATION

MAILBOX = "phananh@langnghe.example.vn"


@dataclass
class MovingClock:
    """Time under the test's control; Monday 23 November 2026, 08:00 in Việt Nam to begin with."""

    at: datetime = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **length: float) -> None:
        """Let time pass."""
        self.at += timedelta(**length)


@dataclass
class World:
    """A deployment with its surroundings: the citizens' mail provider, and time."""

    deployment: Deployment
    mail: MailSandbox
    clock: MovingClock

    async def settle(self) -> None:
        """Work until nothing waits: inbox, due waits and clocks, outbox."""
        inbound = InboundWorker(self.deployment, self.deployment.intake, owner="test")
        sender = Sender(
            self.deployment.database,
            safe=self.deployment.safe,
            channels=self.deployment.channels,
            owner="test",
            now=self.clock,
            routing=self.deployment.intake.routing,
            ears=Ears(sent=self.deployment.clerk.arrivals.sent, moved=self.deployment.intake.echoes.moved),
        )
        due = DueWorker(self.deployment)
        await self.deployment.inbox.ship()  # a slow database may have sent something through the journal
        while await inbound.run_once() + await due.run_once() + await sender.run_once():
            pass

    async def pass_time(self, **length: float) -> None:
        """Let time pass, and what is due happen."""
        self.clock.advance(**length)
        await self.settle()


def settings_for(data: Path, *, database_url: str = "", relay_port: int = 0, **changes: Any) -> Settings:
    """Demo settings on free ports; `relay_port` is where answers by mail go. What `email` names is added to ours."""
    email: dict[str, Any] = {"smtp_port": 0, "lmtp_port": 0, "address": MAILBOX, **changes.pop("email", {})}
    if relay_port:
        email |= {"relay_host": "127.0.0.1", "relay_port": relay_port, "relay_tls": "none"}
    base: dict[str, Any] = {
        "mode": "demo",
        "roles": ("web", "worker"),
        "regulation": REGULATION,
        "data": data,
        "database_url": database_url.replace("+asyncpg", ""),
        "http": {"port": 0},
        "email": email,
        "require_second_factor": False,
        "intake": {"database_budget": 1.5},  # as much as may be: a slow disk here is no database that is away
    }
    return Settings.model_validate(base | changes)


@asynccontextmanager
async def open_world(data: Path, *, database_url: str = "", **changes: Any) -> AsyncIterator[World]:
    """A deployment that hears and answers mail; its workers run when the test says so."""
    clock = MovingClock()
    mail = MailSandbox(gateway=("127.0.0.1", 0))
    await mail.start()
    settings = settings_for(data, database_url=database_url, relay_port=mail.smtp[1], **changes)
    try:
        async with open_deployment(settings, now=clock) as deployment:
            channel = deployment.channels["email"]
            assert isinstance(channel, EmailChannel)
            await channel.start(deployment.inbox.accept)
            mail.gateway = channel.listening_on["smtp"]
            yield World(deployment, mail, clock)
            await channel.stop()
    finally:
        await mail.stop()


@asynccontextmanager
async def world_over(database_url: str, folder: Path, **changes: Any) -> AsyncIterator[World]:
    """A world in this folder over the fresh database that the fixture `database_url` made."""
    data = folder / "var"
    if database_url.startswith("sqlite"):
        data.mkdir()
        shutil.move(database_url.removeprefix("sqlite:///"), data / "langnghe.sqlite3")
        database_url = ""
    async with open_world(data, database_url=database_url, **changes) as opened:
        yield opened


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    """A fresh world; parametrise with `on_both_engines` for PostgreSQL as well."""
    async with world_over(database_url, tmp_path) as opened:
        yield opened
