"""What the tests of this channel are made of: settings, signed deliveries, recorded events."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from channels.zalo.adapter import ZaloChannel
from channels.zalo.sandbox import Account, ZaloSandbox
from channels.zalo.settings import ZaloSettings, ZaloTemplate
from channels.zalo.signature import HEADER, mac_of
from core.contract.ports import ItemKey, MediaStore, RawDelivery, Tokens
from core.contract.schema import Address, OutboundMessage
from tests.support.tokens import MemoryTokens

APP = "3600000000000000001"
OA = "3880000000000000004"
USER = "2460000000000000003"
SECRET = "oa-secret-for-tests"
APP_SECRET = "app-secret-for-tests"
PHONE = "+84900000001"
NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
PAYLOADS = Path(__file__).parents[1] / "payloads"


def settings(**changes: Any) -> ZaloSettings:
    """An official account as a province sets it up."""
    usual: dict[str, Any] = {
        "oa_id": OA,
        "app_id": APP,
        "app_secret": SecretStr(APP_SECRET),
        "oa_secret": SecretStr(SECRET),
        "public_url": "https://phananh.example.vn",
        "templates": {
            "otp": ZaloTemplate(id="300001", fields={"otp": "otp"}),
            "notice": ZaloTemplate(id="300002", fields={"ma": "code", "trang_thai": "status"}),
            "bulletin": ZaloTemplate(id="300003", fields={"tieu_de": "title", "duong_dan": "link"}),
        },
    }
    return ZaloSettings.model_validate(usual | changes)


def delivery(body: bytes | dict[str, Any], *, account: str = OA, secret: str = SECRET) -> RawDelivery:
    """A body as the provider delivers it, signed."""
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    return RawDelivery("zalo", account, raw, {HEADER: f"mac={_mac(raw, secret)}"}, received_at=NOON)


def _mac(raw: bytes, secret: str) -> str:
    try:
        timestamp = str(json.loads(raw)["timestamp"])
    except (ValueError, TypeError, KeyError):
        timestamp = ""
    return mac_of(raw, timestamp=timestamp, app_id=APP, secret=secret)


def payload(name: str) -> RawDelivery:
    """A recorded event, signed."""
    return delivery((PAYLOADS / f"{name}.json").read_bytes())


def event(name: str, message: dict[str, Any], *, user: str = USER, at: datetime = NOON) -> dict[str, Any]:
    """A message of a citizen."""
    return {
        "app_id": APP,
        "event_name": name,
        "timestamp": str(round(at.timestamp() * 1000)),
        "sender": {"id": user},
        "recipient": {"id": OA},
        "message": message,
    }


def outbound(text: str, **changes: Any) -> OutboundMessage:
    """An answer to the citizen."""
    usual: dict[str, Any] = {
        "id": "0" * 31 + "1",
        "channel": "zalo",
        "account": OA,
        "recipient": Address(channel="zalo", account=OA, value=USER),
        "text": text,
    }
    return OutboundMessage.model_validate(usual | changes)


def to_phone(**changes: Any) -> OutboundMessage:
    """A one-time password by phone number."""
    usual: dict[str, Any] = {
        "recipient": Address(channel="zalo", account=OA, value=PHONE),
        "purpose": "otp",
        "fields": {"otp": "123456"},
    }
    return outbound("Mã xác thực: 123456", **usual | changes)


@dataclass
class Clock:
    """Time under the test's control."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Set:
    """The channel, the provider behind it, and what lies between them. `heard` is what the channel gave to be kept."""

    channel: ZaloChannel
    sandbox: ZaloSandbox
    store: MemoryTokens
    clock: Clock
    heard: list[tuple[RawDelivery, ItemKey]] = field(default_factory=list)

    async def accept(self, delivery: RawDelivery, items: Any) -> None:
        """Stands for the inbox."""
        self.heard += [(delivery, item) for item in items]

    async def pair(self) -> Tokens:
        """What is stored."""
        tokens = await self.store.current(OA)
        assert tokens is not None
        return tokens

    async def connect(self) -> None:
        """As after an official's grant."""
        await connected(self.store, self.sandbox, now=self.clock())

    def shown(self) -> list[str]:
        """The words on the citizen's phone."""
        return [one.text for one in self.sandbox.phone(USER).shown if one.text]


async def connected(store: MemoryTokens, sandbox: ZaloSandbox, *, now: datetime) -> None:
    """An official has granted us the sandbox's official account."""
    access, refresh = sandbox.tokens.grant()
    await store.connect(OA, access=access, refresh=refresh, expires=now + timedelta(hours=25))


@asynccontextmanager
async def running(*, media: MediaStore | None = None, is_connected: bool = True, **changes: Any) -> AsyncIterator[Set]:
    """The channel over its sandbox; nobody takes the sandbox's events."""
    clock = Clock()
    account = Account(OA, APP, APP_SECRET, SECRET)
    sandbox = ZaloSandbox(account, gateway="http://127.0.0.1:9", now=clock)
    await sandbox.start()
    urls = dict.fromkeys(("api_url", "oauth_url", "template_url"), sandbox.url)
    store = MemoryTokens(clock)
    channel = ZaloChannel(settings(**urls | changes), tokens=store, media=media, clock=clock)
    opened = Set(channel, sandbox, store, clock)
    try:
        if is_connected:
            await opened.connect()
        yield opened
    finally:
        await channel.stop()
        await sandbox.stop()
