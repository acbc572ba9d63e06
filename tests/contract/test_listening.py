"""What a channel with an ear of its own must do: confirm only what is stored, and stop in good order."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from tests.contract.cases import having, one
from tests.contract.subject import Subject, Written


class Store:
    """Keeps what it is given, or is away; stands for the inbox."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure = failure
        self.kept: list[tuple[RawDelivery, Sequence[ItemKey]]] = []

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey]) -> None:
        if self.failure is not None:
            raise self.failure
        self.kept.append((delivery, items))


@having("wire")
async def test_what_is_heard_is_stored_before_it_is_confirmed(subject: Subject) -> None:
    """And it is a delivery that the channel itself verifies, cuts and reads."""
    store = Store()
    async with subject.wire(store.accept) as wire:
        confirmed = await wire.bring(Written("Đường ngập"))
    [(delivery, items)] = store.kept
    channel = subject.channel()
    channel.verify(delivery)

    assert confirmed
    assert list(channel.split(delivery)) == list(items)
    assert one(subject, delivery).text == "Đường ngập"
    assert delivery.received_at is not None
    assert delivery.received_at.tzinfo is not None


@having("wire")
async def test_what_cannot_be_stored_is_not_confirmed(subject: Subject) -> None:
    """The sender keeps it and tries again."""
    async with subject.wire(Store(IntakeUnavailable()).accept) as wire:
        assert not await wire.bring(Written("Đường ngập"))


@having("wire")
async def test_an_unforeseen_fault_confirms_nothing(subject: Subject) -> None:
    """A bug behind the door must not lose a message, nor close the door."""
    store = Store(RuntimeError("broken"))
    async with subject.wire(store.accept) as wire:
        assert not await wire.bring(Written("Đường ngập"))
        store.failure = None
        assert await wire.bring(Written("Đường ngập"))


@having("wire")
async def test_a_repeated_message_is_confirmed_again(subject: Subject) -> None:
    """With the same key, so that the store does nothing."""
    store = Store()
    async with subject.wire(store.accept) as wire:
        assert [await wire.bring(Written("Đường ngập")) for _ in range(2)] == [True, True]

    assert len({item.dedupe_key for _, items in store.kept for item in items}) == 1


@having("wire")
async def test_the_log_tells_neither_words_nor_names(subject: Subject) -> None:
    """One line a delivery, without the citizen in it."""
    store = Store()
    with structlog.testing.capture_logs() as lines:
        async with subject.wire(store.accept) as wire:
            await wire.bring(Written("bimat"))
    message = one(subject, store.kept[0][0])

    assert lines
    assert "bimat" not in str(lines)
    assert message.sender.value not in str(lines)
