"""What sandboxes are asked: a JSON object, or a refusal that says what is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from channels.playing import read_object

Client = TestClient[web.Request, web.Application]


async def _repeat(request: web.Request) -> web.Response:
    return web.json_response(await read_object(request))


@pytest_asyncio.fixture
async def sandbox() -> AsyncIterator[Client]:
    """Repeats what it was asked."""
    app = web.Application()
    app.router.add_post("/", _repeat)
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_an_object_is_read(sandbox: Client) -> None:
    """Letters as they are."""
    answer = await sandbox.post("/", data='{"text": "Đường ngập"}'.encode())

    assert await answer.json() == {"text": "Đường ngập"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"text": "\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[1]", "an object is wanted"),
        (b"null", "an object is wanted"),
    ],
    ids=["nothing", "half of one", "no UTF-8", "too deep", "a list", "null"],
)
async def test_anything_else_is_refused_by_name(sandbox: Client, body: bytes, why: str) -> None:
    """Whoever wrote it wants to know."""
    answer = await sandbox.post("/", data=body)

    assert (answer.status, await answer.text()) == (400, why)
