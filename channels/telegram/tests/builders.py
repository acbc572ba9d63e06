"""Deliveries, settings and messages as the tests of this channel need them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from channels.telegram.adapter import TelegramChannel
from channels.telegram.sandbox import BOT, TelegramSandbox
from channels.telegram.settings import TelegramSettings
from channels.telegram.signature import HEADER
from core.contract.ports import ItemKey, MediaStore, RawDelivery
from core.contract.schema import Address, InboundMessage, OutboundMessage, Parsed

PAYLOADS = Path(__file__).parents[1] / "payloads"
SECRET = "a-hook-secret-of-tests-0123456789"
ACCOUNT = BOT.partition(":")[0]
CHAT = 5123456789
NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)


def settings(**changes: Any) -> TelegramSettings:
    """Our bot, impatient."""
    given = {"token": SecretStr(BOT), "hook_secret": SecretStr(SECRET), "first_pause": 0.01, "longest_pause": 0.05}
    return TelegramSettings.model_validate(
        given | {"poll_seconds": 5, "send_seconds": 10, "per_second": 10_000} | changes
    )


def channel(**changes: Any) -> TelegramChannel:
    """The channel, speaking to nobody."""
    return TelegramChannel(settings(api_url="http://127.0.0.1:9", **changes))


def delivery(update: Any, *, received_at: datetime = NOON) -> RawDelivery:
    """A webhook with the right secret."""
    body = update if isinstance(update, bytes) else json.dumps(update, ensure_ascii=False).encode()
    return RawDelivery("telegram", ACCOUNT, body, {HEADER: SECRET}, received_at=received_at)


def payload(name: str) -> RawDelivery:
    """A recorded update, received an hour and more after it was made."""
    body = (PAYLOADS / f"{name}.json").read_bytes()
    return replace(delivery(body), received_at=datetime(2026, 11, 16, 7, 0, tzinfo=UTC))


def parsed(found: RawDelivery) -> Parsed:
    """The only meaning."""
    [meaning] = channel().parse(found, ItemKey("", ""))
    return meaning


def heard(found: RawDelivery) -> InboundMessage:
    """The only meaning, which is a message."""
    meaning = parsed(found)
    assert isinstance(meaning, InboundMessage)
    return meaning


def said(text: str, *, chat: int = CHAT, number: int = 71, update: int = 500_000_001, at: datetime = NOON) -> Any:
    """An update with words."""
    person = {"id": chat, "is_bot": False, "first_name": "An"}
    message = {"message_id": number, "date": int(at.timestamp()), "text": text}
    return {"update_id": update, "message": message | {"chat": {"id": chat, "type": "private"}, "from": person}}


def outbound(text: str, **changes: Any) -> OutboundMessage:
    """A message of ours to the first citizen."""
    address = Address(channel="telegram", account=ACCOUNT, value=str(CHAT))
    given = {"id": "0" * 31 + "1", "channel": "telegram", "account": ACCOUNT, "recipient": address, "text": text}
    return OutboundMessage.model_validate(given | changes)


@asynccontextmanager
async def provider(
    *, media: MediaStore | None = None, **changes: Any
) -> AsyncIterator[tuple[TelegramSandbox, TelegramChannel]]:
    """Telegram played, with the first citizen's phone, and a channel that speaks to it."""
    sandbox = TelegramSandbox()
    await sandbox.start()
    sandbox.phone(CHAT)
    talking = TelegramChannel(settings(api_url=sandbox.url, **changes), media=media)
    try:
        yield sandbox, talking
    finally:
        await talking.stop()
        await sandbox.stop()
