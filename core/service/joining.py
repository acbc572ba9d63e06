"""
A number proved inside a conversation, and what follows: it is verified there, and contacts that proved the same number
are one person from then on.

Joined is only who was proved on both sides (`core.identity.contacts.linking`); where the other side merely named the
number, a person decides. Nothing is moved: every report stays under the key of the contact that made it, so that a
link can be undone and an erasure still finds everything. Both are written down beside the contacts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from core.contract.errors import NotFound
from core.contract.schema import new_id
from core.identity.contacts import Identity, IdentityKind, Linking, Proof, linking, may_hear, surviving
from core.service.safe import Safe
from core.service.talk import Talk
from core.service.work import Work
from core.storage import contacts, joining, people
from core.storage.database import Connection, Database
from core.storage.joining import Link, Namesake

JOINED, PARTED = "contacts_joined", "contacts_parted"
SYSTEM = "system"
FRESH = timedelta(days=180)
"""How long a proof of a number counts: numbers are handed out again after some months without use."""
_MOST_CODES = 5


@dataclass(frozen=True)
class Joined:
    """What proving a number brought: codes of one's other reports, and whether somebody else merely named it."""

    codes: tuple[str, ...] = ()
    namesakes: bool = False


class Joining:
    """Joins contacts, and parts them."""

    def __init__(self, database: Database, *, safe: Safe, now: Callable[[], datetime]) -> None:
        self._database = database
        self._safe = safe
        self._now = now

    async def prove(self, work: Work, talk: Talk, phone: str, proof: Proof) -> Joined:
        """The number is this person's: verified, and joined with whoever proved it before, in the work at hand."""
        now, blind = self._now(), self._safe.blind.phone(phone)
        mine = Identity(talk.contact_id, IdentityKind.PHONE, blind, now, verified_at=now, verified_by=proof)
        row = contacts.identity_row(talk.contact_id, kind=mine.kind, address_blind=blind, now=now)
        work.put(contacts.IDENTITIES, row)
        verify = partial(contacts.verify_identity, contact_id=talk.contact_id, address_blind=blind, by=proof, now=now)
        work.add(verify)
        found = await self._database.read(partial(_found, contact_id=talk.contact_id, address_blind=blind))
        same = [one for one in found.others if linking([mine], [self._fresh(one)]) is Linking.SAME]
        for one in same:
            work.add(partial(_join, link=self._link((talk.contact_id, found.since or now), one, proof)))
        theirs = await self._database.read(partial(_codes, contacts=[one.identity.contact_id for one in same]))
        return Joined(tuple(theirs), namesakes=len(same) < len(found.others))

    def _fresh(self, other: Namesake) -> Identity:
        """As it counts today: an old proof is none."""
        heard = may_hear(other.identity, self._now(), fresh_for=FRESH)
        return other.identity if heard else replace(other.identity, verified_at=None, verified_by=None)

    def _link(self, mine: tuple[str, datetime], other: Namesake, proof: Proof) -> Link:
        kept, joined = surviving(mine, (other.identity.contact_id, other.created_at))
        return Link(new_id(), contact_id=joined, kept_id=kept, proof=proof, at=self._now())

    async def part(self, link_id: str, *, by: str) -> None:
        """Undo a link. NotFound."""
        if not await self._database.write(partial(_part, link_id=link_id, by=by, now=self._now())):
            raise NotFound("no such link")


@dataclass(frozen=True)
class _Found:
    since: datetime | None
    others: list[Namesake]


def _found(connection: Connection, contact_id: str, address_blind: str) -> _Found:
    since = joining.created_at(connection, contact_id)
    return _Found(since, joining.others_at(connection, address_blind, but=contact_id))


def _codes(connection: Connection, contacts: list[str]) -> list[str]:
    return joining.codes_of(connection, contacts, most=_MOST_CODES) if contacts else []


def _join(connection: Connection, link: Link) -> None:
    joining.add_link(connection, link)
    _note(connection, link, what=JOINED, by=SYSTEM, now=link.at)


def _part(connection: Connection, link_id: str, by: str, now: datetime) -> bool:
    link = joining.undo(connection, link_id, by=by, now=now)
    if link is not None:
        _note(connection, link, what=PARTED, by=by, now=now)
    return link is not None


def _note(connection: Connection, link: Link, *, what: str, by: str, now: datetime) -> None:
    for contact_id in (link.contact_id, link.kept_id):
        people.log_access(connection, user_id=by, what=what, ref=contact_id, now=now)
