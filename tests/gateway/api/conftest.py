"""The API of a whole deployment, over a real socket, and officials with tokens."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from core.service.actors import Member
from gateway.app import create_app
from gateway.auth.tokens import create_token
from tests.gateway.api.staffing import agency, centre, hire
from tests.support.deployments import World


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    json: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """One official's program."""

    client: TestClient[Any, Any]
    member: Member
    token: str

    async def __call__(self, method: str, path: str, *, json: Any = None, **extra: Any) -> Answer:
        """One request below /api/v1."""
        headers = {"Authorization": f"Bearer {self.token}", **extra.pop("headers", {})}
        async with self.client.request(method, f"/api/v1{path}", json=json, headers=headers, **extra) as response:
            body = await response.json() if response.content_type == "application/json" else await response.read()
            return Answer(response.status, body, CIMultiDict(response.headers))

    async def get(self, path: str, **extra: Any) -> Any:
        """What a GET that must succeed gives."""
        answer = await self("GET", path, **extra)
        assert answer.status == 200, answer
        return answer.json

    async def issue(self, case_id: str, command: str, **payload: Any) -> Any:
        """One command that must be allowed."""
        answer = await self("POST", f"/cases/{case_id}/commands/{command}", json=payload)
        assert answer.status == 200, answer
        return answer.json


Hire = Callable[[Member], Awaitable[Caller]]


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    """A client of the whole application."""
    async with TestClient(TestServer(create_app(world.deployment))) as opened:
        yield opened


@pytest.fixture
def calling(world: World, client: TestClient[Any, Any]) -> Hire:
    """Gives an official a token and a program to use it."""

    async def give(member: Member) -> Caller:
        made = await create_token(world.deployment.database, member.id, name="test", now=world.clock())
        return Caller(client, member, made.secret)

    return give


@pytest_asyncio.fixture
async def ioc(world: World, calling: Hire) -> Caller:
    """The centre."""
    return await calling(await centre(world))


@pytest_asyncio.fixture
async def lights(world: World, calling: Hire) -> Caller:
    """An agency."""
    return await calling(await agency(world))


@pytest_asyncio.fixture
async def admin(world: World, calling: Hire) -> Caller:
    """Who runs the deployment."""
    return await calling(await hire(world, "Quản trị", ("admin", "")))
