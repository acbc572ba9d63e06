"""
Files that lie with a provider: asked for in the transaction of the message that named them, fetched afterwards.

waiting → here | gone | refused; here → over (`recordings`). Whoever takes one moves its next try ahead of the time a
download may last, so a worker that dies leaves nothing behind but a pause; fetching twice does no harm.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select, update

from core.storage.tables import fetch
from core.storage.together import rows_into


@dataclass(frozen=True)
class NewFetch:
    """One file to fetch. `stored_key`: its place in the media store, where everything that names it looks for it."""

    stored_key: str
    channel: str
    conversation_id: str
    subject_id: str
    wanted_sealed: bytes
    next_at: datetime
    created_at: datetime


@dataclass(frozen=True)
class TakenFetch:
    """A file this worker fetches now; it was asked for at `created_at`."""

    stored_key: str
    conversation_id: str
    subject_id: str
    wanted_sealed: bytes
    attempts: int
    created_at: datetime


FETCHES = rows_into(fetch, repeated=True)
"""Files to fetch; one that was asked for before is left alone."""


def take(connection: Connection, *, channel: str, now: datetime, most: int, lasting: timedelta) -> list[TakenFetch]:
    """Those of a channel that are due, oldest first; nobody else gets them before `lasting` is over."""
    due = (
        select(fetch.c.stored_key)
        .where(fetch.c.state == "waiting", fetch.c.channel == channel, fetch.c.next_at <= now)
        .order_by(fetch.c.next_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    keys = list(connection.scalars(due))
    if not keys:
        return []
    taken = (
        update(fetch)
        .where(fetch.c.stored_key.in_(keys))
        .values(next_at=now + lasting, attempts=fetch.c.attempts + 1)
        .returning(*(fetch.c[name] for name in TakenFetch.__dataclass_fields__))
    )
    return [TakenFetch(**row._mapping) for row in connection.execute(taken)]


def settle(
    connection: Connection,
    stored_key: str,
    *,
    state: str,
    reason: str = "",
    next_at: datetime | None = None,
    counts: bool = True,
) -> None:
    """What came of a try; `next_at` where there will be another. One that does not count leaves all of them."""
    change = {"state": state, "reason": reason[:100], **({} if next_at is None else {"next_at": next_at})}
    change |= {} if counts else {"attempts": fetch.c.attempts - 1}
    connection.execute(update(fetch).where(fetch.c.stored_key == stored_key).values(change))


def states(connection: Connection, stored_keys: Collection[str]) -> dict[str, str]:
    """How it stands with each of these that had to be fetched: waiting, here, gone, refused or over."""
    known = select(fetch.c.stored_key, fetch.c.state).where(fetch.c.stored_key.in_(stored_keys))
    return {row.stored_key: row.state for row in connection.execute(known)}


@dataclass(frozen=True)
class AbsentFile:
    """A file that is not here: waiting, gone, refused or over; `reason` of a refusal is from a closed set."""

    stored_key: str
    channel: str
    state: str
    reason: str


def absent(connection: Connection, stored_keys: Collection[str]) -> list[AbsentFile]:
    """Those of these that had to be fetched and are not here."""
    if not stored_keys:
        return []
    columns = (fetch.c[name] for name in AbsentFile.__dataclass_fields__)
    wanted = select(*columns).where(fetch.c.stored_key.in_(stored_keys), fetch.c.state != "here")
    return [AbsentFile(**row._mapping) for row in connection.execute(wanted)]


def waiting_of(connection: Connection, subject_id: str) -> dict[str, bytes]:
    """What still lies with a provider of one person: place in the store → the file as it was told of, sealed."""
    theirs = (fetch.c.subject_id == subject_id, fetch.c.state == "waiting")
    query = select(fetch.c.stored_key, fetch.c.wanted_sealed).where(*theirs)
    return {row.stored_key: row.wanted_sealed for row in connection.execute(query)}


def forget(connection: Connection, stored_keys: Collection[str]) -> None:
    """These files are wanted no more; one that is on its way is dropped when it arrives."""
    connection.execute(delete(fetch).where(fetch.c.stored_key.in_(stored_keys)))


@dataclass(frozen=True)
class FetchState:
    """Figures for metrics: what waits and since when."""

    waiting: int
    oldest: datetime | None


def fetch_state(connection: Connection) -> FetchState:
    """Count."""
    waiting, oldest = connection.execute(
        select(func.count(), func.min(fetch.c.created_at)).where(fetch.c.state == "waiting")
    ).one()
    return FetchState(waiting, oldest)
