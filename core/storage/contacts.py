"""
People as we know them: a contact, the addresses it was met at, and its sealed profile.

Addresses are found by keyed hash (blind index); a profile is ciphertext under the contact's key.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, select, update

from core.contract.errors import VersionConflict
from core.contract.schema import new_id
from core.storage import standings
from core.storage.changing import Changes
from core.storage.database import padded
from core.storage.tables import contact, contact_link, identity
from core.storage.together import after_rows, rows_into

Row = Mapping[str, Any]

CONTACTS = rows_into(contact, repeated=True)
"""People we had not met; a second creation of the same id does nothing."""
IDENTITIES = rows_into(identity, repeated=True)


def contact_row(contact_id: str, *, now: datetime, profile_sealed: bytes | None = None) -> Row:
    """One of CONTACTS; whether the person was erased meanwhile is asked by STANDING."""
    return {"id": contact_id, "created_at": now, "profile_sealed": profile_sealed}


def _refuse_erased(connection: Connection, contact_ids: Sequence[str]) -> None:
    """VersionConflict when one of them was erased meanwhile."""
    erased = select(contact.c.id).where(contact.c.id.in_(contact_ids), contact.c.erased_at.is_not(None))
    if (found := connection.scalar(erased.limit(1))) is not None:
        raise VersionConflict(f"contact {found} was erased meanwhile")


STANDING = after_rows(_refuse_erased)
"""Contact ids that must not have been erased."""


def _set_profiles(connection: Connection, profiles: Sequence[tuple[str, bytes]]) -> None:
    _PROFILE.store(connection, [{"id": one, "profile_sealed": profile} for one, profile in sorted(profiles)])


_PROFILE = Changes(contact, by="id", to=("profile_sealed",))
PROFILES = after_rows(_set_profiles)
"""(contact id, sealed name, phones, emails, address as last said)."""


def profile(connection: Connection, contact_id: str) -> bytes | None:
    """The sealed profile of a contact; None when there is none (yet, or any more)."""
    return connection.scalar(select(contact.c.profile_sealed).where(contact.c.id == contact_id))


def identity_row(contact_id: str, *, kind: str, address_blind: str, now: datetime) -> Row:
    """One of IDENTITIES: this contact uses this address, so far only by their own word."""
    return {
        "id": new_id(),
        "contact_id": contact_id,
        "kind": kind,
        "address_blind": address_blind,
        "asserted_at": now,
    }


def left_a_number(connection: Connection, contact_id: str) -> bool:
    """Whether a telephone number of this contact is known, by their own word or by proof."""
    theirs = (identity.c.contact_id == contact_id) & (identity.c.kind == "phone")
    return bool(connection.scalar(select(exists().where(theirs))))


def verify_identity(connection: Connection, contact_id: str, *, address_blind: str, by: str, now: datetime) -> None:
    """The address is proved (callback, one-time password)."""
    connection.execute(
        update(identity)
        .where(identity.c.contact_id == contact_id, identity.c.address_blind == address_blind)
        .values(verified_at=now, verified_by=by)
    )


def at_addresses(connection: Connection, address_blinds: Collection[str]) -> dict[str, str]:
    """By address, the contact that it was first seen with; unknown addresses are left out."""
    return {row[0]: row[1] for row in connection.execute(_CONTACTS_AT, {"blinds": padded(address_blinds)})}


_CONTACTS_AT = (
    select(identity.c.address_blind, identity.c.contact_id)
    .where(identity.c.address_blind.in_(bindparam("blinds", expanding=True)))
    .order_by(identity.c.asserted_at.desc(), identity.c.id.desc())
)


def verify_only_phone(connection: Connection, contact_id: str, *, by: str, now: datetime) -> None:
    """The number of this contact is proved, where they have just one."""
    theirs = (identity.c.contact_id == contact_id) & (identity.c.kind == "phone")
    ids = list(connection.scalars(select(identity.c.id).where(theirs).limit(2)))
    if len(ids) == 1:
        connection.execute(update(identity).where(identity.c.id == ids[0]).values(verified_at=now, verified_by=by))


def forget_links(connection: Connection, contact_id: str) -> None:
    """A contact goes: nobody was ever joined to it."""
    either = (contact_link.c.contact_id == contact_id) | (contact_link.c.kept_id == contact_id)
    connection.execute(delete(contact_link).where(either))


def erase(connection: Connection, contact_id: str) -> None:
    """A contact of whom nothing else is kept goes, with its addresses and what they hold."""
    standings.forget(connection, contact_id)
    connection.execute(delete(identity).where(identity.c.contact_id == contact_id))
    forget_links(connection, contact_id)
    connection.execute(delete(contact).where(contact.c.id == contact_id))
