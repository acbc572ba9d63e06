"""Who reads what is told to everybody, and where it is sent to them: rows, and what came of the sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, case, delete, func, insert, select, update

from core.storage import consents
from core.storage.public_notices import bell_key
from core.storage.tables import conversation, identity, notice_reader, outbox, public_notice
from core.storage.types import to_microseconds

READER = "reader/"
"""How the owner in the dedupe key of a letter to a reader begins, unlike that of a bell."""
CLOSED = ("window_closed", "quota_spent")
"""Reasons of a provider for which nothing may be sent to somebody now, whatever they asked us for."""


@dataclass(frozen=True)
class ReaderRow:
    """
    One address to which somebody wants notices sent, sealed under a key of its own.

    Args:
        areas: names of places, none: the whole province. topics: fields of the regulation, none: all.
        recent: when the last ordinary notices leave, in microseconds (VN-6).
    """

    id: str
    subject_id: str
    channel: str
    address_blind: str
    address_sealed: bytes
    areas: Sequence[str]
    topics: Sequence[str]
    since: datetime
    recent: Sequence[int] = ()


_ROW = tuple(notice_reader.c[name] for name in ReaderRow.__dataclass_fields__)


def put(connection: Connection, row: ReaderRow) -> str:
    """Keep a reader; returns the subject of the row that it takes the place of, the same address's; "" for none."""
    before = at(connection, channel=row.channel, address_blind=row.address_blind)
    if before is not None:
        end(connection, before.id, now=row.since)
    values = row.__dict__ | {"areas": list(row.areas), "topics": list(row.topics), "recent": list(row.recent)}
    connection.execute(insert(notice_reader).values(values))
    return "" if before is None else before.subject_id


def at(connection: Connection, *, channel: str, address_blind: str) -> ReaderRow | None:
    """Who reads at this address; None: nobody."""
    here = (notice_reader.c.channel == channel, notice_reader.c.address_blind == address_blind)
    row = connection.execute(select(*_ROW).where(*here)).one_or_none()
    return None if row is None else ReaderRow(**row._mapping)


def of_contact(connection: Connection, contact_id: str) -> list[ReaderRow]:
    """Who reads at addresses that are this person's: conversations, and what else was proved to be theirs."""
    own = (identity.c.contact_id == contact_id, (identity.c.kind == "chat") | identity.c.verified_at.is_not(None))
    query = select(*_ROW).where(notice_reader.c.address_blind.in_(select(identity.c.address_blind).where(*own)))
    return [ReaderRow(**row._mapping) for row in connection.execute(query.order_by(notice_reader.c.id))]


def find(connection: Connection, reader_id: str) -> ReaderRow | None:
    """One reader; None: no more."""
    row = connection.execute(select(*_ROW).where(notice_reader.c.id == reader_id)).one_or_none()
    return None if row is None else ReaderRow(**row._mapping)


def end(connection: Connection, reader_id: str, *, now: datetime) -> None:
    """Nothing more is sent there; the ledger says since when."""
    connection.execute(delete(notice_reader).where(notice_reader.c.id == reader_id))
    consents.end(connection, reader_id, now=now)


def end_all(connection: Connection, contact_id: str, *, now: datetime) -> None:
    """Nothing more is sent to this person."""
    for row in of_contact(connection, contact_id):
        end(connection, row.id, now=now)


@dataclass(frozen=True)
class ReaderTalk:
    """Whose conversation somebody reads in, and when they last wrote there."""

    contact_id: str
    last_heard: datetime | None


def talks(connection: Connection, rows: Sequence[ReaderRow]) -> dict[str, ReaderTalk]:
    """The latest conversation of each reader who has one, by the reader's address."""
    columns = (conversation.c.contact_id, conversation.c.last_inbound_at)
    theirs = (conversation.c.contact_id == identity.c.contact_id) & (
        conversation.c.address_blind == identity.c.address_blind
    )
    query = select(identity.c.address_blind, *columns).join(conversation, theirs)
    here = query.where(identity.c.address_blind.in_([row.address_blind for row in rows]))
    newest_last = here.order_by(conversation.c.last_message_at)
    return {row[0]: ReaderTalk(*row[1:]) for row in connection.execute(newest_last)}


def page(connection: Connection, *, after: str, most: int) -> list[ReaderRow]:
    """Readers in the order of their ids, from behind one of them."""
    query = select(*_ROW).where(notice_reader.c.id > after).order_by(notice_reader.c.id).limit(most)
    return [ReaderRow(**row._mapping) for row in connection.execute(query)]


def count(connection: Connection) -> dict[str, int]:
    """How many there are, by channel."""
    query = select(notice_reader.c.channel, func.count()).group_by(notice_reader.c.channel)
    return {row[0]: row[1] for row in connection.execute(query)}


def leaves(connection: Connection, reader_id: str, moments: Sequence[datetime]) -> None:
    """When the last ordinary notices leave for this reader."""
    stamps = [to_microseconds(moment) for moment in moments]
    connection.execute(update(notice_reader).where(notice_reader.c.id == reader_id).values(recent=stamps))


def told(connection: Connection, notice_id: str, *, to: str, at: datetime | None) -> None:
    """Readers were written to up to this one, unless another process came further; `at`: that was the last."""
    query = update(public_notice).where(public_notice.c.id == notice_id, public_notice.c.told_to <= to)
    connection.execute(query.values(told_to=to, told_at=at))


def letter_key(notice_id: str, reader_id: str) -> str:
    """The dedupe key of one notice's letter to one reader."""
    return bell_key(notice_id, READER + reader_id)


def delivery(connection: Connection, notice_id: str) -> dict[str, dict[str, int]]:
    """
    What came of one notice so far: channel → state, "arrived" or "closed" → how many; bells are among them.

    "closed": the provider lets nobody write there now. What went another way counts there alone.
    """
    first, last = bell_key(notice_id, ""), bell_key(notice_id, "~")
    closed = and_(outbox.c.state.in_(("failed", "dropped")), outbox.c.reason.in_(CLOSED))
    came = case(
        (outbox.c.outcome.in_(("delivered", "read")), "arrived"), (closed, "closed"), else_=outbox.c.state
    ).label("came")
    own = (outbox.c.dedupe_key.between(first, last), outbox.c.state != "passed_on")
    query = select(outbox.c.channel, came, func.count()).where(*own)
    found: dict[str, dict[str, int]] = {}
    for channel, state, number in connection.execute(query.group_by(outbox.c.channel, came)):
        found.setdefault(channel, {})[state] = number
    return found
