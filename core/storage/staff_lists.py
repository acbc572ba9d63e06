"""
What staff pages list besides cases: names of colleagues, what could not be sent, what could not be read.

Reading only, over the tables of the other repositories; every page is continued from its last line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Connection, bindparam, func, select, text, tuple_, type_coerce

from core.storage import outbox as outbox_rows
from core.storage.conversations import ConversationRow
from core.storage.tables import (
    ATTENDED,
    STOPPED,
    case,
    conversation,
    identity,
    inbox_item,
    outbox,
    role_grant,
    user,
)
from core.storage.types import to_microseconds


@dataclass(frozen=True)
class Colleague:
    """One official who holds a role of an agency (or of the centre: agency id empty)."""

    id: str
    name: str
    role: str
    agency_id: str


@dataclass(frozen=True)
class Delivery:
    """
    How far one message to a citizen got. `outcome` is the provider's last word, where there is one.

    `root`: the first of those that try to tell one thing; `why`: why this way was taken after another.
    """

    id: str
    state: str
    outcome: str
    reason: str
    sent_at: datetime | None
    channel: str = ""
    root: str = ""
    why: str = ""


@dataclass(frozen=True)
class Step:
    """One of the tries to tell one thing. `why`: why this way was taken after another; `provider_id`: if it got one."""

    entry: str
    channel: str
    way: str
    state: str
    outcome: str
    reason: str
    why: str
    tries: int
    written_at: datetime
    sent_at: datetime | None
    provider_id: str | None
    subject_id: str
    payload_sealed: bytes | None


@dataclass(frozen=True)
class StoppedEntry:
    """A message that did not go out (`failed`), or of which nobody knows (`unknown`). No words, no address."""

    id: str
    seq: int
    dedupe_key: str
    conversation_id: str
    case_id: str | None
    channel: str
    state: str
    attempts: int
    reason: str
    created_at: datetime
    why: str = ""

    @property
    def to_staff(self) -> bool:
        """Whether an official was to be told: there is no conversation then."""
        return self.dedupe_key.startswith(outbox_rows.TO_STAFF)


@dataclass(frozen=True)
class QuarantinedItem:
    """Something that came in and could not be read; its body stays sealed."""

    id: int
    channel: str
    account: str
    received_at: datetime
    attempts: int
    reason: str


# Asked for every page of a case, so they are put together once.
_NAMES_OF = select(user.c.id, user.c.display_name).where(user.c.id.in_(bindparam("ids", expanding=True)))
_OFFICIALS_OF = (
    select(user.c.id, user.c.display_name, role_grant.c.role, role_grant.c.agency_id)
    .join(role_grant, role_grant.c.user_id == user.c.id)
    .where(user.c.active, role_grant.c.agency_id.in_(bindparam("agencies", expanding=True)))
    .order_by(user.c.display_name, user.c.id, role_grant.c.role)
)
_SENT_IN = (
    select(*(outbox.c[name] for name in Delivery.__dataclass_fields__))
    .where(outbox.c.conversation_id.in_(bindparam("ids", expanding=True)))
    .order_by(outbox.c.seq)
)


def user_names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """Display names by user id; unknown ids are left out."""
    return {row[0]: row[1] for row in connection.execute(_NAMES_OF, {"ids": list(ids)})} if ids else {}


def colleagues(connection: Connection, agency_ids: Collection[str]) -> list[Colleague]:
    """Active officials of these agencies, by name."""
    found = connection.execute(_OFFICIALS_OF, {"agencies": list(agency_ids)}) if agency_ids else ()
    return [Colleague(*row) for row in found]


def case_states(connection: Connection, case_ids: Collection[str]) -> dict[str, Any]:
    """The stored folds of these cases, by id."""
    query = select(case.c.id, case.c.state).where(case.c.id.in_(case_ids))
    return {row.id: row.state for row in connection.execute(query)}


def contacts_at(connection: Connection, address_blinds: Collection[str]) -> list[str]:
    """Everybody who ever used one of these addresses."""
    query = select(identity.c.contact_id).where(identity.c.address_blind.in_(address_blinds))
    return list(dict.fromkeys(connection.scalars(query.order_by(identity.c.asserted_at, identity.c.id))))


@dataclass(frozen=True)
class KnownIdentity:
    """One kind of address a contact uses, and how it was proved; the address itself is a hash here."""

    kind: str
    asserted_at: datetime
    verified_at: datetime | None
    verified_by: str | None


def identities(connection: Connection, contact_id: str) -> list[KnownIdentity]:
    """How a contact is known to us, the oldest first."""
    columns = (identity.c[name] for name in KnownIdentity.__dataclass_fields__)
    query = select(*columns).where(identity.c.contact_id == contact_id).order_by(identity.c.asserted_at, identity.c.id)
    return [KnownIdentity(**row._mapping) for row in connection.execute(query)]


_CONVERSATION = tuple(conversation.c[name] for name in ConversationRow.__dataclass_fields__)
_DOUBTED = "doubted"
SPAM_BEHIND = 2**61
"""Likely spam stands so many microseconds behind its time: more than any moment reaches."""


def attended(connection: Connection, *, after: tuple[int, str] | None = None, most: int = 50) -> list[ConversationRow]:
    """
    Conversations that wait for a person or that one has taken over, the longest waiting first, likely spam last.

    `after` is the place (`place_attended`) of the last line of the page before.
    """
    spam, rows = conversation.c.mode == _DOUBTED, list[ConversationRow]()
    if after is None or after[0] < SPAM_BEHIND:
        rows, after = _attended(connection, ~spam, after, most), None
    else:
        after = after[0] - SPAM_BEHIND, after[1]
    return rows if len(rows) == most else rows + _attended(connection, spam, after, most - len(rows))


def count_attended(connection: Connection) -> int:
    """How many conversations that is."""
    return connection.scalar(select(func.count()).select_from(conversation).where(text(f"({ATTENDED})"))) or 0


def place_attended(row: ConversationRow) -> tuple[int, str]:
    """The place of a conversation in that list: its last message in microseconds, its id."""
    return to_microseconds(row.last_message_at) + (SPAM_BEHIND if row.mode == _DOUBTED else 0), row.id


def _attended(
    connection: Connection, kind: ColumnElement[bool], after: tuple[int, str] | None, most: int
) -> list[ConversationRow]:
    at = type_coerce(conversation.c.last_message_at, BigInteger)
    query = select(*_CONVERSATION).where(text(f"({ATTENDED})"), kind).order_by(at, conversation.c.id).limit(most)
    if after is not None:
        query = query.where(tuple_(at, conversation.c.id) > after)
    return [ConversationRow(**row._mapping) for row in connection.execute(query)]


def deliveries(connection: Connection, conversation_ids: Collection[str]) -> dict[str, Delivery]:
    """How far the messages of these conversations got, by outbox id."""
    found = connection.execute(_SENT_IN, {"ids": list(conversation_ids)}) if conversation_ids else ()
    return {row.id: Delivery(*row) for row in found}


def stopped(connection: Connection, *, after: int = 0, most: int = 50) -> list[StoppedEntry]:
    """Messages that failed or whose end nobody knows, in order of writing. `after` is the last line's number."""
    columns = (outbox.c[name] for name in StoppedEntry.__dataclass_fields__)
    query = select(*columns).where(text(STOPPED), outbox.c.seq > after)
    return [StoppedEntry(**row._mapping) for row in connection.execute(query.order_by(outbox.c.seq).limit(most))]


_STEP = select(
    outbox.c.id.label("entry"),
    outbox.c.attempts.label("tries"),
    outbox.c.created_at.label("written_at"),
    outbox.c.provider_message_id.label("provider_id"),
    *(outbox.c[name] for name in ("channel", "way", "state", "outcome", "reason", "why", "sent_at")),
    outbox.c.subject_id,
    outbox.c.payload_sealed,
).order_by(outbox.c.seq)


def steps_of(connection: Connection, entry_id: str) -> list[Step]:
    """All tries to tell the thing that this message was to tell, in order; none: there is no such message."""
    found = connection.execute(
        select(outbox.c.id, outbox.c.conversation_id, outbox.c.root).where(outbox.c.id == entry_id)
    ).first()
    if found is None:
        return []
    same = (outbox.c.conversation_id == found.conversation_id) & (outbox.c.root == found.root)
    theirs = same if found.root else outbox.c.id == entry_id
    return [Step(**row._mapping) for row in connection.execute(_STEP.where(theirs))]


def quarantined(connection: Connection, *, after: int = 0, most: int = 50) -> list[QuarantinedItem]:
    """What could not be read, in order of arrival. `after` is the last line's id."""
    columns = (inbox_item.c[name] for name in QuarantinedItem.__dataclass_fields__)
    query = select(*columns).where(inbox_item.c.state == "quarantined", inbox_item.c.id > after)
    return [QuarantinedItem(**row._mapping) for row in connection.execute(query.order_by(inbox_item.c.id).limit(most))]
