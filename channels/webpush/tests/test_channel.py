"""Ringing browsers through a push service that opens what it is given, in all its moods."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from aiohttp import ClientSession
from pydantic import SecretBytes, ValidationError

from channels.webpush.adapter import WebPushChannel
from channels.webpush.sandbox import Mood, PushSandbox, SandboxBrowser, token_problem
from channels.webpush.settings import WebPushSettings
from channels.webpush.vapid import Vapid
from core.contract.errors import (
    ChannelMisconfigured,
    MessageInvalid,
    PayloadInvalid,
    ProviderRefused,
    RecipientUnreachable,
    SendError,
    SignatureInvalid,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Device, ItemKey, RawDelivery
from core.contract.schema import Address, OutboundMessage

OWNER = "c" * 32
WORDS = "Đơn vị đã thay nắp cống trước nhà ông Nguyễn Văn An."
CONTACT = "mailto:vanhanh@phananh.example.vn"


@dataclass
class KnownDevices:
    """What is kept, in memory."""

    kept: dict[str, Device] = field(default_factory=dict)

    def add(self, browser: SandboxBrowser) -> None:
        keys = browser.subscription()["keys"]
        self.kept[browser.id] = Device(browser.id, browser.endpoint, keys["p256dh"], keys["auth"])

    async def of(self, owner: str) -> Sequence[Device]:
        return list(self.kept.values()) if owner == OWNER else []

    async def end(self, device_id: str) -> None:
        del self.kept[device_id]


@dataclass
class Bench:
    """A channel, a push service, and the devices between them."""

    channel: WebPushChannel
    service: PushSandbox
    devices: KnownDevices


def settings(sandbox: str = "", secret: bytes = b"s" * 32) -> WebPushSettings:
    return WebPushSettings(secret=SecretBytes(secret), contact=CONTACT, title="Trung tâm 1022", sandbox=sandbox)


def message(**changes: object) -> OutboundMessage:
    base = {"id": "m1", "channel": "webpush", "account": "", "text": WORDS, "subject": WORDS}
    address = Address(channel="webpush", account="", value=OWNER)
    return OutboundMessage.model_validate(base | {"recipient": address} | changes)


@pytest_asyncio.fixture
async def bench() -> AsyncIterator[Bench]:
    async with PushSandbox() as service:
        devices = KnownDevices()
        channel = WebPushChannel(settings(service.url), devices=devices, clock=lambda: datetime.now(UTC))
        yield Bench(channel, service, devices)
        await channel.stop()


async def test_every_device_rings_and_none_is_told_what_it_is_about(bench: Bench) -> None:
    browsers = [bench.service.subscribe(name) for name in ("phone", "desk")]
    for browser in browsers:
        bench.devices.add(browser)

    result = await bench.channel.send(message())

    assert result.provider_message_id == "m1"
    for browser in browsers:
        (notice,) = browser.shown.values()
        assert notice["title"] == "Trung tâm 1022"
        assert notice["body"] == "Phản ánh của Quý vị có tin mới. Bấm để xem."
        assert set(notice) == {"id", "tag", "page", "title", "body"}
        assert WORDS not in str(notice)
        assert "Nguyễn Văn An" not in str(notice)
        (call,) = browser.calls
        assert (call["urgency"], call["ttl"]) == ("normal", "259200")
        assert len(call["topic"]) == 32


async def test_newer_news_takes_the_place_of_older(bench: Bench) -> None:
    browser = bench.service.subscribe()
    bench.devices.add(browser)

    for name in ("m1", "m2"):
        await bench.channel.send(message(id=name))

    assert [notice["id"] for notice in browser.shown.values()] == ["m2"]
    assert len(browser.calls) == 2


async def test_staff_are_led_to_their_work(bench: Bench) -> None:
    browser = bench.service.subscribe()
    bench.devices.add(browser)

    await bench.channel.send(message(fields={"page": "work"}))

    (notice,) = browser.shown.values()
    assert (notice["page"], notice["body"]) == ("work", "Có thông báo công việc mới. Bấm để xem.")
    assert browser.calls[0]["urgency"] == "high"


async def test_a_warning_is_shown_once_on_a_device_that_gets_it_twice(bench: Bench) -> None:
    """One that rings for two reports; a service keeps it for half a day, not for three."""
    browser = bench.service.subscribe()
    bench.devices.add(browser)

    for name in ("m1", "m2"):
        await bench.channel.send(message(id=name, fields={"page": "warning", "about": "n1"}))

    (notice,) = browser.shown.values()
    assert (notice["id"], notice["page"]) == ("n1", "warning")
    assert notice["body"] == "Có cảnh báo mới từ cơ quan chức năng. Bấm để xem."
    assert {(call["urgency"], call["ttl"]) for call in browser.calls} == {("high", "43200")}


@pytest.mark.parametrize(
    ("mood", "error", "kept"),
    [
        ("gone", RecipientUnreachable, False),
        ("missing", RecipientUnreachable, False),
        ("throttled", Throttled, True),
        ("error", TemporarySendError, True),
        ("cut", TemporarySendError, True),
        ("too_large", MessageInvalid, True),
        ("denied", ChannelMisconfigured, True),
        ("elsewhere", ProviderRefused, True),
    ],
)
async def test_what_a_service_answers_has_one_meaning(
    bench: Bench, mood: Mood, error: type[SendError], kept: bool
) -> None:
    bench.devices.add(bench.service.subscribe())
    bench.service.mood = mood

    with pytest.raises(error) as refused:
        await bench.channel.send(message())

    assert bool(bench.devices.kept) is kept
    if isinstance(refused.value, Throttled):
        assert refused.value.retry_after == 7


async def test_a_call_that_broke_off_is_repeated_and_seen_once(bench: Bench) -> None:
    browser = bench.service.subscribe()
    bench.devices.add(browser)
    bench.service.mood = "cut"
    with pytest.raises(TemporarySendError):
        await bench.channel.send(message())

    bench.service.mood = "normal"
    await bench.channel.send(message())

    assert len(browser.calls) == 2
    assert len(browser.shown) == 1


async def test_one_device_that_is_gone_takes_nothing_from_the_others(bench: Bench) -> None:
    gone, here = bench.service.subscribe("gone"), bench.service.subscribe("here")
    gone.gone = True
    for browser in (gone, here):
        bench.devices.add(browser)

    await bench.channel.send(message())

    assert list(bench.devices.kept) == ["here"]
    assert len(here.shown) == 1


async def test_nobody_to_ring_is_said(bench: Bench) -> None:
    with pytest.raises(RecipientUnreachable):
        await bench.channel.send(message())


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/x",
        "https://fcm.googleapis.com:8443/x",
        "https://fcm.googleapis.com.example.vn/x",
        "https://me@fcm.googleapis.com/x",
        "https://169.254.169.254/latest",
        "https://localhost/x",
        "https://push.apple.com/x",
        "file:///etc/passwd",
        "fcm.googleapis.com/x",
        "https://[::1",
        "",
    ],
)
async def test_a_browser_cannot_send_us_anywhere_else(bench: Bench, endpoint: str) -> None:
    """SSRF: the address is the client's; also one that was stored under looser settings is not called."""
    keys = bench.service.subscribe().subscription()["keys"]
    assert not bench.channel.takes(endpoint, **keys)
    bench.devices.kept["d"] = Device("d", endpoint, keys["p256dh"], keys["auth"])

    with pytest.raises(RecipientUnreachable):
        await bench.channel.send(message())
    assert not bench.devices.kept


def test_the_browsers_in_use_may_be_called() -> None:
    ours = settings()
    for endpoint in (
        "https://fcm.googleapis.com/fcm/send/abc",
        "https://updates.push.services.mozilla.com/wpush/v2/abc",
        "https://web.push.apple.com/abc",
        "https://wns2-sg2p.notify.windows.com/w/?token=abc",
    ):
        assert ours.allows(endpoint)


async def test_keys_that_are_none_are_not_taken(bench: Bench) -> None:
    browser = bench.service.subscribe()
    keys = browser.subscription()["keys"]

    assert bench.channel.takes(browser.endpoint, **keys)
    assert not bench.channel.takes(browser.endpoint, p256dh=keys["p256dh"][:-4], auth=keys["auth"])
    assert not bench.channel.takes(browser.endpoint, p256dh=keys["p256dh"], auth="ơ")
    assert not bench.channel.takes(browser.endpoint + "x" * 2000, **keys)


async def test_a_point_beside_the_curve_ends_the_device(bench: Bench) -> None:
    browser = bench.service.subscribe()
    auth = browser.subscription()["keys"]["auth"]
    bench.devices.kept["d"] = Device("d", browser.endpoint, "BA" + "A" * 85, auth)

    with pytest.raises(RecipientUnreachable):
        await bench.channel.send(message())
    assert not bench.devices.kept


def test_the_key_is_the_deployments_and_stays() -> None:
    first, again, other = (Vapid(secret, contact=CONTACT) for secret in (b"a" * 32, b"a" * 32, b"b" * 32))

    assert first.public_key == again.public_key != other.public_key
    assert len(first.public_key) == 87
    assert Vapid(b"\xff" * 32, contact=CONTACT).public_key


def test_a_token_is_for_one_service_and_half_a_day() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    header = Vapid(b"a" * 32, contact=CONTACT).headers("https://web.push.apple.com/x", now=now)["Authorization"]

    assert token_problem(header, origin="https://web.push.apple.com", now=now) == ""
    assert token_problem(header, origin="https://fcm.googleapis.com", now=now) == "claims"
    assert token_problem(header, origin="https://web.push.apple.com", now=now.replace(hour=12)) == "expired"
    assert token_problem(header.replace("t=e", "t=f"), origin="https://web.push.apple.com", now=now) == "signature"


async def test_nothing_comes_in_this_way(bench: Bench) -> None:
    delivery = RawDelivery("webpush", "", b"{}")
    with pytest.raises(SignatureInvalid):
        bench.channel.verify(delivery)
    with pytest.raises(PayloadInvalid):
        bench.channel.split(delivery)
    with pytest.raises(PayloadInvalid):
        bench.channel.parse(delivery, ItemKey("k", "c"))
    assert (await bench.channel.check_health()).ok


@pytest.mark.parametrize(
    "wrong", [{"contact": "vanhanh@example.vn"}, {"secret": b"short"}, {"sandbox": "http://push.example.vn"}]
)
def test_settings_that_cannot_work_are_refused(wrong: dict[str, object]) -> None:
    given = {"secret": b"s" * 32, "contact": CONTACT, "title": "1022"}
    with pytest.raises(ValidationError):
        WebPushSettings.model_validate(given | wrong)


async def test_the_sandbox_takes_no_mood_that_is_none(bench: Bench) -> None:
    """Nor anything else than an object."""
    async with ClientSession(bench.service.url) as client:
        statuses = [(await client.post("/mood", data=body)).status for body in (b'{"mood": "happy"}', b"[]", b"{")]
        good = (await client.post("/mood", json={"mood": "gone"})).status

    assert (statuses, good, bench.service.mood) == ([400] * 3, 204, "gone")
