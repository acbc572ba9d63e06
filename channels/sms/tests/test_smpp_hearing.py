"""What a message centre delivers: stored whole, and confirmed only then."""

from __future__ import annotations

import asyncio

import pytest

from channels.sms.adapter import LineSmsChannel, open_sms
from channels.sms.tests.builders import (
    CITIZEN,
    LONG,
    NOON,
    Store,
    outbound,
    sandboxed,
    settings,
)
from core.contract.errors import (
    ConnectionFailed,
    IntakeUnavailable,
)
from core.contract.ports import ListeningChannel
from core.contract.schema import InboundMessage
from tests.support.waiting import until


def texts(store: Store) -> list[str]:
    """What the gateway would make of what was stored."""
    found = []
    opened = open_sms(settings("smpp"), clock=lambda: NOON)
    for delivery, items in store.kept:
        for item in items:
            for parsed in opened.parse(delivery, item):
                assert isinstance(parsed, InboundMessage)
                found.append(parsed.text)
    return found


@pytest.mark.parametrize("text", ["Xin chào", "bao o ga", LONG.strip(), "Giá €5 {x}", "a" * 161])
async def test_what_a_citizen_writes_is_stored_whole_before_it_is_confirmed(text: str) -> None:
    """In one part or in several."""
    store = Store()
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        assert isinstance(opened, ListeningChannel)
        assert await sandbox.say(CITIZEN, text) == 0

    assert texts(store) == [text]


async def test_a_payload_is_a_message_too() -> None:
    """Some centres send long messages in one PDU."""
    store = Store()
    async with sandboxed("smpp", store=store) as (_, sandbox):
        sandbox.centre.concatenation = "payload"
        assert await sandbox.say(CITIZEN, LONG) == 0

    assert texts(store) == [LONG.strip()]


async def test_what_cannot_be_stored_is_not_confirmed() -> None:
    """The centre keeps it and sends it again; the line stays open."""
    store = Store(IntakeUnavailable("no disk"))
    async with sandboxed("smpp", store=store) as (_, sandbox):
        assert await sandbox.say(CITIZEN, LONG) == 0x64
        store.failure = None
        assert await sandbox.say(CITIZEN, LONG) == 0

    assert texts(store) == [LONG.strip()]


async def test_parts_that_do_not_come_are_not_waited_for_long() -> None:
    """What has come is stored, part by part, and confirmed."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    async with sandboxed("smpp", store=store, parts_seconds=0.05) as (_, sandbox):
        [session] = sandbox.centre.sessions
        pdus = [{**part, "short_message": bytes([5, 0, 3, 9, 3, number]) + b"phan %d" % number} for number in (1, 3)]
        assert await session.deliver(pdus) == [0, 0]

    assert texts(store) == ["phan 1", "phan 3"]


async def test_parts_out_of_order_and_repeated_are_put_together() -> None:
    """The last first, and the first twice; every PDU is confirmed."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    numbers = (3, 1, 1, 2)
    async with sandboxed("smpp", store=store) as (_, sandbox):
        [session] = sandbox.centre.sessions
        pdus = [{**part, "short_message": bytes([5, 0, 3, 9, 3, number]) + b"<%d>" % number} for number in numbers]
        assert await session.deliver(pdus) == [0, 0, 0, 0]

    assert texts(store) == ["<1><2><3>"]


async def test_a_stop_stores_the_parts_that_are_there() -> None:
    """And unbinds, once."""
    store = Store()
    part = {"source_addr": "84900000001", "destination_addr": "8100", "esm_class": 0x40}
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        assert isinstance(opened, LineSmsChannel)
        [session] = sandbox.centre.sessions
        answer = asyncio.create_task(session.deliver([{**part, "short_message": bytes([5, 0, 3, 9, 2, 1]) + b"mot"}]))
        await until(lambda: opened._line._ear.waits, "the part")
        await opened.stop()
        await opened.stop()
        await until(lambda: not sandbox.centre.sessions, "the unbind")
        with pytest.raises(ConnectionFailed):
            await opened.send(outbound("x", name="smpp"))
        assert await answer == [0]

    assert texts(store) == ["mot"]


async def test_an_unreadable_pdu_is_kept_for_a_person() -> None:
    """Confirmed, or the centre would send it for ever."""
    store = Store()
    async with sandboxed("smpp", store=store) as (opened, sandbox):
        [session] = sandbox.centre.sessions
        assert await session.deliver([{"source_addr": "\x01?", "destination_addr": "8100", "short_message": b"x"}]) == [
            0
        ]

    [(delivery, [item])] = store.kept
    assert item.dedupe_key.startswith("unsplit:")
    with pytest.raises(Exception, match="telephone"):
        opened.parse(delivery, item)
