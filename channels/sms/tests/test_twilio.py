"""Twilio: calls against the sandbox, and the sandbox against the published client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from channels.base import read_form
from channels.sms.adapter import MmsChannel
from channels.sms.sandbox import Mood, SmsSandbox
from channels.sms.tests.builders import (
    CITIZEN,
    HOOKS,
    PUBLIC,
    SECRETS,
    channel,
    network,
    outbound,
    sandboxed,
)
from core.contract.errors import (
    ChannelMisconfigured,
    ConnectionFailed,
    MessageInvalid,
    NeedsReauth,
    OutcomeUnknown,
    ProviderRefused,
    RecipientOptedOut,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Fate, FetchesFiles
from tests.support.waiting import until

TOKEN = SECRETS.auth_token
MESSAGES = f"/2010-04-01/Accounts/{SECRETS.account_sid}/Messages.json"


async def test_a_message_is_handed_over_with_its_callback() -> None:
    """And what the phone shows is what was written."""
    async with sandboxed("twilio") as (opened, sandbox):
        result = await opened.send(outbound("Đã tiếp nhận ạ."))

    [shown] = sandbox.network.phones.shown
    assert result.provider_message_id == shown.id
    assert (shown.to, shown.text, shown.alphabet, shown.segments) == ("84900000001", "Đã tiếp nhận ạ.", "ucs-2", 1)


async def test_a_password_is_not_delivered_late() -> None:
    """Its validity ends with itself; a messaging service is named instead of a number."""
    asked: list[dict[str, str]] = []

    async def create(request: web.Request) -> web.Response:
        asked.append({name: str(value) for name, value in (await request.post()).items()})
        return web.json_response({"sid": "SM1"}, status=201)

    async with _served(MESSAGES, create) as url:
        opened = channel(
            "twilio", base_url=url, sender="MG00000000000000000000000000000001", key_sid="SK1", key_secret="s"
        )
        await opened.send(outbound("Ma xac thuc: 482913", purpose="otp"))
        await opened.stop()

    assert asked == [
        {
            "To": CITIZEN,
            "MessagingServiceSid": "MG00000000000000000000000000000001",
            "Body": "Ma xac thuc: 482913",
            "StatusCallback": HOOKS["twilio"],
            "SmartEncoded": "false",
            "ValidityPeriod": "300",
        }
    ]


@asynccontextmanager
async def _served(path: str, handler: Any) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post(path, handler)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (400, {"code": 21211}, RecipientUnreachable, "21211"),
        (400, {"code": 21614}, RecipientUnreachable, "21614"),
        (400, {"code": 21610}, RecipientOptedOut, "21610"),
        (400, {"code": 21408}, ChannelMisconfigured, "21408"),
        (400, {"code": 21617}, MessageInvalid, "21617"),
        (400, {"code": 99999}, ProviderRefused, "99999"),
        (401, {"code": 20003}, NeedsReauth, "20003"),
        (429, {"code": 20429}, Throttled, "429"),
        (503, {"code": 20503}, TemporarySendError, "20503"),
        (502, "<html>", TemporarySendError, "502"),
        (404, "<html>", ProviderRefused, "404"),
        (201, "<html>", OutcomeUnknown, "201"),
        (201, {"status": "queued"}, OutcomeUnknown, ""),
    ],
)
async def test_errors_are_told_apart(status: int, body: Any, expected: type[SendError], code: str) -> None:
    """By Twilio's code where there is one, by the status elsewhere."""

    async def create(_: web.Request) -> web.Response:
        return (
            web.Response(text=body, status=status) if isinstance(body, str) else web.json_response(body, status=status)
        )

    async with _served(MESSAGES, create) as url:
        opened = channel("twilio", base_url=url)
        with pytest.raises(expected) as failure:
            await opened.send(outbound("x"))
        await opened.stop()

    assert (type(failure.value), failure.value.provider_code) == (expected, code)


async def test_health_tells_a_wrong_key_from_a_provider_that_is_away() -> None:
    """Each in a sentence for staff."""
    async with sandboxed("twilio", auth_token="another-token-than-theirs") as (opened, _):
        wrong = await opened.check_health()
    away = await channel("twilio").check_health()

    assert (wrong.ok, away.ok) == (False, False)
    assert NeedsReauth.code in wrong.detail
    assert ConnectionFailed.code in away.detail


async def test_a_picture_is_fetched_with_our_password_from_their_hosts_only() -> None:
    """And no longer than allowed."""
    async with sandboxed("twilio") as (opened, sandbox), listening(sandbox) as heard:
        assert isinstance(opened, MmsChannel)
        assert isinstance(opened, FetchesFiles)
        assert await sandbox.say(CITIZEN, "", photo=b"\xff\xd8\xff" + bytes(100)) == 200
        source = heard[0]["MediaUrl0"][0]
        assert await opened.fetch(source, most=1000) == b"\xff\xd8\xff" + bytes(100)
        with pytest.raises(MessageInvalid):
            await opened.fetch(source, most=50)
        with pytest.raises(MessageInvalid):
            await opened.fetch("https://files.example.vn/ME01", most=1000)
        with pytest.raises(ProviderRefused):
            await opened.fetch(source + "x", most=1000)


@asynccontextmanager
async def listening(sandbox: SmsSandbox) -> AsyncIterator[list[dict[str, list[str]]]]:
    """A gateway that is nothing but the published validator; yields the forms whose signature it took."""
    heard: list[dict[str, list[str]]] = []

    async def take(request: web.Request) -> web.Response:
        url, signature = PUBLIC + request.raw_path, request.headers["X-Twilio-Signature"]
        if not RequestValidator(TOKEN).validate(url, await request.post(), signature):
            return web.Response(status=403)
        heard.append(read_form(await request.read()))
        return web.Response(text="<Response/>", content_type="text/xml")

    async with _served(HOOKS["twilio"].removeprefix(PUBLIC), take) as url:
        sandbox.network.gateway = url
        yield heard
        await sandbox.network.settle()


async def test_the_published_client_talks_to_the_sandbox_and_its_validator_takes_what_the_sandbox_signs() -> None:
    """A message of a citizen, a message to one, and all its callbacks."""
    sandbox = SmsSandbox("twilio", network("twilio"))
    sandbox.network.reports = True
    await sandbox.start()
    client = Client(SECRETS.account_sid, TOKEN)
    client.api.base_url = sandbox.url
    try:
        async with listening(sandbox) as heard:
            assert await sandbox.say(CITIZEN, "Đường ngập 🌊 & hỏng?") == 200
            message = await asyncio.to_thread(
                client.messages.create, to=CITIZEN, from_="+15005550009", body="Chào ạ", status_callback=HOOKS["twilio"]
            )
            await until(lambda: len(heard) == 4, "four hooks")
        sandbox.network.mood = Mood.OPTED_OUT
        with pytest.raises(TwilioRestException) as refusal:
            await asyncio.to_thread(client.messages.create, to=CITIZEN, from_="+15005550009", body="Chào ạ")
    finally:
        await sandbox.stop()

    assert heard[0]["Body"] == ["Đường ngập 🌊 & hỏng?"]
    assert [one["MessageStatus"] for one in heard[1:]] == [["queued"], ["sent"], ["delivered"]]
    assert {one["MessageSid"][0] for one in heard[1:]} == {message.sid}
    assert refusal.value.code == 21610


async def test_what_became_of_a_message_whose_answer_was_lost_can_be_asked() -> None:
    """By its number and words, whatever was sent there besides; what never arrived is not found."""
    lost, other = outbound("Đã tiếp nhận ạ."), outbound("Đã xử lý xong ạ.")
    began = datetime.now(UTC)
    async with sandboxed("twilio") as (opened, sandbox):
        await opened.send(other)
        sandbox.network.mood = Mood.CUT_AFTER
        with pytest.raises(OutcomeUnknown):
            await opened.send(lost)
        sandbox.network.mood = Mood.NORMAL
        known = await opened.asked(lost, since=began)
        never = await opened.asked(outbound("Chưa bao giờ gửi."), since=began)
        long_ago = await opened.asked(lost, since=began + timedelta(hours=1))

    assert known == Fate("delivered", sandbox.network.phones.shown[1].id)
    assert (never, long_ago) == (Fate("unknown"), Fate("unknown"))


async def test_the_published_client_lists_what_the_sandbox_holds() -> None:
    async with sandboxed("twilio") as (opened, sandbox):
        await opened.send(outbound("Một"))
        client = Client(SECRETS.account_sid, TOKEN)
        client.api.base_url = sandbox.url
        [listed] = await asyncio.to_thread(client.messages.list, to=CITIZEN)

    shown = sandbox.network.phones.shown[0]
    assert (listed.body, listed.status, listed.sid) == (shown.text, "delivered", shown.id)
    assert listed.date_created is not None
