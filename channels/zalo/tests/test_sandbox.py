"""The sandbox speaks the provider's protocol by itself: its vectors, its tokens, its moods, its phones over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from channels.zalo.sandbox import Account, Mood, ZaloSandbox
from channels.zalo.sandbox.events import Webhooks
from channels.zalo.tests.test_signature import APP, BODY, MAC, SECRET

USER = "2460000000000000003"


@asynccontextmanager
async def hearing() -> AsyncIterator[tuple[ZaloSandbox, list[web.BaseRequest], ClientSession]]:
    """The sandbox, what came on the hook, and somebody who calls the sandbox."""
    came: list[web.BaseRequest] = []

    async def take(request: web.Request) -> web.Response:
        await request.read()
        came.append(request)
        return web.Response()

    app = web.Application()
    app.router.add_post("/hooks/zalo", take)
    async with TestServer(app) as gateway:
        sandbox = ZaloSandbox(gateway=str(gateway.make_url("")).rstrip("/"))
        await sandbox.start()
        async with ClientSession(sandbox.url) as client:
            yield sandbox, came, client
        await sandbox.stop()


async def bodies(came: list[web.BaseRequest]) -> list[dict[str, Any]]:
    """What the events say."""
    return [json.loads(await request.read()) for request in came]


def test_it_signs_the_known_event_as_known() -> None:
    """The vector of 289 bytes."""
    assert Webhooks(APP, SECRET).sign(BODY) == MAC


async def test_a_citizen_writes_by_http_and_the_gateway_hears_it() -> None:
    """What a page would do."""
    async with hearing() as (sandbox, came, client):
        for said in (
            {"text": "Chào"},
            {"photo": "AAAA"},
            {"photos": ["AAAA", "AAAB"]},
            {"voice": "AAAA"},
            {"file": "AAAA", "name": "don.pdf"},
            {"place": {"latitude": 10.5, "longitude": 106.5}},
            {"press": "#ln:rate:satisfied"},
            {"form": {"phone": "84900000001"}},
            {"withdraw": True},
        ):
            async with client.post(f"/phones/{USER}/say", json=said) as answer:
                assert answer.status == 200
        events = await bodies(came)

        assert [event["event_name"] for event in events] == [
            *("user_send_text", "user_send_image", "user_send_image", "user_send_audio", "user_send_file"),
            *("user_send_location", "user_send_text", "user_submit_info", "user_withdraw"),
        ]
        assert [len(event["message"]["attachments"]) for event in events[1:3]] == [1, 2]
        picture = events[1]["message"]["attachments"][0]["payload"]["url"]
        async with client.get(picture.removeprefix(sandbox.url)) as answer:
            assert await answer.read() == b"\x00\x00\x00"


@pytest.mark.parametrize("wrong", ["not JSON", "{}", '{"photo": "!"}', '{"place": {}}', "[]"])
async def test_what_cannot_be_sent_is_refused(wrong: str) -> None:
    """And sends nothing."""
    async with hearing() as (_, came, client), client.post(f"/phones/{USER}/say", data=wrong) as answer:
        assert answer.status == 400
        assert came == []


async def test_moods_are_set_by_http() -> None:
    """By name; any other is refused."""
    async with hearing() as (sandbox, _, client):
        async with client.post("/mood", json={"mood": "slow", "seconds": 0.5}) as answer:
            told = await answer.json()
        refused = [
            (await client.post(path, data=body)).status
            for path in ("/mood", f"/phones/{USER}/say")
            for body in (b'{"mood": "happy", "photo": 7}', b"not JSON", b"[]")
        ]

        assert (sandbox.mood, sandbox.seconds, told["mood"], set(refused)) == (Mood.SLOW, 0.5, "slow", {400})


async def test_duplicates_and_wrong_order() -> None:
    """Each twice; and the last first."""
    async with hearing() as (sandbox, came, _):
        sandbox.mood = Mood.DUPLICATE
        await sandbox.say(USER, {"text": "một"})
        sandbox.mood = Mood.OUT_OF_ORDER
        await sandbox.say(USER, {"text": "hai"})
        await sandbox.say(USER, {"text": "ba"})
        sandbox.mood = Mood.NORMAL
        await sandbox.webhooks.release()

        assert [event["message"]["text"] for event in await bodies(came)] == ["một", "một", "ba", "hai"]


async def test_what_nobody_took_is_repeated_with_its_number() -> None:
    """The same bytes."""
    async with hearing() as (sandbox, came, _):
        there, sandbox.webhooks.url = sandbox.webhooks.url, "http://127.0.0.1:9/hooks/zalo"
        await sandbox.say(USER, {"text": "một"})
        [kept] = sandbox.webhooks.undelivered
        sandbox.webhooks.url = there
        await sandbox.webhooks.repeat()

        assert sandbox.webhooks.undelivered == []
        assert [(await one.read(), one.headers["num_retry"]) for one in came] == [(kept, "1")]


async def test_a_message_is_shown_and_told_of() -> None:
    """On the phone, as an echo and as a receipt; the phone's owner looks at it."""
    async with hearing() as (sandbox, came, client):
        access, _ = sandbox.tokens.grant()
        message = {"recipient": {"user_id": USER}, "message": {"text": "Dạ, em nghe."}}
        async with client.post("/v3.0/oa/message/cs", json=message, headers={"access_token": access}) as answer:
            taken = (await answer.json())["data"]["message_id"]
        await sandbox.webhooks.settle()
        async with client.post(f"/phones/{USER}/read"):
            events = await bodies(came)
        async with client.get("/phones") as answer:
            [phone] = await answer.json()

        assert [event["event_name"] for event in events] == [
            "oa_send_text",
            "user_received_message",
            "user_seen_message",
        ]
        assert [one["text"] for one in phone["shown"]] == ["Dạ, em nghe."]
        assert (phone["id"], phone["shown"][0]["id"]) == (USER, taken)


async def test_a_refresh_token_works_once_and_ends_the_access_token() -> None:
    """Errors come with 200."""
    async with hearing() as (sandbox, _, client):
        access, refresh = sandbox.tokens.grant()
        form = {"app_id": sandbox.account.app_id, "grant_type": "refresh_token", "refresh_token": refresh}
        secret = {"secret_key": sandbox.account.app_secret}
        answers = []
        for _again in range(2):
            async with client.post("/v4/oa/access_token", data=form, headers=secret) as answer:
                answers.append((answer.status, await answer.json()))
        async with client.get("/v2.0/oa/getoa", headers={"access_token": access}) as answer:
            old = (await answer.json())["error"]

        assert [status for status, _ in answers] == [200, 200]
        assert answers[0][1]["expires_in"] == "90000"
        assert answers[1][1]["error"] == -14014
        assert (old, sandbox.tokens.burnt) == (-216, {refresh})


async def test_long_words_are_refused() -> None:
    """As the provider does: 200, and an error in it."""
    async with hearing() as (sandbox, _, client):
        access, _ = sandbox.tokens.grant()
        message = {"recipient": {"user_id": USER}, "message": {"text": "a" * 2001}}
        async with client.post("/v3.0/oa/message/cs", json=message, headers={"access_token": access}) as answer:
            assert (answer.status, (await answer.json())["error"]) == (200, -210)


def test_secrets_nobody_names_are_made_up() -> None:
    """No two accounts have the same."""
    assert Account().app_secret != Account().app_secret
