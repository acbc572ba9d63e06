"""The provider as it is played: it signs, asks, refuses and remembers as the real one does."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from channels.facebook.sandbox import FacebookSandbox, Mood
from channels.facebook.sandbox_state import signature
from channels.facebook.signature import appsecret_proof
from channels.facebook.tests.builders import PAGE, SECRET, TOKENS, VERIFY, channel, signed
from core.contract.schema import InboundMessage
from tests.contract.subject import NOON


class Gateway:
    """Keeps what comes to the hook; answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.statuses: list[int] = []

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        assert request.headers["X-Hub-Signature-256"] == signature(body, SECRET)
        self.bodies.append(body)
        return web.Response(status=self.statuses.pop(0) if self.statuses else 200)

    async def greet(self, request: web.Request) -> web.Response:
        return web.Response(text=channel().greet(request.query))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest_asyncio.fixture
async def sandbox(gateway: Gateway, aiohttp_server: Any) -> AsyncIterator[FacebookSandbox]:
    app = web.Application()
    app.add_routes([web.post("/hook", gateway.take), web.get("/hook", gateway.greet)])
    server = await aiohttp_server(app)
    made = FacebookSandbox(
        dict(TOKENS), app_secret=SECRET, verify_token=VERIFY, hook=str(server.make_url("/hook")), clock=lambda: NOON
    )
    await made.start()
    yield made
    await made.stop()


async def call(sandbox: FacebookSandbox, path: str, body: dict[str, Any], **query: str) -> tuple[int, dict[str, Any]]:
    """One call of the Graph API, proved."""
    proof = {"appsecret_proof": appsecret_proof(TOKENS[PAGE], secret=SECRET.encode())} | query
    headers = {"Authorization": f"Bearer {TOKENS[PAGE]}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/v26.0/{path}", json=body, params=proof, headers=headers) as answer,
    ):
        return answer.status, await answer.json()


async def test_it_asks_whether_the_hook_is_ours(sandbox: FacebookSandbox) -> None:
    assert await sandbox.connect()


async def test_letters_and_slashes_are_escaped_on_the_wire(sandbox: FacebookSandbox, gateway: Gateway) -> None:
    await sandbox.say(sandbox.phone(), "Đường hỏng https://example.vn/a")

    assert rb"\u0110\u01b0\u1eddng h\u1ecfng https:\/\/example.vn\/a" in gateway.bodies[0]


async def test_failed_deliveries_are_repeated_at_once_and_then_given_up(
    sandbox: FacebookSandbox, gateway: Gateway
) -> None:
    gateway.statuses = [500, 503]
    await sandbox.say(sandbox.phone(), "một")
    assert (len(gateway.bodies), sandbox.refused) == (3, 0)

    gateway.statuses = [500] * 9
    await sandbox.say(sandbox.phone(), "hai")
    assert sandbox.refused == 1


async def test_a_duplicate_is_the_same_event_twice(sandbox: FacebookSandbox, gateway: Gateway) -> None:
    sandbox.mood = Mood.DUPLICATE
    await sandbox.say(sandbox.phone(), "một")

    assert gateway.events[0] == gateway.events[1]


async def test_in_disorder_a_batch_comes_late_and_backwards(sandbox: FacebookSandbox, gateway: Gateway) -> None:
    sandbox.mood = Mood.DISORDER
    for text in ("một", "hai"):
        await sandbox.say(sandbox.phone(), text)
    assert gateway.bodies == []

    await sandbox.flush()
    made, delivery = channel(), signed(gateway.bodies[0])
    said = [one for item in made.split(delivery) for one in made.parse(delivery, item)]
    assert [one.text for one in said if isinstance(one, InboundMessage)] == ["hai", "một"]


REFUSALS = [
    ({"recipient": {"id": "0"}, "messaging_type": "RESPONSE", "message": {"text": "x"}}, 100, 2018001),
    ({"messaging_type": "RESPONSE", "message": {"text": "x" * 2001}}, 100, None),
    ({"message": {"text": "x"}}, 100, None),
    ({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE", "message": {"text": "x"}}, 100, None),
    ({"messaging_type": "UTILITY", "message": {"template": {"name": "khong_co"}}}, 100, None),
    ({"recipient": {"comment_id": "1111_0"}, "message": {"text": "x"}}, 100, 2534025),
]


@pytest.mark.parametrize(("body", "code", "subcode"), REFUSALS)
async def test_it_refuses_with_its_own_codes(
    sandbox: FacebookSandbox, body: dict[str, Any], code: int, subcode: int | None
) -> None:
    citizen = sandbox.phone()
    citizen.wrote_at = NOON
    status, answer = await call(sandbox, f"{PAGE}/messages", {"recipient": {"id": citizen.id}} | body)

    assert (status, answer["error"]["code"], answer["error"].get("error_subcode")) == (400, code, subcode)
    assert citizen.received == []


async def test_without_the_proof_nothing_is_taken(sandbox: FacebookSandbox) -> None:
    body = {"recipient": {"id": sandbox.phone().id}, "messaging_type": "RESPONSE", "message": {"text": "x"}}
    _, answer = await call(sandbox, f"{PAGE}/messages", body, appsecret_proof="0" * 64)

    assert "appsecret_proof" in answer["error"]["message"]


async def test_a_comment_too_old_gets_no_private_answer(sandbox: FacebookSandbox) -> None:
    comment = await sandbox.comment(sandbox.phone(), "Đèn hỏng")
    comment.at = NOON - timedelta(days=7, hours=1)
    body = {"recipient": {"comment_id": comment.id}, "message": {"text": "x"}}
    _, answer = await call(sandbox, f"{PAGE}/messages", body)

    assert (answer["error"]["code"], answer["error"]["error_subcode"]) == (10, 2018278)


async def test_it_can_be_played_over_http(sandbox: FacebookSandbox, gateway: Gateway) -> None:
    """What a page for newcomers needs: write, show, press, comment, answer as staff, read, change the mood."""
    async with aiohttp.ClientSession(sandbox.url) as session:

        async def post(path: str, body: Any) -> int:
            async with session.post(path, json=body) as answer:
                return answer.status

        say = "/phones/Nguyễn Văn An/say"
        for body in (
            {"text": "Đèn hỏng"},
            {"photo": "/9j/"},
            {"place": {"latitude": 16.4637, "longitude": 107.5909}},
            {"button": {"title": "Hài lòng", "payload": "rate:satisfied"}},
            {"text": "Giá?", "comment": True},
        ):
            assert await post(say, body) == 200
        assert await post("/phones/Nguyễn Văn An/staff", {"text": "Chào anh"}) == 200
        assert await post("/phones/Nguyễn Văn An/look", {}) == 200
        assert await post("/mood", {"mood": "slow", "seconds": 0.01}) == 200
        assert await post("/mood", {"mood": "happy"}) == 400
        async with session.get("/phones") as answer:
            [phone] = await answer.json()

    assert [one["text"] for one in phone["shown"] if one["by"] == "person"] == ["Chào anh"]
    kinds = [next(iter(set(one) - {"id", "time"})) for event in gateway.events for one in event["entry"]]
    assert kinds == ["messaging"] * 4 + ["changes"] + ["messaging"] * 2
    assert sandbox.mood is Mood.SLOW
