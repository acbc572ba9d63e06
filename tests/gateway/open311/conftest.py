"""The door of Open311 on a whole application, and a program in front of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest_asyncio
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer
from multidict import CIMultiDict

from gateway.app import create_app
from tests.gateway.api.app.phone import app_on
from tests.gateway.portal.citizen import CONTENT, PLACE
from tests.support.deployments import World, open_world


@dataclass(frozen=True)
class Answer:
    """What came back: JSON as it is, XML as its root."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def refusal(self) -> tuple[int, str]:
        """The one error of a refusal: its code and the word its description begins with."""
        (error,) = self.body if isinstance(self.body, list) else [{one.tag: one.text for one in self.body[0]}]
        assert set(error) == {"code", "description"}
        return int(error["code"]), str(error["description"]).partition(":")[0]


@dataclass(frozen=True)
class Program:
    """Somebody's app for many cities."""

    world: World
    client: TestClient[Any, Any]
    key: str

    async def __call__(self, method: str, path: str, **more: Any) -> Answer:
        """One request below /open311/v2."""
        async with self.client.request(method, f"/open311/v2/{path}", **more) as response:
            is_json = response.content_type == "application/json"
            body = await response.json() if is_json else ET.fromstring(await response.text())
            return Answer(response.status, body, CIMultiDict(response.headers))

    async def post(self, path: str = "requests.json", *, photo: bytes = b"", key: str = "", **fields: Any) -> Answer:
        """Report something: service, words and place are given unless changed; None leaves one out."""
        said = {
            "api_key": self.key,
            "service_code": self.services[0],
            "description": CONTENT,
            "address_string": PLACE,
        } | fields
        form = FormData({name: str(value) for name, value in said.items() if value is not None})
        if photo:
            form.add_field("media", photo, filename="anh.jpg", content_type="image/jpeg")
        return await self("POST", path, data=form, headers={"Idempotency-Key": key} if key else {})

    @property
    def services(self) -> list[str]:
        """Ids of the categories that are taken."""
        categories = self.world.deployment.regulation.current.intake.categories
        return [name for name, category in categories.items() if category.active]

    async def reported(self, **fields: Any) -> str:
        """The id of a request that was taken up."""
        sent = await self.post(**fields)
        assert sent.status == 201, sent
        await self.world.settle()
        return str(sent.body[0]["service_request_id"])


@asynccontextmanager
async def program_on(folder: Path, **changes: Any) -> AsyncIterator[Program]:
    """A program before a deployment with other settings."""
    async with open_world(folder, **changes) as world, TestClient(TestServer(create_app(world.deployment))) as client:
        yield Program(world, client, (await app_on(world, client)).key)


@pytest_asyncio.fixture
async def client(world: World) -> AsyncIterator[TestClient[Any, Any]]:
    """A client of the whole application."""
    async with TestClient(TestServer(create_app(world.deployment))) as opened:
        yield opened


@pytest_asyncio.fixture
async def program(world: World, client: TestClient[Any, Any]) -> Program:
    """A program with a key of its own."""
    return Program(world, client, (await app_on(world, client)).key)
