"""What every carrier does for the channel, and what they share: forms, tables of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from core.contract.errors import (
    OutcomeUnknown,
    PayloadInvalid,
    ProviderRefused,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Fate, Health, ItemKey, RawDelivery
from core.contract.schema import Parsed, Purpose

CHANNEL = "sms"
PAUSE = 30.0
"""Seconds to wait where a carrier wants patience and does not say how long."""

Table = Mapping[str, type[SendError]]
"""A carrier's own codes → what they mean to us; what is missing is refused for good."""


@dataclass(frozen=True)
class Submission:
    """
    One message as a carrier gets it: `to` in E.164, `text` as it is to be read on the phone.

    `id` is the outbox id: the same for each try.
    """

    id: str
    to: str
    text: str
    purpose: Purpose = "reply"


class Carrier(Protocol):
    """A way to the telephone network; the channel's own methods, without what is the same for all."""

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless it is from the carrier."""

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """Cut it into items. Raises PayloadInvalid."""

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What an item means; pure. Raises PayloadInvalid."""

    async def submit(self, submission: Submission) -> str:
        """Hand one message over; returns the id by which receipts name it. Raises SendError."""

    async def check_health(self) -> Health:
        """Whether it would take a message now."""

    async def close(self) -> None:
        """Let go of the connections."""


class HttpCarrier(Carrier, Protocol):
    """A carrier that calls us over HTTP, at `hook`; see `core.contract.ports.HookedChannel`."""

    hook: str
    hook_headers: frozenset[str]
    hook_methods: frozenset[str]

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """Media type and text of the answer to what was stored."""


@runtime_checkable
class LooksUp(Protocol):
    """A carrier that finds a message by what we know of it ourselves."""

    async def look_up(self, submission: Submission, *, since: datetime) -> Fate:
        """What became of it, handed over since then. Raises SendError."""


def key_part(value: str) -> str:
    """An id of the carrier's as part of a key: printable ASCII and short, whatever somebody wrote there."""
    if not (value.isascii() and value.isprintable() and len(value) <= 80):
        raise PayloadInvalid("an id that is no id")
    return value


def failure(table: Table, code: str, *, status: int = 200) -> SendError:
    """What a carrier's code means."""
    found = table.get(code)
    if status >= 500 and found is None:
        return TemporarySendError("the carrier has trouble", provider_code=code or str(status))
    if found is Throttled:
        return Throttled("the carrier wants us to be slower", retry_after=PAUSE, provider_code=code)
    return (found or ProviderRefused)("the carrier refuses it", provider_code=code or str(status))


def taken(value: object) -> str:
    """The id in an answer that says yes. Raises OutcomeUnknown: without one nobody can say what became of it."""
    if not isinstance(value, str | int) or value == "":
        raise OutcomeUnknown("the carrier gave the message no id")
    return str(value)


async def prepaid_health(name: str, balance: Callable[[], Awaitable[int]]) -> Health:
    """Whether our keys are good and there is money left (đồng), where messages are paid in advance."""
    try:
        left = await balance()
    except SendError as error:
        return Health(ok=False, detail=f"{name} chưa sẵn sàng gửi tin nhắn ({error.code}).")
    if left <= 0:
        return Health(ok=False, detail=f"Tài khoản {name} đã hết tiền.")
    return Health(ok=True, detail=f"Kênh tin nhắn SMS qua {name} hoạt động bình thường, số dư {left} đồng.")
