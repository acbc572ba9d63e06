"""Addresses by which somebody was known, taken away because they were wrong or may not be used any more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete

from core.storage.tables import identity


def forget_identities(connection: Connection, contact_id: str, *, address_blinds: Collection[str]) -> None:
    """This person is not found at these addresses any more."""
    theirs = identity.c.contact_id == contact_id
    connection.execute(delete(identity).where(theirs, identity.c.address_blind.in_(address_blinds)))
