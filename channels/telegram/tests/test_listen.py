"""Asking Telegram: what is confirmed, who asks, what is told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from channels.telegram.adapter import TelegramChannel
from channels.telegram.tests.builders import CHAT, SECRET, channel, provider, settings
from core.contract.errors import IntakeUnavailable
from core.contract.ports import ItemKey, RawDelivery
from tests.support.waiting import until


class Store:
    """An inbox: refuses a number of times, then keeps."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.kept: list[str] = []

    async def accept(self, delivery: RawDelivery, items: Sequence[ItemKey]) -> None:
        """As the gateway's."""
        if self.refusals:
            self.refusals -= 1
            raise IntakeUnavailable
        channel().verify(delivery)
        self.kept.append(items[0].dedupe_key)


async def test_what_waited_is_taken_in_order_and_confirmed() -> None:
    async with provider() as (sandbox, talking):
        numbers = [await sandbox.say(CHAT, text=str(number)) for number in range(5)]
        store = Store()
        await talking.start(store.accept)
        await until(lambda: not sandbox.updates, "the confirmation")

    assert store.kept == [f"update:{number}" for number in numbers]


async def test_what_cannot_be_stored_waits_at_telegram() -> None:
    async with provider() as (sandbox, talking):
        number = await sandbox.say(CHAT, text="Đường ngập")
        store = Store(refusals=3)
        with structlog.testing.capture_logs() as lines:
            await talking.start(store.accept)
            await until(lambda: not sandbox.updates, "the confirmation")

    assert store.kept == [f"update:{number}"]
    assert [line["event"] for line in lines] == ["listening_fails", "updates_taken", "listening_again"]


async def test_an_old_webhook_is_taken_away() -> None:
    async with provider() as (sandbox, talking):
        sandbox.hook |= {"url": "http://127.0.0.1:9/nobody", "secret": SECRET}
        await sandbox.say(CHAT, text="Đường ngập")
        store = Store()
        await talking.start(store.accept)
        await until(lambda: store.kept, "the message")

        assert sandbox.hook == {}


async def test_a_second_reader_is_told_of_once() -> None:
    async with provider() as (sandbox, talking):
        with structlog.testing.capture_logs() as lines:
            await talking.start(Store().accept)
            rival = TelegramChannel(settings(api_url=sandbox.url, poll_seconds=0))
            await until(lambda: _fought(rival, talking), "the conflict")
            health = await talking.check_health()
            await rival.stop()

    assert [line["error"] for line in lines if line["event"] == "listening_fails"] == ["second_reader"]
    assert not health.ok
    assert "second_reader" in health.detail


async def _fought(rival: TelegramChannel, talking: TelegramChannel) -> bool:
    await rival._client.updates(after=None, seconds=0, kinds=["message"])
    return talking._listener is not None and talking._listener.trouble.told == "second_reader"


class Turn:
    """A lease that two share."""

    def __init__(self, holders: list[object]) -> None:
        self._holders = holders
        self.asked = 0

    async def hold(self) -> bool:
        """First come, first served."""
        self.asked += 1
        if not self._holders:
            self._holders.append(self)
        return self._holders == [self]

    async def leave(self) -> None:
        """Give it back."""
        if self in self._holders:
            self._holders.remove(self)


async def test_of_two_processes_one_asks_and_the_other_takes_over() -> None:
    holders: list[object] = []
    async with provider() as (sandbox, _):
        turns = [Turn(holders), Turn(holders)]
        channels = [TelegramChannel(settings(api_url=sandbox.url), lease=turn) for turn in turns]
        stores = [Store(), Store()]
        for one, store in zip(channels, stores, strict=True):
            await one.start(store.accept)
        await sandbox.say(CHAT, text="Một")
        await until(lambda: len(stores[0].kept) + len(stores[1].kept) == 1 and turns[1].asked > 2, "the first")
        first = 0 if stores[0].kept else 1
        await channels[first].stop()
        await sandbox.say(CHAT, text="Hai")
        await until(lambda: len(stores[1 - first].kept) == 1 or len(stores[1 - first].kept) == 2, "the second")
        await channels[1 - first].stop()

    assert not holders


async def test_stopping_does_not_wait_for_an_answer_and_finishes_what_is_being_stored() -> None:
    async with provider(poll_seconds=50) as (sandbox, talking):
        stored, go_on = asyncio.Event(), asyncio.Event()

        async def accept(_delivery: RawDelivery, _items: Sequence[ItemKey]) -> None:
            stored.set()
            await go_on.wait()

        await talking.start(accept)
        await sandbox.say(CHAT, text="Đường ngập")
        await stored.wait()
        stopping = asyncio.create_task(talking.stop())
        await asyncio.sleep(0)
        assert not stopping.done()
        go_on.set()
        await stopping


async def test_a_silent_telegram_does_not_hold_up_a_stop() -> None:
    async with provider(poll_seconds=50) as (_, talking):
        await talking.start(Store().accept)
        async with asyncio.timeout(20):
            await talking.stop()
