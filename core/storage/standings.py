"""Who lets us write to them where: the latest word of a provider, or of the person, for each address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from core.storage.database import upsert
from core.storage.tables import identity, standing


@dataclass(frozen=True)
class StandingRow:
    """Whether somebody may be written to at one address of one account of ours, since `at`."""

    channel: str
    account: str
    address_blind: str
    reachable: bool
    reason: str
    at: datetime


_COLUMNS = tuple(standing.c[name] for name in StandingRow.__dataclass_fields__)


def note(connection: Connection, row: StandingRow) -> None:
    """Keep a word unless a later one is known: providers tell things in any order, and twice."""
    here = (standing.c.channel == row.channel) & (standing.c.account == row.account)
    known = connection.scalar(select(standing.c.at).where(here, standing.c.address_blind == row.address_blind))
    if known is None or known < row.at:
        changed = upsert(connection, standing, update=["reachable", "reason", "at"])
        connection.execute(changed.values({**row.__dict__, "reason": row.reason[:24]}))


def at_addresses(connection: Connection, address_blinds: Collection[str]) -> list[StandingRow]:
    """What is known of these addresses, on every account."""
    query = select(*_COLUMNS).where(standing.c.address_blind.in_(address_blinds))
    return [StandingRow(**row._mapping) for row in connection.execute(query)]


def forget(connection: Connection, contact_id: str) -> None:
    """Of an erased person nothing stays, whatever address they used."""
    theirs = select(identity.c.address_blind).where(identity.c.contact_id == contact_id)
    connection.execute(delete(standing).where(standing.c.address_blind.in_(theirs)))
