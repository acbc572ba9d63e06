"""A chat provider that exists only in tests: signed JSON webhooks, the way real ones do it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.base import same, sign
from core.contract.errors import PayloadInvalid, SignatureInvalid
from core.contract.ports import Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import Address, Ignored, InboundMessage, OutboundMessage, Parsed

SECRET = b"a secret of sixteen bytes or more"
SIGNATURE = "X-Test-Signature"


@dataclass
class HookedTestChannel:
    """Speaks `{"events": [{"id", "user", "at", "text"}]}` signed with HMAC-SHA256 over the raw bytes."""

    name: str = "testchat"
    threaded: bool = False
    hook: str = "testchat/{account}"
    account: str = ""
    sent: list[OutboundMessage] = field(default_factory=list)

    def verify(self, delivery: RawDelivery) -> None:
        """Over the raw bytes, in constant time."""
        if not same(delivery.headers.get(SIGNATURE, ""), sign(SECRET, delivery.body)):
            raise SignatureInvalid("wrong signature")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item an event; its place in the list is its part."""
        return [
            ItemKey(event["id"], event["user"], str(number), datetime.fromtimestamp(event["at"], UTC))
            for number, event in enumerate(_events(delivery.body))
        ]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """A text is a message; every other event is ignored by name."""
        event = _events(delivery.body)[int(item.part)]
        if "text" not in event:
            return [Ignored(reason="unknown_event")]
        at = datetime.fromtimestamp(event["at"], UTC)
        return [
            InboundMessage(
                channel=self.name,
                account=delivery.account,
                provider_message_id=event["id"],
                sender=Address(channel=self.name, account=delivery.account, value=event["user"]),
                text=event["text"],
                provider_time=at,
                received_at=delivery.received_at or at,
            )
        ]

    async def send(self, message: OutboundMessage) -> SendResult:
        """Kept for the test to look at."""
        self.sent.append(message)
        return SendResult(f"sent-{message.id}")

    async def check_health(self) -> Health:
        """Always well."""
        return Health(ok=True)


def _events(body: bytes) -> list[Mapping[str, Any]]:
    try:
        return list(json.loads(body)["events"])
    except (ValueError, KeyError, TypeError) as error:
        raise PayloadInvalid("not a list of events") from error


def signed(body: bytes) -> dict[str, str]:
    """The headers that the provider would send."""
    return {SIGNATURE: sign(SECRET, body)}
