"""People at whose wish processing is held back (VN-4): since when, by which request, until when."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from core.contract.errors import NotFound
from core.storage.tables import restriction


@dataclass(frozen=True)
class Restriction:
    """One person's data, held back by one request."""

    request_id: str
    contact_id: str
    right: str
    since: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None


_ROW = tuple(restriction.c[name] for name in Restriction.__dataclass_fields__)


def hold(connection: Connection, row: Restriction) -> None:
    """From now on."""
    connection.execute(insert(restriction).values(row.__dict__))


def lift(connection: Connection, request_id: str, *, by: str, now: datetime) -> None:
    """No longer. NotFound: it was not held back by this request, or not any more."""
    query = update(restriction).where(restriction.c.request_id == request_id, restriction.c.lifted_at.is_(None))
    if connection.execute(query.values(lifted_at=now, lifted_by=by)).rowcount != 1:
        raise NotFound("nothing is held back by this request")


def of_request(connection: Connection, request_id: str) -> Restriction | None:
    """What a request holds, or held, back."""
    row = connection.execute(select(*_ROW).where(restriction.c.request_id == request_id)).one_or_none()
    return None if row is None else Restriction(*row)


def held_among(connection: Connection, contact_ids: Collection[str], *, without: str = "") -> frozenset[str]:
    """Those of these people whose data are held back now; `without`: by another request than this one."""
    if not contact_ids:
        return frozenset()
    theirs = (restriction.c.contact_id.in_(contact_ids), restriction.c.request_id != without)
    query = select(restriction.c.contact_id).where(*theirs, restriction.c.lifted_at.is_(None))
    return frozenset(connection.scalars(query))
