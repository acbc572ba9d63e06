"""A chat provider that exists only in tests: signed JSON webhooks, the way real ones do it."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from channels.base import clean_text, describe_file, same, sign
from core.contract.errors import MessageInvalid, PayloadInvalid, SignatureInvalid
from core.contract.ports import HOOK_LIMIT, Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import (
    Address,
    Attachment,
    AttachmentKind,
    DeliveryReceipt,
    DeliveryStatus,
    Ignored,
    InboundMessage,
    MessageKind,
    OutboundMessage,
    Parsed,
)

SECRET = b"a secret of sixteen bytes or more"
SIGNATURE = "x-test-signature"


@dataclass
class HookedTestChannel:
    """
    Speaks `{"events": [{"id", "user", "at", …}]}` signed with HMAC-SHA256 over the raw bytes.

    An event with `text` is a message, with `photo` (base64) a picture, with `link` one that is still to be fetched,
    with `payload` a pressed button; `album` groups pictures, `edits` names the message that it replaces. `delivered`
    names messages of ours that arrived. Everything else is an event nobody knows.
    """

    name: str = "testchat"
    threaded: bool = False
    hook: str = "testchat/{account}"
    account: str = ""
    hook_headers: frozenset[str] = frozenset({SIGNATURE})
    hook_limit: int = HOOK_LIMIT
    sent: list[OutboundMessage] = field(default_factory=list)

    def verify(self, delivery: RawDelivery) -> None:
        """Over the raw bytes, in constant time."""
        if not same(delivery.headers.get(SIGNATURE, ""), sign(SECRET, delivery.body)):
            raise SignatureInvalid("wrong signature")

    def greet(self, query: Mapping[str, str]) -> str:
        """Whoever knows a challenge."""
        if not query.get("challenge"):
            raise SignatureInvalid("no challenge")
        return query["challenge"]

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """One item an event; its place in the list is its part."""
        return [
            ItemKey(event["id"], event["user"], str(number), datetime.fromtimestamp(event["at"], UTC))
            for number, event in enumerate(_events(delivery.body))
        ]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What is neither said, shown nor pressed is ignored by name."""
        event = _events(delivery.body)[int(item.part)]
        if "delivered" in event:
            return [self._receipt(delivery, event, one) for one in event["delivered"]]
        if "read" in event:
            mark = self._receipt(delivery, event, "")
            return [mark.model_copy(update={"status": DeliveryStatus.READ, "address": event["user"]})]
        if not event.keys() & {"text", "photo", "link", "payload"}:
            return [Ignored(reason="unknown_event")]
        at = datetime.fromtimestamp(event["at"], UTC)
        return [
            InboundMessage(
                channel=self.name,
                account=delivery.account,
                provider_message_id=event["id"],
                sender=Address(channel=self.name, account=delivery.account, value=event["user"]),
                kind=_kind(event),
                text=clean_text(event.get("text", "")),
                payload=event.get("payload", ""),
                group=event.get("album", ""),
                thread_hints=tuple(event[key] for key in ("edits", "quotes") if key in event),
                attachments=(*(describe_file(data, name="anh.jpg") for data in _photo(event)), *_linked(event)),
                provider_time=at,
                received_at=delivery.received_at or at,
            )
        ]

    def _receipt(self, delivery: RawDelivery, event: Mapping[str, Any], told: str) -> DeliveryReceipt:
        return DeliveryReceipt(
            channel=self.name,
            account=delivery.account,
            provider_message_id=told,
            status=DeliveryStatus.DELIVERED,
            at=datetime.fromtimestamp(event["at"], UTC),
        )

    def extract_files(self, delivery: RawDelivery, item: ItemKey) -> Mapping[str, bytes]:
        """Pictures travel inside the event."""
        return {sha256(data).hexdigest(): data for data in _photo(_events(delivery.body)[int(item.part)])}

    async def send(self, message: OutboundMessage) -> SendResult:
        """Kept for the test to look at."""
        self.sent.append(message)
        return SendResult(f"sent-{message.id}")

    async def check_health(self) -> Health:
        """Always well."""
        return Health(ok=True)


@dataclass
class FetchedTestChannel(HookedTestChannel):
    """Keeps files on its side: `files` by link, bytes or what is raised; `fetched` are the links asked for."""

    files: dict[str, bytes | Exception] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    async def fetch(self, source: str, *, most: int) -> bytes:
        """What lies behind a link."""
        self.fetched.append(source)
        found = self.files[source]
        if isinstance(found, Exception):
            raise found
        if len(found) > most:
            raise MessageInvalid("the file is too long")
        return found


def _kind(event: Mapping[str, Any]) -> MessageKind:
    media = dict.fromkeys(("photo", "link"), MessageKind.MEDIA)
    kinds = {"edits": MessageKind.EDIT, "payload": MessageKind.POSTBACK, **media}
    return next((kind for key, kind in kinds.items() if key in event), MessageKind.TEXT)


def _photo(event: Mapping[str, Any]) -> list[bytes]:
    return [b64decode(event["photo"])] if "photo" in event else []


def _linked(event: Mapping[str, Any]) -> list[Attachment]:
    if "link" not in event:
        return []
    return [Attachment(kind=AttachmentKind.IMAGE, media_type="", size=0, sha256="", source_url=event["link"])]


def _events(body: bytes) -> list[Mapping[str, Any]]:
    try:
        return list(json.loads(body)["events"])
    except (ValueError, KeyError, TypeError) as error:
        raise PayloadInvalid("not a list of events") from error


def signed(body: bytes) -> dict[str, str]:
    """The headers that the provider would send."""
    return {SIGNATURE: sign(SECRET, body)}
