"""What each person has seen of cases and conversations: unread marks are their own, nobody else's look clears them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from core.storage.database import insert_or_ignore
from core.storage.tables import seen_mark

_OF = select(seen_mark.c.ref, seen_mark.c.upto).where(
    seen_mark.c.user_id == bindparam("user_id"), seen_mark.c.ref.in_(bindparam("refs", expanding=True))
)


def marks(connection: Connection, user_id: str, refs: Collection[str]) -> dict[str, int]:
    """How far this person has seen each of these (`case:ID`, `talk:ID`); what they never opened is left out."""
    found = connection.execute(_OF, {"user_id": user_id, "refs": list(refs)}) if refs else ()
    return {row[0]: int(row[1]) for row in found}


def note(connection: Connection, user_id: str, ref: str, *, upto: int, now: datetime) -> None:
    """They have seen it up to here; what they saw before stays seen."""
    fresh = insert_or_ignore(connection, seen_mark).values(user_id=user_id, ref=ref, upto=upto, at=now)
    if connection.execute(fresh).rowcount == 0:
        own = (seen_mark.c.user_id == user_id) & (seen_mark.c.ref == ref) & (seen_mark.c.upto < upto)
        connection.execute(update(seen_mark).where(own).values(upto=upto, at=now))


def forget(connection: Connection, *, before: datetime) -> int:
    """Drop marks that nobody has moved since an instant; returns how many."""
    return connection.execute(delete(seen_mark).where(seen_mark.c.at < before)).rowcount
