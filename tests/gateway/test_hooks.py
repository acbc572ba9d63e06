"""Webhooks: what cannot be proved is refused, what cannot be read is kept, what is repeated does nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestClient, TestServer
from aiohttp.web import Application, Request
from prometheus_client import REGISTRY
from sqlalchemy import Connection, func, select
from structlog.testing import capture_logs

from core.contract.errors import IntakeUnavailable
from core.storage import case_search
from core.storage.case_search import Search
from core.storage.inbox import unpack_delivery
from core.storage.inbox_queue import inbox_state
from core.storage.tables import inbox_item, inbox_raw
from gateway.app import create_app
from tests.support.deployments import World
from tests.support.hooked import SIGNATURE, HookedTestChannel, signed

Client = TestClient[Request, Application]


@pytest_asyncio.fixture
async def chat(world: World) -> HookedTestChannel:
    """A chat channel beside the others."""
    channel = HookedTestChannel()
    channels = {**world.deployment.channels, channel.name: channel}
    world.deployment.intake._channels = channels
    world.deployment = replace(world.deployment, channels=channels)
    return channel


@pytest_asyncio.fixture
async def client(world: World, chat: HookedTestChannel) -> AsyncIterator[Client]:
    """Plays the provider."""
    async with TestClient(TestServer(create_app(world.deployment))) as opened:
        yield opened


def body_of(*events: dict[str, Any]) -> bytes:
    return json.dumps({"events": list(events)}).encode()


def event(world: World, key: str, text: str = "", *, user: str = "u1", after: float = 0) -> dict[str, Any]:
    made = {"id": key, "user": user, "at": world.clock().timestamp() + after}
    return made | ({"text": text} if text else {})


@pytest.mark.parametrize(
    ("query", "status", "text"), [("challenge=42", 200, "42"), ("", 403, ""), ("challenge=", 403, "")]
)
async def test_a_provider_looks_whether_the_hook_is_ours(client: Client, query: str, status: int, text: str) -> None:
    """Some ask by GET before they send anything."""
    async with client.get(f"/hooks/testchat/page?{query}") as answer:
        assert answer.status == status
        assert text in await answer.text()


async def post(client: Client, body: bytes, headers: dict[str, str] | None = None) -> int:
    async with client.post("/hooks/testchat/page", data=body, headers=headers or signed(body)) as answer:
        return answer.status


async def items(world: World) -> int:
    """How many items the inbox ever took."""

    def count(connection: Connection) -> int:
        return int(connection.scalar(select(func.count()).select_from(inbox_item)) or 0)

    return await world.deployment.database.read(count)


async def test_a_burst_in_a_chat_becomes_one_case_and_is_answered_there(
    world: World, client: Client, chat: HookedTestChannel
) -> None:
    """Three short messages, out of order, are one report."""
    later = event(world, "m2", "trước số 12 Lê Lợi phường Vĩnh Ninh", after=1)
    first = event(world, "m1", "den duong hong 3 hom nay roi")
    assert await post(client, body_of(later)) == 200
    assert await post(client, body_of(first)) == 200
    await world.settle()

    await world.pass_time(seconds=5)

    (case,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    assert any(case.code in message.text.replace(" ", "") for message in chat.sent)


@pytest.mark.parametrize("headers", [{}, {"X-Test-Signature": "đ"}, {"X-Test-Signature": "0" * 64}])
async def test_what_is_not_signed_is_refused_and_not_stored(
    world: World, client: Client, headers: dict[str, str]
) -> None:
    """401, also for a header that is not even ASCII."""
    assert await post(client, body_of(event(world, "m1", "x")), headers or {"X-None": "1"}) == 401
    assert await items(world) == 0


async def test_the_signature_is_over_the_raw_bytes(world: World, client: Client) -> None:
    """The same JSON written differently is another body."""
    body = body_of(event(world, "m1", "x"))

    assert await post(client, json.dumps(json.loads(body), indent=1).encode(), signed(body)) == 401


@pytest.mark.parametrize("write", [str.lower, str.upper, str.title])
async def test_a_proxy_may_spell_headers_as_it_likes(world: World, client: Client, write: Callable[[str], str]) -> None:
    """HTTP does not distinguish them, so neither may a signature check."""
    body = body_of(event(world, "m1", "x"))

    assert await post(client, body, {write(name): value for name, value in signed(body).items()}) == 200


async def test_what_is_signed_but_unreadable_is_kept(world: World, client: Client) -> None:
    """Answered 200, in quarantine with its reason: providers switch off hooks that answer errors."""
    assert await post(client, b"\xff not json") == 200

    assert (await world.deployment.database.read(inbox_state)).quarantined == 1


async def test_a_repeat_is_answered_and_does_nothing(world: World, client: Client, chat: HookedTestChannel) -> None:
    """Also when the provider regroups what it sends again."""
    one, two = event(world, "m1", "Đèn đường trước số 12 Lê Lợi hỏng"), event(world, "m2", "3 hôm nay rồi", after=1)
    await post(client, body_of(one, two))
    await world.settle()
    await world.pass_time(seconds=5)
    answered = len(chat.sent)

    assert await post(client, body_of(one)) == 200
    await world.settle()
    await world.pass_time(seconds=5)

    assert answered > 0
    assert (await items(world), len(chat.sent)) == (2, answered)


async def test_an_unknown_event_is_stored_and_counted(world: World, client: Client) -> None:
    """A 4xx would count towards being switched off."""
    assert await post(client, body_of(event(world, "m1"))) == 200
    await world.settle()

    states = select(inbox_item.c.state)
    assert await world.deployment.database.read(lambda connection: list(connection.scalars(states))) == ["ignored"]


@pytest.mark.parametrize("chunked", [False, True])
async def test_an_oversized_body_is_413(client: Client, world: World, chat: HookedTestChannel, chunked: bool) -> None:
    """Refused by its announced length, or as soon as more than the channel's limit has come."""
    body = b"x" * (chat.hook_limit + 1)

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    async with client.post("/hooks/testchat/page", data=pieces() if chunked else body, headers=signed(body)) as answer:
        assert answer.status == 413
    assert await items(world) == 0


async def test_a_body_as_large_as_allowed_is_read_in_all_its_pieces(
    world: World, client: Client, chat: HookedTestChannel
) -> None:
    """Whatever the network cut it into."""
    body = body_of(event(world, "m1", "x"))

    assert await post(client, body.ljust(chat.hook_limit)) == 200
    assert await items(world) == 1


async def test_of_the_headers_only_those_the_channel_names_are_kept(
    world: World, client: Client, chat: HookedTestChannel
) -> None:
    """Addresses and cookies of whoever stands between the provider and us are no business of ours."""
    body = body_of(event(world, "m1", "x"))
    await post(client, body, signed(body) | {"X-Forwarded-For": "203.0.113.9"})

    row = await world.deployment.database.read(lambda connection: connection.execute(select(inbox_raw)).one())
    packed = world.deployment.safe.zone.open(row.wrapped_key, row.body_sealed, binding=row.id)
    kept = unpack_delivery(packed, channel=row.channel, account=row.account, received_at=row.received_at)

    assert (kept.body, kept.headers) == (body, signed(body))
    chat.verify(kept)


async def test_the_receipt_is_an_empty_answer_that_keeps_its_connection(world: World, client: Client) -> None:
    """Of the shape that HTTP asks for (RFC 9110, 6.6.1), to requests that come one behind the other as well."""
    server = client.server
    reader, writer = await asyncio.open_connection(server.host, server.port)
    bodies = [body_of(event(world, f"m{number}", "x")) for number in range(3)]
    for number, body in enumerate(bodies):
        last = "Connection: close\r\n" if number == 2 else ""
        signature = signed(body)[SIGNATURE]
        head = f"POST /hooks/testchat/page HTTP/1.1\r\nHost: localhost\r\n{last}{SIGNATURE}: {signature}\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    answers = (await reader.read()).decode().split("\r\n\r\n")
    writer.close()

    assert [answer.splitlines()[0] for answer in answers[:-1]] == ["HTTP/1.1 200 OK"] * 3
    assert all("Content-Length: 0" in answer and "\nDate: " in answer for answer in answers[:-1])
    assert "Connection: close" in answers[2]
    assert answers[3] == ""
    assert await items(world) == 3


async def test_a_taken_message_leaves_no_line_in_the_log(world: World, client: Client) -> None:
    """A line for each would cost as much as all the rest; a refusal has one, and both are counted."""
    body, labels = body_of(event(world, "m1", "x")), {"channel": "testchat", "outcome": "refused"}
    before = REGISTRY.get_sample_value("gateway_hook_seconds_count", labels) or 0

    with capture_logs() as lines:
        await post(client, body)
        taken = [line["event"] for line in lines]
        await post(client, body, {"X-None": "1"})

    assert taken == []
    assert [line["event"] for line in lines] == ["delivery_refused"]
    assert REGISTRY.get_sample_value("gateway_hook_seconds_count", labels) == before + 1


async def test_when_nothing_can_be_stored_the_provider_is_told_when_to_come_back(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After; it sends again, and nothing is lost."""
    accept = world.deployment.inbox.accept

    async def full(*_: object, **__: object) -> None:
        raise IntakeUnavailable

    monkeypatch.setattr(world.deployment.inbox, "accept", full)
    body = body_of(event(world, "m1", "x"))
    async with client.post("/hooks/testchat/page", data=body, headers=signed(body)) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (503, "5")
        assert (await answer.json())["error"] == "intake_unavailable"

    monkeypatch.setattr(world.deployment.inbox, "accept", accept)
    assert await post(client, body) == 200
    assert await items(world) == 1
