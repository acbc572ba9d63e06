"""What is known of the ways to one person, read at one moment: conversations, profile, proofs, who shut the door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from core.storage import contacts, conversations, joining, standings
from core.storage.conversations import ConversationRow
from core.storage.standings import StandingRow
from core.storage.tables import identity


@dataclass(frozen=True)
class Known:
    """
    Args:
        proved: since when each address (its keyed hash) is proved; None: it is only said to be theirs.
        profile_sealed: name, phones, emails.
    """

    conversations: tuple[ConversationRow, ...]
    profile_sealed: bytes | None
    proved: Mapping[str, datetime | None]
    standings: tuple[StandingRow, ...]


def of_person(connection: Connection, contact_id: str) -> dict[str, Known]:
    """Everything that says how a person may be reached, by contact: this one, and all that were joined to it."""
    return {one: _of_contact(connection, one) for one in joining.one_person(connection, contact_id)}


def _of_contact(connection: Connection, contact_id: str) -> Known:
    query = select(identity.c.address_blind, identity.c.verified_at).where(identity.c.contact_id == contact_id)
    proved = {row.address_blind: row.verified_at for row in connection.execute(query)}
    return Known(
        tuple(conversations.of_contact(connection, contact_id)),
        contacts.profile(connection, contact_id),
        proved,
        tuple(standings.at_addresses(connection, list(proved))),
    )
