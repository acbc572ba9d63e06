"""What the inbox makes of a provider that brings the same thing eight times at once, and of a burst in any order."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest_asyncio
from sqlalchemy import Connection, func, select

from core.contract.ports import ItemKey
from core.contract.schema import InboundMessage
from core.privacy.intake_zone import IntakeZone
from core.privacy.master import KeyRing, MasterKey
from core.storage.database import Database
from core.storage.inbox import Inbox, unpack_delivery
from core.storage.inbox_queue import WaitingItem, waiting_items
from core.storage.journal import Journal
from core.storage.tables import inbox_item
from tests.contract.cases import SUBJECTS, mark
from tests.contract.subject import NOON, Subject, Written
from tests.support.databases import on_both_engines

AT_ONCE = 8
BURST = 20
ZONE = IntakeZone(KeyRing([MasterKey(1, bytes(32))]))


@pytest_asyncio.fixture
async def inbox(database: Database, tmp_path: Path) -> AsyncIterator[Inbox]:
    """The gateway's own, over this database."""
    opened = Inbox(
        database,
        zone=ZONE,
        blind=lambda value: hashlib.sha256(value.encode()).hexdigest(),
        journal=Journal(tmp_path / "journal"),
        now=lambda: NOON,
        budget=60,  # slow as this machine may be: what is tried here is the database
    )
    yield opened
    await opened.close()


async def _bring(inbox: Inbox, subject: Subject, written: Written) -> None:
    delivery = subject.write(written)
    await inbox.accept(delivery, subject.channel().split(delivery))


@on_both_engines
async def test_what_comes_eight_times_at_once_is_one(database: Database, inbox: Inbox) -> None:
    """On every channel."""
    await asyncio.gather(*(_bring(inbox, subject, Written("Xin chào")) for subject in SUBJECTS for _ in range(AT_ONCE)))

    def stored(connection: Connection) -> list[int]:
        each = select(func.count()).select_from(inbox_item).group_by(inbox_item.c.channel, inbox_item.c.dedupe_key)
        return list(connection.scalars(each))

    assert await database.read(stored) == [1] * len(SUBJECTS)


@on_both_engines
async def test_a_burst_becomes_one_conversation_in_order(database: Database, inbox: Inbox) -> None:
    """Twenty messages of one sender at once, mixed up: they are worked on as they were written."""
    ordered = {(subject.name, _account(subject)): subject for subject in SUBJECTS if subject.ordered}
    burst = [(subject, number) for subject in ordered.values() for number in range(BURST)]
    random.Random(4).shuffle(burst)
    await asyncio.gather(*(_bring(inbox, subject, _numbered(number)) for subject, number in burst))
    waiting = await database.read(lambda connection: waiting_items(connection, now=NOON, most=len(burst)))

    assert len(waiting) == len(ordered)
    for items in waiting.values():
        subject = ordered[items[0].channel, items[0].account]
        heard = [mark(subject, _message(subject, item)) for item in items]
        assert heard == [mark(subject, _numbered(number)) for number in range(BURST)]


def _account(subject: Subject) -> str:
    return subject.write(_numbered(0)).account


def _numbered(number: int) -> Written:
    return Written(f"Câu {number}", f"{number}", at=NOON + timedelta(seconds=number - BURST))


def _message(subject: Subject, item: WaitingItem) -> InboundMessage:
    """What the worker reads."""
    packed = ZONE.open(item.wrapped_key or b"", item.body_sealed or b"", binding=item.raw_id)
    delivery = unpack_delivery(packed, channel=item.channel, account=item.account, received_at=item.received_at)
    [message] = subject.channel().parse(delivery, ItemKey(item.dedupe_key, item.conversation_key, item.part))
    assert isinstance(message, InboundMessage)
    return message
