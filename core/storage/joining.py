"""Contacts that are one person: links that are only added and undone, never a row moved."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from core.identity.contacts import Identity, IdentityKind, Proof
from core.storage.tables import contact, contact_link, identity, report

_MOST = 50


@dataclass(frozen=True)
class Link:
    """`contact_id` was proved to be `kept_id`, the older one; `undone_at` where a person took that back."""

    id: str
    contact_id: str
    kept_id: str
    proof: str
    at: datetime
    undone_at: datetime | None = None
    undone_by: str = ""


_LINK = tuple(contact_link.c[name] for name in Link.__dataclass_fields__)


@dataclass(frozen=True)
class Namesake:
    """Another contact with the same address, with when it was first met."""

    created_at: datetime
    identity: Identity


def others_at(connection: Connection, address_blind: str, *, but: str) -> list[Namesake]:
    """Contacts that use this address besides one, erased ones left out; the newest, fifty at most."""
    query = (
        select(contact.c.created_at, *(identity.c[name] for name in Identity.__dataclass_fields__))
        .join(contact, contact.c.id == identity.c.contact_id)
        .where(identity.c.address_blind == address_blind, identity.c.contact_id != but, contact.c.erased_at.is_(None))
        .order_by(contact.c.created_at.desc(), contact.c.id)
        .limit(_MOST)
    )
    return [Namesake(row[0], _identity(row._mapping)) for row in connection.execute(query)]


def _identity(row: RowMapping) -> Identity:
    values = {name: row[name] for name in Identity.__dataclass_fields__}
    by = values["verified_by"]
    return Identity(**values | {"kind": IdentityKind(values["kind"]), "verified_by": Proof(by) if by else None})


def created_at(connection: Connection, contact_id: str) -> datetime | None:
    """When a contact was first met; None while it is not stored."""
    found: datetime | None = connection.scalar(select(contact.c.created_at).where(contact.c.id == contact_id))
    return found


def add_link(connection: Connection, link: Link) -> None:
    """Join two contacts, unless they are joined already."""
    standing = select(contact_link.c.id).where(
        contact_link.c.contact_id == link.contact_id,
        contact_link.c.kept_id == link.kept_id,
        contact_link.c.undone_at.is_(None),
    )
    if connection.scalar(standing.limit(1)) is None:
        connection.execute(insert(contact_link).values(asdict(link)))


def undo(connection: Connection, link_id: str, *, by: str, now: datetime) -> Link | None:
    """Part two contacts again; returns the link as it stood, None where there is none to undo."""
    row = connection.execute(
        select(*_LINK).where(contact_link.c.id == link_id, contact_link.c.undone_at.is_(None))
    ).one_or_none()
    if row is None:
        return None
    connection.execute(update(contact_link).where(contact_link.c.id == link_id).values(undone_at=now, undone_by=by))
    return Link(**row._mapping)


def links_of(connection: Connection, contact_id: str) -> list[Link]:
    """Links that stand and reach this contact, over however many others."""
    found: dict[str, Link] = {}
    seen, fresh = set[str](), {contact_id}
    while fresh:
        seen |= fresh
        for link in _touching(connection, fresh):
            found[link.id] = link
        fresh = {one for link in found.values() for one in (link.contact_id, link.kept_id)} - seen
    return sorted(found.values(), key=lambda link: (link.at, link.id))


def _touching(connection: Connection, contacts: Collection[str]) -> list[Link]:
    either = contact_link.c.contact_id.in_(contacts) | contact_link.c.kept_id.in_(contacts)
    return [
        Link(**row._mapping)
        for row in connection.execute(select(*_LINK).where(either, contact_link.c.undone_at.is_(None)))
    ]


def one_person(connection: Connection, contact_id: str) -> list[str]:
    """This contact and all that were joined to it, itself first."""
    links = links_of(connection, contact_id)
    return list(dict.fromkeys([contact_id, *(one for link in links for one in (link.contact_id, link.kept_id))]))


def codes_of(connection: Connection, contacts: Sequence[str], *, most: int) -> list[str]:
    """Codes of what these contacts reported, the newest first."""
    query = select(report.c.code).where(report.c.contact_id.in_(contacts), report.c.erased_at.is_(None))
    return list(connection.scalars(query.order_by(report.c.received_at.desc(), report.c.id).limit(most)))
