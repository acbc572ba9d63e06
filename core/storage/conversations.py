"""
What people and we say to each other: conversations and their messages.

Addresses are found by keyed hash (blind index); words are ciphertext under the contact's key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Integer, bindparam, delete, func, insert, select

from core.contract.errors import NotFound, VersionConflict
from core.contract.schema import new_id
from core.storage import contacts
from core.storage.changing import Changes
from core.storage.database import padded
from core.storage.tables import conversation, diversion, message, timer
from core.storage.together import after_rows, locking, rows_into

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ConversationRow:
    """
    One thread of one citizen's address on one channel account.

    `attendant`: user id of who has taken it over (mode `person`). `answered_at`: when it was last closed as a question.
    """

    id: str
    channel: str
    account: str
    address_blind: str
    contact_id: str
    correspondent_sealed: bytes | None
    dialogue_sealed: bytes | None
    mode: str
    version: int
    created_at: datetime
    last_message_at: datetime
    last_inbound_at: datetime | None
    unread: int
    needs_human: bool
    attendant: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True)
class MessageRow:
    """One message of a conversation, in or out."""

    id: str
    seq: int
    conversation_id: str
    direction: str
    kind: str
    provider_blind: str
    at: datetime
    content_sealed: bytes | None
    author: str
    outbox_id: str | None
    raw_id: str | None = None


_CONVERSATION = tuple(conversation.c[name] for name in ConversationRow.__dataclass_fields__)
_MESSAGE = tuple(message.c[name] for name in MessageRow.__dataclass_fields__)
_BY_ID = select(*_CONVERSATION).where(conversation.c.id == bindparam("conversation_id"))
_NEWEST_OF = (
    select(*_MESSAGE)
    .where(message.c.conversation_id == bindparam("conversation_id"))
    .order_by(message.c.seq.desc())
    .limit(bindparam("most", type_=Integer))
)


def load(connection: Connection, conversation_id: str) -> ConversationRow:
    """One conversation. NotFound."""
    found = find(connection, conversation_id)
    if found is None:
        raise NotFound(f"no conversation {conversation_id}")
    return found


def find(connection: Connection, conversation_id: str) -> ConversationRow | None:
    """One conversation, or None."""
    row = connection.execute(_BY_ID, {"conversation_id": conversation_id}).one_or_none()
    return None if row is None else ConversationRow(*row)


def newest_at(connection: Connection, *, channel: str, account: str, address_blind: str) -> ConversationRow | None:
    """The latest conversation with one address, or None."""
    asked = {"channel": channel, "account": account, "address_blind": address_blind}
    row = connection.execute(_NEWEST_AT, asked).one_or_none()
    return None if row is None else ConversationRow(*row)


_AT = (
    conversation.c.channel == bindparam("channel"),
    conversation.c.account == bindparam("account"),
    conversation.c.address_blind == bindparam("address_blind"),
)
_NEWEST_AT = select(*_CONVERSATION).where(*_AT).order_by(conversation.c.last_message_at.desc()).limit(1)


def all_at(connection: Connection, *, channel: str, account: str, address_blind: str) -> list[str]:
    """Ids of all conversations with one address."""
    asked = {"channel": channel, "account": account, "address_blind": address_blind}
    return list(connection.scalars(_ALL_AT, asked))


_ALL_AT = select(conversation.c.id).where(*_AT)


def of_provider_ids(connection: Connection, provider_blinds: Collection[str]) -> dict[str, str]:
    """Which conversation each of these provider message ids belongs to (replies, receipts)."""
    return {row[0]: row[1] for row in connection.execute(_OF_PROVIDER_IDS, {"blinds": padded(provider_blinds)})}


_OF_PROVIDER_IDS = select(message.c.provider_blind, message.c.conversation_id).where(
    message.c.provider_blind.in_(bindparam("blinds", expanding=True))
)
CONVERSATIONS = rows_into(conversation)
MESSAGES = rows_into(message)


def save(connection: Connection, changed: Sequence[tuple[ConversationRow, int]]) -> None:
    """Store changed conversations, each with its version before. VersionConflict when another worker was at one."""
    expected = {row.id: version for row, version in changed}
    standing = connection.execute(_VERSIONS, {"ids": padded(expected)}).all()
    if len(expected) < len(changed) or expected != {row.id: row.version for row in standing}:
        raise VersionConflict(f"one of {len(changed)} conversations is no longer as it was read")
    _SAVE.store(connection, [row.__dict__ for row, _ in sorted(changed, key=lambda one: one[0].id)])


_VERSIONS = (
    select(conversation.c.id, conversation.c.version)
    .where(conversation.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(conversation.c.id)
    .with_for_update()
)
_SAVE = Changes(conversation, by="id", to=tuple(name for name in ConversationRow.__dataclass_fields__ if name != "id"))
SAVED = locking("conversation", save)
"""(conversation row, its version before)."""


def next_seq(connection: Connection, conversation_id: str) -> int:
    """The number of the next message."""
    return (connection.scalar(_LAST_SEQ, {"conversation_id": conversation_id}) or 0) + 1


_LAST_SEQ = select(func.max(message.c.seq)).where(message.c.conversation_id == bindparam("conversation_id"))


def messages(connection: Connection, conversation_id: str, *, most: int = 500) -> list[MessageRow]:
    """The last messages of a conversation, in order."""
    newest = connection.execute(_NEWEST_OF, {"conversation_id": conversation_id, "most": most})
    return [MessageRow(*row) for row in newest][::-1]


def said_by_us(connection: Connection, conversation_id: str, provider_blinds: Collection[str]) -> list[MessageRow]:
    """Those of our messages in a conversation that a provider knows by these ids."""
    ours = message.c.provider_blind.in_(provider_blinds), message.c.direction == "out"
    query = select(*_MESSAGE).where(message.c.conversation_id == conversation_id, *ours)
    return [MessageRow(*row) for row in connection.execute(query)]


def last_heard(connection: Connection, ids: Collection[str]) -> dict[str, MessageRow]:
    """What its citizen said last in each of these conversations, by conversation id."""
    last = (
        select(message.c.conversation_id, func.max(message.c.seq).label("seq"))
        .where(message.c.conversation_id.in_(ids), message.c.direction == "in")
        .group_by(message.c.conversation_id)
        .subquery("last")
    )
    here = (message.c.conversation_id == last.c.conversation_id) & (message.c.seq == last.c.seq)
    found = connection.execute(select(*_MESSAGE).join(last, here)) if ids else ()
    return {row.conversation_id: MessageRow(*row) for row in found}


def note_provider_ids(connection: Connection, known: Sequence[tuple[str, str]]) -> None:
    """Remember the providers' ids (outbox id, keyed hash) of messages we sent: replies and receipts name them."""
    _PROVIDER_ID.store(connection, [{"outbox_id": entry, "provider_blind": blind} for entry, blind in sorted(known)])


_PROVIDER_ID = Changes(message, by="outbox_id", to=("provider_blind",))
PROVIDER_IDS = after_rows(note_provider_ids)


def automatic_since(connection: Connection, row: ConversationRow, since: datetime) -> list[datetime]:
    """When the bot last wrote to this address, over all its conversations."""
    asked = {"channel": row.channel, "account": row.account, "address_blind": row.address_blind, "since": since}
    return list(connection.scalars(_AUTOMATIC_SINCE, asked))


_AUTOMATIC_SINCE = (
    select(message.c.at)
    .join(conversation, conversation.c.id == message.c.conversation_id)
    .where(*_AT, message.c.direction == "out", message.c.kind == "bot", message.c.at >= bindparam("since"))
)


def of_contact(connection: Connection, contact_id: str) -> list[ConversationRow]:
    """All conversations of a person."""
    query = select(*_CONVERSATION).where(conversation.c.contact_id == contact_id).order_by(conversation.c.created_at)
    return [ConversationRow(**row._mapping) for row in connection.execute(query)]


def count_diversion(connection: Connection, *, kind: str, channel: str, day: str) -> None:
    """All that stays of a diverted message: its kind, channel and day (VN-1, VN-2)."""
    connection.execute(insert(diversion).values(id=new_id(), day=day, kind=kind, channel=channel))


def raws_of(connection: Connection, conversation_id: str, provider_blinds: Collection[str] | None = None) -> list[str]:
    """Ids of the raw bodies behind these messages, or behind all of a conversation's."""
    query = select(message.c.raw_id).where(message.c.conversation_id == conversation_id, message.c.raw_id.is_not(None))
    if provider_blinds is not None:
        query = query.where(message.c.provider_blind.in_(provider_blinds))
    return list(connection.scalars(query))


def erase_messages(connection: Connection, conversation_id: str, provider_blinds: Collection[str]) -> None:
    """Remove single messages as if they had never been said."""
    mentioned = message.c.provider_blind.in_(provider_blinds)
    connection.execute(delete(message).where(message.c.conversation_id == conversation_id, mentioned))


def erase(connection: Connection, row: ConversationRow) -> None:
    """Remove a diverted conversation with its messages and timers, and its contact, of whom nothing else is kept."""
    for table in (timer, message):
        connection.execute(delete(table).where(table.c.conversation_id == row.id))
    connection.execute(delete(conversation).where(conversation.c.id == row.id))
    contacts.erase(connection, row.contact_id)
