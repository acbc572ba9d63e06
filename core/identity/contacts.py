"""
When an address is somebody's, and when two contacts are one person.

An identity is one address of a contact. What a person or a network says about it is *asserted* (a caller's number can
be forged); what was proved by an answer on that address is *verified*. No text of a case is told to an asserted
identity (design, Identity and privacy; TG-5.4, LS-3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


class IdentityKind(StrEnum):
    """What an address is."""

    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"


class Proof(StrEnum):
    """By what an identity is asserted or verified."""

    CALLER_ID = "caller_id"  # the network said so
    TYPED = "typed"  # in a form, a chat or a mail
    SENDER = "sender"  # envelope or From of a mail or SMS without further proof
    PROVIDER = "provider"  # signed by the provider whose account it is (chat id, own contact card)
    DMARC = "dmarc"  # the mail's own domain vouches for the sender
    OTP = "otp"  # a one-time password came back
    CALLBACK = "callback"  # we called the number and the person answered for the report
    STAFF = "staff"  # an officer saw the person


_PROVES: dict[Proof, frozenset[IdentityKind]] = {
    Proof.CALLER_ID: frozenset(),
    Proof.TYPED: frozenset(),
    Proof.SENDER: frozenset(),
    Proof.PROVIDER: frozenset({IdentityKind.CHAT, IdentityKind.PHONE}),
    Proof.DMARC: frozenset({IdentityKind.EMAIL}),
    Proof.OTP: frozenset({IdentityKind.PHONE, IdentityKind.EMAIL}),
    Proof.CALLBACK: frozenset({IdentityKind.PHONE}),
    Proof.STAFF: frozenset(IdentityKind),
}


@dataclass(frozen=True)
class Identity:
    """One address of one contact, as its keyed hash; times are aware."""

    contact_id: str
    kind: IdentityKind
    address_blind: str
    asserted_at: datetime
    verified_at: datetime | None = None
    verified_by: Proof | None = None

    @property
    def verified(self) -> bool:
        """Whether it was ever proved; see `may_hear` for whether that still counts."""
        return self.verified_at is not None


class Linking(StrEnum):
    """What to do with two contacts that share an address."""

    SAME = "same"  # one person: join them
    ASK = "ask"  # perhaps: show it to staff, tell the citizens nothing
    APART = "apart"


def proves(proof: Proof, kind: IdentityKind) -> bool:
    """Whether this kind of evidence verifies an address of this kind."""
    return kind in _PROVES[proof]


def observe(known: Identity | None, seen: Identity, proof: Proof, at: datetime) -> Identity:
    """
    An identity after one more sighting of its address.

    Args:
        known: what is stored for this contact and address, if anything.
        seen: the same address as it would be stored now, unverified.
    A weaker sighting never takes a proof away; a fresh proof renews its date.
    """
    standing = known or seen
    if (standing.contact_id, standing.kind, standing.address_blind) != (seen.contact_id, seen.kind, seen.address_blind):
        raise ValueError("not the same identity")
    if not proves(proof, seen.kind):
        return standing
    return replace(standing, verified_at=at, verified_by=proof)


def may_hear(identity: Identity | None, now: datetime, *, fresh_for: timedelta | None = None) -> bool:
    """
    Whether the text of a case may be told to this identity.

    Args:
        fresh_for: how long a proof counts; None: for ever. Phone numbers are handed out again after some months
            without use, so callers pass a bound for them.
    """
    if identity is None or identity.verified_at is None:
        return False
    return fresh_for is None or now - identity.verified_at <= fresh_for


def linking(first: Iterable[Identity], second: Iterable[Identity]) -> Linking:
    """
    Whether two contacts are one person.

    The same address proved on both sides: yes. Asserted on either side only: perhaps, and a person decides; a caller
    who forges a number, or types a neighbour's, must not come into the neighbour's reports.
    """
    theirs = {(identity.kind, identity.address_blind): identity for identity in second}
    shared = [(mine, theirs[key]) for mine in first if (key := (mine.kind, mine.address_blind)) in theirs]
    if any(mine.verified and other.verified for mine, other in shared):
        return Linking.SAME
    return Linking.ASK if shared else Linking.APART


def surviving(first: tuple[str, datetime], second: tuple[str, datetime]) -> tuple[str, str]:
    """(contact that stays, contact that is joined to it): the older one stays, then the smaller id. Reversible."""
    kept, joined = sorted((first, second), key=lambda contact: (contact[1], contact[0]))
    return kept[0], joined[0]
