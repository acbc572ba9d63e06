"""Bells: what wakes a worker's loop when there is something to look at, in whichever process it came about."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from core.service.changes import Changes
from gateway.events.base import Events

INBOX = "inbox"
OUTBOX = "outbox"
DUE = "due"
FILES = "files"
AGENCIES = "agencies"
SESSIONS = "sessions"
"""Some session of the user who is named was ended."""
STAFF = "staff"
"""What staff look at has changed: the body names up to `MOST_NAMED` of `case:ID`, `talk:ID`; empty: anything may."""
MOST_NAMED = 50


@contextmanager
def bell(events: Events, topic: str, *, about: str = "") -> Iterator[asyncio.Event]:
    """
    A bell of one's own for a topic: set when it rings, cleared by its owner.

    `about`: what it is to be about; what is about nothing in particular is about everything.
    """
    rung = asyncio.Event()

    def hear(body: str) -> None:
        if not (body and about) or body == about:
            rung.set()

    unsubscribe = events.subscribe(topic, hear)
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


async def pass_on_changes(changes: Changes, events: Events) -> None:
    """The same for what was stored: those channels where something is to be sent, and the pages of staff about it."""
    while True:
        await changes.wait()
        for channel in changes.take():
            events.publish(OUTBOX, channel)
        events.publish(DUE)
        if touched := changes.take_touched():
            events.publish(STAFF, " ".join(touched) if len(touched) <= MOST_NAMED else "")
