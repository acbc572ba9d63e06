"""
What a channel gives to the contract suite: itself, the means to make deliveries, and its provider's side.

A channel joins by `channels/<name>/tests/contract.py` with a function `subject() -> Subject`; nothing else is touched.
Dictionaries are label → case; leave empty what a channel does not have (a form has no receipts).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar, Protocol

from core.contract.errors import SendError
from core.contract.ports import AcceptRaw, Channel, RawDelivery
from core.contract.schema import DeliveryStatus, OutboundMessage

CHANNELS = Path(__file__).parents[2] / "channels"
NOON = datetime(2026, 11, 16, 5, 0, tzinfo=UTC)
MARKED = "Kính gửi Trung tâm, đường Lê Lợi ngập sâu; rác thải bốc mùi. Ỷ, ẵ, ỡ, ự!"


@dataclass(frozen=True)
class Written:
    """What a citizen wrote: the same `key` means the very same message; `sender` is one of the two test citizens."""

    text: str
    key: str = "1"
    sender: str = "an"
    at: datetime = NOON


class ProviderMood(StrEnum):
    """How the provider takes what we send."""

    NORMAL = "normal"
    DOWN = "down"
    TEMPORARY = "temporary"
    REFUSED = "refused"
    CUT = "cut"


class Trouble(StrEnum):
    """What every provider may do to a message of ours, and what is not tried on none without a reason (`traits`)."""

    SLOW = "the answer comes too late"
    THROTTLED = "too many requests"
    ERROR = "error 500"
    BROKEN = "the answer is broken"
    WINDOW = "window closed"
    EXPIRED = "token expired"
    OPTED_OUT = "the person wants nothing"


class Provider(Protocol):
    """The provider's side while it runs."""

    @property
    def channel(self) -> Channel:
        """What sends to it."""

    @property
    def url(self) -> str:
        """Where its files lie, and where it takes calls."""

    async def set_mood(self, mood: ProviderMood | str) -> None:
        """Behave so from now on; a plain text is a mood of this provider alone (`Subject.failures`)."""

    def received(self) -> Sequence[str]:
        """The texts that citizens got, oldest first."""


class Played:
    """The half of a provider's side that is a sandbox: it has moods, and can be gone."""

    moods: ClassVar[Mapping[ProviderMood, StrEnum]]
    sandbox: Any

    @property
    def url(self) -> str:
        """As `Provider` says."""
        return str(self.sandbox.url)

    async def set_mood(self, mood: ProviderMood | str) -> None:
        """As `Provider` says."""
        if mood is ProviderMood.DOWN:
            await self.sandbox.stop()
        else:
            own = type(self.moods[ProviderMood.NORMAL])
            self.sandbox.mood = self.moods[mood] if isinstance(mood, ProviderMood) else own(mood)


class Wire(Protocol):
    """A listening channel's own door, reached from outside."""

    async def bring(self, written: Written) -> bool:
        """Deliver as the provider does; whether it was confirmed."""


@dataclass(frozen=True)
class Subject:
    """
    One channel under contract.

    Args:
        channel: made anew by each call. `write`: makes a delivery that `verify` accepts. `variant`: tells the providers
            of one channel apart. `account`: our side as messages name it, where one hook serves several.
        numbered: messages have ids; without, the same words are a repetition for a minute. `longest`: letters that one
            message can have at all. `ordered`: messages name their time, and are put in order by it.
        worded: what people say comes as words; without, it is heard, and messages are told apart by their time.
        takes_once: the provider knows a repeated send by our id, so that it may be repeated.
        secret: one that the channel is set up with. `signs_bytes`: `verify` notices every byte that was altered.
        unknown: events that nobody has met. `edits`: with the id of what is edited. `echoes`: with who spoke.
        regrouped: two deliveries of the same events. `standings`: somebody blocked us (False) or let us in (True).
        to_fetch: messages with files that lie with the provider; `stored`: that are here already. `albums`: several
            files sent at once, in one delivery or more. `gone`: the source of a file that the provider does not hold,
            below its `{url}`. `huge`: with the numbers beyond 2^53 in it, of sender and message.
        events: every kind of event that can come; each has its recordings in `payloads` (usually the channel's own
            folder), named `<event>__<detail>`. `replay`: makes one of them the delivery it was.
        failures: the provider's own moods and what each is: a `Trouble`, and whatever else it knows.
        impatient: the provider, and a channel that waits for its answers for less than half a second.
    """

    name: str
    channel: Callable[[], Channel]
    write: Callable[[Written], RawDelivery]
    variant: str = ""
    numbered: bool = True
    worded: bool = True
    longest: int | None = None
    takes_once: bool = False
    account: str = ""
    secret: str = ""
    forged: Mapping[str, RawDelivery] = field(default_factory=dict)
    oversized: Mapping[str, RawDelivery] = field(default_factory=dict)
    broken: Mapping[str, RawDelivery] = field(default_factory=dict)
    ignored: Mapping[str, RawDelivery] = field(default_factory=dict)
    automatic: Mapping[str, RawDelivery] = field(default_factory=dict)
    receipts: Mapping[str, tuple[RawDelivery, DeliveryStatus]] = field(default_factory=dict)
    encodings: Mapping[str, tuple[RawDelivery, str]] = field(default_factory=dict)
    with_file: Mapping[str, Callable[[str, bytes], RawDelivery]] = field(default_factory=dict)
    edits: Mapping[str, tuple[RawDelivery, str]] = field(default_factory=dict)
    echoes: Mapping[str, tuple[RawDelivery, str]] = field(default_factory=dict)
    regrouped: Mapping[str, tuple[RawDelivery, RawDelivery]] = field(default_factory=dict)
    to_fetch: Mapping[str, RawDelivery] = field(default_factory=dict)
    standings: Mapping[str, tuple[RawDelivery, bool]] = field(default_factory=dict)
    failures: Mapping[str, tuple[str, type[SendError]]] = field(default_factory=dict)
    signs_bytes: bool = False
    ordered: bool = True
    unknown: Mapping[str, RawDelivery] = field(default_factory=dict)
    albums: Mapping[str, Sequence[RawDelivery]] = field(default_factory=dict)
    stored: Mapping[str, RawDelivery] = field(default_factory=dict)
    payloads: Path | None = None
    events: Sequence[str] = ()
    replay: Callable[[str], RawDelivery] | None = None
    huge: Mapping[str, tuple[RawDelivery, str, str]] = field(default_factory=dict)
    gone: str = ""
    outbound: Callable[[str], OutboundMessage] | None = None
    impatient: Callable[[], AbstractAsyncContextManager[Provider]] | None = None
    provider: Callable[[], AbstractAsyncContextManager[Provider]] | None = None
    wire: Callable[[AcceptRaw], AbstractAsyncContextManager[Wire]] | None = None

    @property
    def label(self) -> str:
        """What tests call it."""
        return f"{self.name}_{self.variant}" if self.variant else self.name

    @property
    def folder(self) -> Path:
        """Where its recordings lie."""
        return self.payloads or CHANNELS / self.name / "payloads"


def subjects() -> list[Subject]:
    """All channels that have joined, by name; one with several providers has a `subjects()` instead."""
    return [subject for path in sorted(CHANNELS.glob("*/tests/contract.py")) for subject in _load(path)]


def _load(path: Path) -> list[Subject]:
    module = importlib.import_module(f"channels.{path.parents[1].name}.tests.contract")
    found = module.subjects() if hasattr(module, "subjects") else [module.subject()]
    assert all(isinstance(one, Subject) for one in found)
    return list(found)
