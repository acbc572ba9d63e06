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


class Provider(Protocol):
    """The provider's side while it runs."""

    @property
    def channel(self) -> Channel:
        """What sends to it."""

    async def set_mood(self, mood: ProviderMood | str) -> None:
        """Behave so from now on; a plain text is a mood of this provider alone (`Subject.failures`)."""

    def received(self) -> Sequence[str]:
        """The texts that citizens got, oldest first."""


class Played:
    """The half of a provider's side that is a sandbox: it has moods, and can be gone."""

    moods: ClassVar[Mapping[ProviderMood, StrEnum]]
    sandbox: Any

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

    `write` makes a delivery that `verify` accepts; `secret` is one the channel is set up with. `account`: our side as
    the messages name it, where one hook serves several. `edits`: with the id of what is edited. `echoes`: with who
    spoke. `regrouped`: two deliveries of the same events. `to_fetch`: messages with files that lie with the provider.
    `standings`: somebody blocked us (False) or let us in (True). `failures`: the provider's own moods, what each is.
    `variant` tells the providers of one channel apart. `numbered`: its messages have ids; without, the same words are a
    repetition for a minute. `takes_once`: the provider knows a repeated send by our id, so that it may be repeated.
    """

    name: str
    channel: Callable[[], Channel]
    write: Callable[[Written], RawDelivery]
    variant: str = ""
    numbered: bool = True
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
    outbound: Callable[[str], OutboundMessage] | None = None
    provider: Callable[[], AbstractAsyncContextManager[Provider]] | None = None
    wire: Callable[[AcceptRaw], AbstractAsyncContextManager[Wire]] | None = None

    @property
    def label(self) -> str:
        """What tests call it."""
        return f"{self.name}_{self.variant}" if self.variant else self.name


def subjects() -> list[Subject]:
    """All channels that have joined, by name; one with several providers has a `subjects()` instead."""
    return [subject for path in sorted(CHANNELS.glob("*/tests/contract.py")) for subject in _load(path)]


def _load(path: Path) -> list[Subject]:
    module = importlib.import_module(f"channels.{path.parents[1].name}.tests.contract")
    found = module.subjects() if hasattr(module, "subjects") else [module.subject()]
    assert all(isinstance(one, Subject) for one in found)
    return list(found)
