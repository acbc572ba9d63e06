"""
What members of staff are told: one row for each person and each form (console, push, SMS), with its own end.

A notice in the console stands there until it is read. Any other form is an entry of the outbox, whose state and receipt
are its own; where this deployment has no channel for a form, or nobody to tell, the row says so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    text,
    tuple_,
    update,
)

from core.storage.tables import UNREACHED, UNREAD, outbox, role_grant, staff_address, staff_notice, stand_in, user
from core.storage.together import rows_into

_MOST_COUNTED = 1000


@dataclass(frozen=True)
class NoticeRow:
    """
    One notice to one person in one form.

    Args:
        user_id: None where nobody holds the role. `state`: shown, read, queued, no_channel, no_address, nobody.
        outbox_id: of the message that carries it (queued).
    """

    id: str
    dedupe_key: str
    user_id: str | None
    role: str
    agency_id: str
    case_id: str
    case_code: str
    notification: str
    form: str
    subject: str
    text: str
    state: str
    outbox_id: str | None
    created_at: datetime
    read_at: datetime | None = None


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role (at an agency; the centre: empty), or stands in for who does."""

    user_id: str
    role: str
    agency_id: str


@dataclass(frozen=True)
class Delivery:
    """A notice with what came of it: of one in the outbox, that message's state, outcome and reason."""

    notice: NoticeRow
    name: str
    sending: str
    outcome: str
    reason: str
    sent_at: datetime | None


NOTICES = rows_into(staff_notice, repeated=True)
"""Notices (mappings by column); one whose cause was written before is left alone."""

_COLUMNS = tuple(staff_notice.c[name] for name in NoticeRow.__dataclass_fields__)


def _holders() -> Select[Any]:
    seat = tuple_(role_grant.c.role, role_grant.c.agency_id).in_(bindparam("seats", expanding=True))
    own = select(role_grant.c.user_id, role_grant.c.role, role_grant.c.agency_id).where(seat)
    away = select(stand_in.c.deputy_id, role_grant.c.role, role_grant.c.agency_id).where(
        seat,
        stand_in.c.user_id == role_grant.c.user_id,
        stand_in.c.since <= bindparam("now"),
        stand_in.c.until > bindparam("now"),
        stand_in.c.ended_at.is_(None),
    )
    found = own.union(away).subquery()
    active = select(found.c[0], found.c[1], found.c[2]).join(user, user.c.id == found.c[0]).where(user.c.active)
    return active.order_by(found.c[0], found.c[1], found.c[2])


_HOLDERS = _holders()
"""Asked after every command, so it is put together once."""


def holders(connection: Connection, seats: Collection[tuple[str, str]], *, now: datetime) -> list[Holder]:
    """Everybody with an account in use who holds one of these (role, agency) pairs, and whoever stands in for them."""
    if not seats:
        return []
    return [Holder(*row) for row in connection.execute(_HOLDERS, {"seats": list(seats), "now": now})]


def addresses(connection: Connection, user_ids: Collection[str]) -> dict[tuple[str, str], bytes]:
    """Sealed addresses of these people, by (user, form)."""
    query = select(staff_address.c.user_id, staff_address.c.form, staff_address.c.address_sealed)
    rows = connection.execute(query.where(staff_address.c.user_id.in_(list(user_ids))))
    return {(row[0], row[1]): row[2] for row in rows}


def said(connection: Connection, keys: Collection[str]) -> set[str]:
    """Of these keys those under which anybody was told anything."""
    found = set()
    for key in keys:
        within = (staff_notice.c.dedupe_key >= f"{key}/", staff_notice.c.dedupe_key < f"{key}0")  # "0" follows "/"
        if connection.scalar(select(literal(1)).where(*within).limit(1)):
            found.add(key)
    return found


def set_address(connection: Connection, user_id: str, form: str, *, sealed: bytes | None, now: datetime) -> None:
    """Where this person is told in this form; None: no longer."""
    where = (staff_address.c.user_id == user_id, staff_address.c.form == form)
    connection.execute(delete(staff_address).where(*where))
    if sealed is not None:
        values = {"user_id": user_id, "form": form, "address_sealed": sealed, "set_at": now}
        connection.execute(insert(staff_address).values(values))


def unread(connection: Connection, user_id: str) -> int:
    """How many notices stand unread in this person's console, counted up to a thousand."""
    mine = select(literal(1)).where(staff_notice.c.user_id == user_id, text(UNREAD)).limit(_MOST_COUNTED).subquery()
    return connection.scalar(select(func.count()).select_from(mine)) or 0


def of_user(connection: Connection, user_id: str, *, most: int, only_unread: bool = False) -> list[NoticeRow]:
    """This person's notices in the console, the newest first."""
    query = select(*_COLUMNS).where(staff_notice.c.user_id == user_id, staff_notice.c.form == "console")
    query = query.where(text(UNREAD)) if only_unread else query
    newest = query.order_by(staff_notice.c.created_at.desc(), staff_notice.c.id).limit(most)
    return [NoticeRow(**row._mapping) for row in connection.execute(newest)]


def mark_read(connection: Connection, user_id: str, *, now: datetime, notice_id: str | None = None) -> list[str]:
    """One notice, or all of this person's, is read. Returns the cases it was about, each once."""
    change = update(staff_notice).where(staff_notice.c.user_id == user_id, literal_column(UNREAD))
    change = change if notice_id is None else change.where(staff_notice.c.id == notice_id)
    read = change.values(state="read", read_at=now).returning(staff_notice.c.case_id)
    return list(dict.fromkeys(connection.scalars(read)))


def case_of(connection: Connection, user_id: str, notice_id: str) -> str | None:
    """The case a notice of this person is about; None: no such notice of theirs."""
    mine = (staff_notice.c.user_id == user_id, staff_notice.c.id == notice_id)
    found: str | None = connection.scalar(select(staff_notice.c.case_id).where(*mine))
    return found


def of_case(connection: Connection, case_id: str) -> list[Delivery]:
    """Every notice about a case with its end, in order of writing."""
    rows = _deliveries().where(staff_notice.c.case_id == case_id)
    ordered = rows.order_by(staff_notice.c.created_at, staff_notice.c.dedupe_key)
    return [_delivery(row) for row in connection.execute(ordered)]


def of_sort(connection: Connection, user_id: str, notification: str, *, most: int) -> list[Delivery]:
    """This person's notices of one sort with their ends, the newest first."""
    rows = _deliveries().where(staff_notice.c.user_id == user_id, staff_notice.c.notification == notification)
    newest = rows.order_by(staff_notice.c.created_at.desc(), staff_notice.c.form).limit(most)
    return [_delivery(row) for row in connection.execute(newest)]


def _deliveries() -> Select[Any]:
    sent = (outbox.c.state, outbox.c.outcome, outbox.c.reason, outbox.c.sent_at)
    joined = staff_notice.outerjoin(outbox, outbox.c.id == staff_notice.c.outbox_id)
    joined = joined.outerjoin(user, user.c.id == staff_notice.c.user_id)
    query = select(*_COLUMNS, user.c.display_name, *(column.label(f"sent_{column.name}") for column in sent))
    return query.select_from(joined)


def _delivery(row: Sequence[Any]) -> Delivery:
    width = len(_COLUMNS)
    notice = NoticeRow(*row[:width])
    name, state, outcome, reason, sent_at = row[width:]
    return Delivery(notice, str(name or ""), str(state or ""), str(outcome or ""), str(reason or ""), sent_at)


def unreached(connection: Connection, *, since: datetime) -> int:
    """How many notices since then had no channel, no address or nobody to be told, counted up to a thousand."""
    lately = select(literal(1)).where(text(UNREACHED), staff_notice.c.created_at >= since)
    return connection.scalar(select(func.count()).select_from(lately.limit(_MOST_COUNTED).subquery())) or 0
