"""Ringing an app through Firebase Cloud Messaging, played with its account, its telephones and its moods."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from pydantic import SecretBytes, ValidationError

from channels.http import Reply
from channels.webpush.adapter import WebPushChannel
from channels.webpush.fcm import FCM, judge
from channels.webpush.sandbox_fcm import FcmSandbox, Mood, SandboxPhone
from channels.webpush.settings import FcmSettings, WebPushSettings
from channels.webpush.tests.test_channel import CONTACT, WORDS, KnownDevices, message
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Device

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@dataclass
class Clock:
    """A hand that tests move."""

    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Bench:
    """A channel, the service, an installed app, and the hour."""

    channel: WebPushChannel
    service: FcmSandbox
    phone: SandboxPhone
    devices: KnownDevices
    clock: Clock


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    clock = Clock()
    async with FcmSandbox(now=clock) as service:
        settings = WebPushSettings(
            secret=SecretBytes(b"s" * 32),
            contact=CONTACT,
            title="Trung tâm 1022",
            fcm=FcmSettings.model_validate(service.account | {"sandbox": service.url}),
        )
        devices, phone = KnownDevices(), service.install()
        devices.kept["phone"] = Device("phone", phone.token, service=FCM)
        channel = WebPushChannel(settings, devices=devices, clock=clock)
        yield Bench(channel, service, phone, devices, clock)
        await channel.stop()


async def test_an_app_rings_and_is_not_told_what_it_is_about(bench: Bench) -> None:
    await bench.channel.send(message())

    (notice,) = bench.phone.shown.values()
    assert notice["title"] == "Trung tâm 1022"
    assert notice["body"] == "Phản ánh của Quý vị có tin mới. Bấm để xem."
    assert set(notice) == {"title", "body", "id", "tag", "page"}
    assert WORDS not in str(bench.phone.calls)
    (call,) = bench.phone.calls
    assert (call["android"]["ttl"], call["android"]["priority"]) == ("259200s", "NORMAL")
    assert call["apns"]["headers"]["apns-collapse-id"] == notice["tag"]


async def test_newer_news_takes_the_place_of_older_and_warnings_are_urgent(bench: Bench) -> None:
    for name in ("m1", "m2"):
        await bench.channel.send(message(id=name))
    await bench.channel.send(message(id="m3", fields={"page": "warning", "about": "n1"}))

    assert [notice["id"] for notice in bench.phone.shown.values()] == ["m2", "n1"]
    assert bench.phone.calls[-1]["android"]["priority"] == "HIGH"
    assert bench.phone.calls[-1]["apns"]["headers"]["apns-priority"] == "10"


async def test_one_token_serves_until_shortly_before_its_end(bench: Bench) -> None:
    """Also where many are rung at once; and a new one is asked for when it was taken back."""
    await asyncio.gather(*(bench.channel.send(message(id=f"m{number}")) for number in range(8)))
    bench.clock.at += timedelta(minutes=57)
    await bench.channel.send(message())
    assert len(bench.service.grants) == 1

    bench.clock.at += timedelta(minutes=1)
    await bench.channel.send(message())
    assert len(bench.service.grants) == 2

    bench.service.grants.append("taken back")
    await bench.channel.send(message())
    assert len(bench.service.grants) == 4
    assert len(bench.phone.calls) == 11


@pytest.mark.parametrize(
    ("mood", "error"),
    [
        ("throttled", Throttled),
        ("unavailable", TemporarySendError),
        ("internal", TemporarySendError),
        ("html", TemporarySendError),
        ("cut", TemporarySendError),
        ("elsewhere", ChannelMisconfigured),
        ("certificate", ChannelMisconfigured),
        ("argument", MessageInvalid),
    ],
)
async def test_what_the_service_answers_has_one_meaning(bench: Bench, mood: Mood, error: type[SendError]) -> None:
    bench.service.mood = mood
    with pytest.raises(error) as refused:
        await bench.channel.send(message())

    assert bench.devices.kept
    if isinstance(refused.value, Throttled):
        assert refused.value.retry_after == 9
    bench.service.mood = "normal"
    await bench.channel.send(message())
    assert len(bench.phone.shown) == 1


@pytest.mark.parametrize("token", ["", "cut:short-token-of-an-app"])
async def test_an_app_that_is_gone_is_forgotten(bench: Bench, token: str) -> None:
    """Removed from the telephone, or a token that never was one."""
    bench.service.remove(bench.phone)
    bench.devices.kept["phone"] = Device("phone", token or bench.phone.token, service=FCM)

    with pytest.raises(RecipientUnreachable):
        await bench.channel.send(message())
    assert not bench.devices.kept


async def test_an_account_that_is_not_accepted_is_ours_to_mend(bench: Bench) -> None:
    """The key is of another account; the device stays."""
    async with FcmSandbox(now=bench.clock) as other:
        account = bench.service.account | {"private_key": other.account["private_key"], "sandbox": bench.service.url}
    settings = WebPushSettings(
        secret=SecretBytes(b"s" * 32), contact=CONTACT, title="1022", fcm=FcmSettings.model_validate(account)
    )
    channel = WebPushChannel(settings, devices=bench.devices, clock=bench.clock)
    with pytest.raises(ChannelMisconfigured):
        await channel.send(message())
    await channel.stop()

    assert bench.devices.kept


async def test_an_app_where_apps_are_not_rung(bench: Bench) -> None:
    """Switched off since it registered: kept, and said as ours; nothing more of its kind is taken."""
    settings = WebPushSettings(secret=SecretBytes(b"s" * 32), contact=CONTACT, title="1022")
    channel = WebPushChannel(settings, devices=bench.devices, clock=bench.clock)
    with pytest.raises(ChannelMisconfigured):
        await channel.send(message())
    await channel.stop()

    assert bench.devices.kept
    assert bench.channel.takes(bench.phone.token, service=FCM)
    assert not channel.takes(bench.phone.token, service=FCM)
    for wrong in ("short", "with space " * 4, "x" * 2000, "https://fcm.googleapis.com/fcm/send/x?y"):
        assert not bench.channel.takes(wrong, service=FCM)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'{"error": "no"}', b'{"error": {"details": 7}}', b"\xff"])
def test_answers_that_nobody_foresaw_are_temporary(body: bytes) -> None:
    with pytest.raises(TemporarySendError):
        judge(Reply(502, body))


@pytest.mark.parametrize(
    "wrong",
    [{"private_key": "none"}, {"project_id": "a/../b"}, {"client_email": "x"}, {"sandbox": "http://fcm.example.vn"}],
)
async def test_an_account_that_cannot_work_is_refused(bench: Bench, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        FcmSettings.model_validate(bench.service.account | wrong)
