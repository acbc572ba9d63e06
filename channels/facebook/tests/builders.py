"""What this channel's tests have in common: settings, deliveries, recorded payloads, the provider while it runs."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from channels.facebook.adapter import FacebookChannel
from channels.facebook.sandbox import FacebookSandbox
from channels.facebook.sandbox_state import signature
from channels.facebook.settings import FacebookSettings
from core.contract.ports import MediaStore, RawDelivery
from core.contract.schema import Address, OutboundMessage, Parsed
from tests.contract.subject import NOON

PAYLOADS = Path(__file__).parents[1] / "payloads"
APP, PAGE, OTHER_PAGE = "900001", "1111", "1112"
SECRET = "app-secret-for-tests"
VERIFY = "verify-token-for-tests"
TOKENS = {PAGE: "token-for-tests", OTHER_PAGE: "another-token-for-tests"}
CITIZEN = "2460000000000001"


def settings(**changes: Any) -> FacebookSettings:
    """An app with two Pages."""
    base = {"app_id": APP, "app_secret": SECRET, "verify_token": VERIFY, "pages": TOKENS, "per_second": 10_000}
    return FacebookSettings.model_validate(base | changes)


def channel(*, media: MediaStore | None = None, **changes: Any) -> FacebookChannel:
    """The channel, at noon."""
    return FacebookChannel(settings(**changes), media=media, clock=lambda: NOON)


def signed(body: bytes, *, secret: str = SECRET, at: datetime = NOON) -> RawDelivery:
    """A body as the provider delivers it."""
    return RawDelivery("facebook", APP, body, {"x-hub-signature-256": signature(body, secret)}, received_at=at)


def payload(name: str) -> RawDelivery:
    """A recorded delivery."""
    return signed((PAYLOADS / f"{name}.json").read_bytes())


def event(value: Mapping[str, Any], *, at: datetime = NOON) -> RawDelivery:
    """A delivery that a test makes up, letters escaped as the provider does."""
    return signed(json.dumps(value).encode(), at=at)


def meanings(delivery: RawDelivery, **changes: Any) -> Sequence[Parsed]:
    """Everything that a delivery means, in order."""
    made = channel(**changes)
    return [meaning for item in made.split(delivery) for meaning in made.parse(delivery, item)]


def outbound(text: str = "Xin chào", **changes: Any) -> OutboundMessage:
    """A message of ours to the citizen on Messenger."""
    to = Address(channel="facebook", account=PAGE, value=CITIZEN)
    base = {"id": "0199aa" + "0" * 24 + "ff", "channel": "facebook", "account": PAGE, "recipient": to, "text": text}
    return OutboundMessage.model_validate(base | changes)


@asynccontextmanager
async def provider(**changes: Any) -> AsyncIterator[tuple[FacebookChannel, FacebookSandbox]]:
    """The channel and the sandbox behind it, at noon; the citizen has just written."""
    sandbox = FacebookSandbox(dict(TOKENS), app_secret=SECRET, verify_token=VERIFY, clock=lambda: NOON)
    await sandbox.start()
    citizen = sandbox.phone()
    citizen.id, citizen.wrote_at = CITIZEN, NOON
    sandbox.phones = {CITIZEN: citizen}
    made = channel(**{"graph_url": sandbox.url, "timeout": 5} | changes)
    try:
        yield made, sandbox
    finally:
        await made.stop()
        await sandbox.stop()
