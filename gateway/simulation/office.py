"""
The simulated office: a deployment over a temporary folder, its API on a real socket, and officials of every role.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from core.contract.schema import new_id
from core.regulations.model import Pack
from core.storage import people
from core.storage.database import Connection
from core.storage.people import UserRow
from gateway.app import create_app
from gateway.auth.tokens import create_token
from gateway.deployment import Deployment, open_deployment
from gateway.roles import staff_roles, works_at_agency
from gateway.settings import Settings
from gateway.workers.due import DueWorker
from gateway.workers.inbound import InboundWorker

API = "/api/v1"
CENTRE = ""
_PAIR = 2
"""Officials at the centre: what one flags another has to confirm."""


class SimulatedClock:
    """Time that moves when it is told to, and never back."""

    def __init__(self, start: datetime) -> None:
        self.at = start

    def __call__(self) -> datetime:
        return self.at

    def move_to(self, moment: datetime) -> None:
        """Let time pass until then."""
        self.at = max(self.at, moment)

    def pass_time(self, length: timedelta) -> None:
        """Let so much time pass."""
        self.at += length


@dataclass(frozen=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any


@dataclass(frozen=True)
class Official:
    """Somebody with a token: at the centre (agency "") or at one agency."""

    user_id: str
    agency: str
    token: str


@dataclass(frozen=True)
class Office:
    """Everything a simulation holds: the API and who calls it. `staff`: by agency, the centre under ""."""

    deployment: Deployment
    session: aiohttp.ClientSession
    base: str
    staff: Mapping[str, tuple[Official, ...]]

    @property
    def pack(self) -> Pack:
        """The regulation that is worked."""
        return self.deployment.regulation.current

    async def call(self, who: Official, method: str, path: str, body: Any = None) -> Answer:
        """One request over the socket."""
        headers = {"Authorization": f"Bearer {who.token}"}
        async with self.session.request(method, f"{self.base}{API}{path}", json=body, headers=headers) as response:
            return Answer(response.status, await response.json())

    async def work(self) -> None:
        """What runs in the background elsewhere: take up what came in, fire what is due."""
        inbound = InboundWorker(self.deployment, self.deployment.intake, owner="simulation")
        due = DueWorker(self.deployment)
        await self.deployment.inbox.ship()  # a slow database may have sent something through the journal
        while await inbound.run_once() + await due.run_once():
            pass


def settings_of(regulation: str, data: Path, *, database_url: str = "") -> Settings:
    """A deployment nobody else can reach, without channels to the outside."""
    return Settings.model_validate(
        {
            "mode": "demo",
            "regulation": regulation,
            "data": data,
            "database_url": database_url,
            "http": {"port": 0},
            "email": {"smtp_port": 0, "lmtp_port": 0, "address": "phananh@example.vn"},
            "require_second_factor": False,
        }
    )


@asynccontextmanager
async def open_office(settings: Settings, clock: SimulatedClock) -> AsyncIterator[Office]:
    """Start all of it; everything is closed afterwards, the folder stays. Nothing in it would survive a power cut."""
    async with open_deployment(settings, now=clock, durable=False) as deployment:
        runner = web.AppRunner(create_app(deployment), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        try:
            async with aiohttp.ClientSession() as session:
                staff = await _hire_all(deployment)
                yield Office(deployment, session, f"http://{host}:{port}", staff)
        finally:
            await runner.cleanup()


async def _hire_all(deployment: Deployment) -> dict[str, tuple[Official, ...]]:
    """Two who do everything at the centre, and one at each agency; nobody's name is a real one."""
    pack = deployment.regulation.current
    roles = [role for role in staff_roles(pack) if role in pack.roles]
    central = [(role, CENTRE) for role in roles if not works_at_agency(pack, role)]
    staff = {CENTRE: tuple([await _hire(deployment, CENTRE, central) for _ in range(_PAIR)])}
    for agency in deployment.regulation.agencies.of_kinds(()):
        own = [(role, agency.id) for role in roles if works_at_agency(pack, role)]
        staff[agency.id] = (await _hire(deployment, agency.id, own),)
    return staff


async def _hire(deployment: Deployment, agency: str, grants: list[tuple[str, str]]) -> Official:
    user_id = new_id()

    def write(connection: Connection) -> None:
        name = f"Cán bộ mô phỏng {user_id[-6:]}"
        people.add_user(connection, UserRow(user_id, f"mp{user_id[-8:]}", name, "-", None, 0, True, deployment.now()))
        for role, agency_id in grants:
            people.grant(connection, user_id, role=role, agency_id=agency_id)

    await deployment.database.write(write)
    token = await create_token(deployment.database, user_id, name="simulation", now=deployment.now())
    return Official(user_id, agency, token.secret)
