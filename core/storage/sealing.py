"""
A delivery made ready for the inbox: the body sealed, the provider's keys hashed, texts that every database takes.

Also its two other forms: packed (headers, query and body in one string of bytes, what is sealed) and framed (how it
waits in the journal).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from core.contract.ports import ItemKey, RawDelivery
from core.storage.intake_rows import Acceptance, ItemRow, RawRow
from core.storage.types import to_microseconds

_REASON_LENGTH = 300
_TEXT_LENGTH = 200
_quoted = json.encoder.encode_basestring_ascii
_INSTANT = (1 << 52) - 1  # microseconds since 1970 until the year 2112


class Zone(Protocol):
    """The intake zone's cipher: a fresh key for every raw body."""

    def seal(self, body: bytes, *, binding: str) -> tuple[bytes, bytes]:
        """(wrapped key, ciphertext), bound to the row's id."""


Blind = Callable[[str], str]
"""A keyed hash of 64 hexadecimal digits: provider keys may hold an address, and must stay comparable."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery with its items as a channel handed it over; `quarantine` is why nobody could cut it, if so."""

    delivery: RawDelivery
    items: Sequence[ItemKey]
    quarantine: str = ""


class Sealer:
    """Turns deliveries into rows. `now` is when one came whose channel does not say it."""

    def __init__(self, *, zone: Zone, blind: Blind, now: Callable[[], datetime]) -> None:
        self._zone = zone
        self._blind = blind
        self._now = now

    def seal(self, arrival: Arrival) -> Acceptance:
        """The rows of one delivery; ValueError where one of its instants has no time zone."""
        delivery = arrival.delivery
        received = to_microseconds(delivery.received_at or self._now())
        raw_id, account = row_id(received), storable(delivery.account)
        wrapped, sealed = self._zone.seal(pack_delivery(delivery), binding=raw_id)
        raw = RawRow(raw_id, delivery.channel, account, received, sealed, wrapped)
        return Acceptance(raw, tuple([self._item(raw, item, arrival.quarantine) for item in arrival.items]))

    def _item(self, raw: RawRow, item: ItemKey, quarantine: str) -> ItemRow:
        part = storable(item.part)
        reason = quarantine if part == item.part else quarantine or "its part cannot be stored"
        return ItemRow(
            raw.id,
            raw.channel,
            raw.account,
            key_hash(self._blind, item.dedupe_key),
            self._blind(_encodable(f"{raw.channel}\0{raw.account}\0{item.conversation_key}")),
            part,
            to_microseconds(item.provider_time) if item.provider_time else raw.received_at,
            raw.received_at,
            "quarantined" if reason else "new",
            storable(reason, most=_REASON_LENGTH) if reason else "",
        )


def key_hash(blind: Blind, dedupe_key: str) -> str:
    """What an item's permanent key is stored as."""
    return blind(_encodable(f"item\0{dedupe_key}"))


def row_id(microseconds: int) -> str:
    """
    A fresh identifier: 32 hexadecimal digits, the first 13 of them the instant.

    Unlike `new_id` these grow with time, so that new rows lie side by side in an index: with random ones a commit of
    a few messages writes a page of every index for each of them.
    """
    return f"{microseconds & _INSTANT:013x}{os.urandom(10).hex()[:19]}"


def storable(text: str, *, most: int = _TEXT_LENGTH) -> str:
    """What every database takes as text: no NUL, no lone surrogate (a provider's JSON may hold both), not too long."""
    if text.isascii() and "\0" not in text:
        return text[:most]
    return text.encode("utf-8", "replace").decode().replace("\0", "?")[:most]


def _encodable(key: str) -> str:
    """The key with every lone surrogate written out, so that different keys stay different."""
    return key if key.isascii() else key.encode("utf-8", "backslashreplace").decode()


def pack_delivery(delivery: RawDelivery) -> bytes:
    """Headers, query and raw body in one string of bytes, the body untouched."""
    # Written out, since `json.dumps` builds an encoder for every call and would cost more than the cipher.
    headers = ", ".join([f"{_quoted(name)}: {_quoted(value)}" for name, value in delivery.headers.items()])
    head = f'{{"headers": {{{headers}}}, "query": {_quoted(delivery.query)}}}'.encode()
    return len(head).to_bytes(4, "big") + head + delivery.body


def unpack_delivery(packed: bytes, *, channel: str, account: str, received_at: datetime) -> RawDelivery:
    """The delivery exactly as it arrived."""
    length = int.from_bytes(packed[:4], "big")
    head = json.loads(packed[4 : 4 + length])
    return RawDelivery(
        channel=channel,
        account=account,
        body=packed[4 + length :],
        headers=head["headers"],
        query=head["query"],
        received_at=received_at.astimezone(UTC),
    )


def frame(acceptance: Acceptance) -> bytes:
    """A journal frame: the keys in it are hashes and the body is ciphertext already."""
    head = json.dumps({"raw": acceptance.raw[:4], "items": acceptance.items}).encode()
    key, body = acceptance.raw.wrapped_key, acceptance.raw.body_sealed
    return b"".join(len(part).to_bytes(4, "big") + part for part in (head, key, body))


def unframe(framed: bytes) -> Acceptance:
    """The rows again."""
    parts, position = [], 0
    while position < len(framed):
        length = int.from_bytes(framed[position : position + 4], "big")
        parts.append(framed[position + 4 : position + 4 + length])
        position += 4 + length
    head = json.loads(parts[0])
    raw = RawRow._make([*head["raw"], parts[2], parts[1]])
    return Acceptance(raw, tuple(ItemRow._make(item) for item in head["items"]))
