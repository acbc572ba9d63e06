"""Bells: what wakes a worker's loop when there is something to look at, in whichever process it came about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.events.base import Events

INBOX = "inbox"
OUTBOX = "outbox"
DUE = "due"
FILES = "files"
AGENCIES = "agencies"


@contextmanager
def bell(events: Events, topic: str) -> Iterator[asyncio.Event]:
    """A bell of one's own for a topic: set when it rings, cleared by its owner."""
    rung = asyncio.Event()
    unsubscribe = events.subscribe(topic, lambda _body: rung.set())
    try:
        yield rung
    finally:
        unsubscribe()


async def pass_on(happened: asyncio.Event, events: Events, *topics: str) -> None:
    """Ring everywhere what is set here, until cancelled. Many in one turn of the loop are one."""
    while True:
        await happened.wait()
        happened.clear()
        for topic in topics:
            events.publish(topic)
