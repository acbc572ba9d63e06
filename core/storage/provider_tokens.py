"""
Tokens of providers: the pair in force, who may renew it, and the requests of officials to be granted one.

A refresh token that can be used once must never be used twice: renewing needs the lease, and storing a pair needs the
generation that it follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select, update

from core.storage import outbox
from core.storage.database import upsert
from core.storage.tables import grant_request, provider_token

_LONGEST_LEASE = timedelta(minutes=10)


@dataclass(frozen=True)
class TokenRow:
    """One account's pair, sealed. `unsettled`: a renewal began, and nobody has said what came of it."""

    channel: str
    account: str
    generation: int
    pair_sealed: bytes
    expires_at: datetime
    refreshed_at: datetime
    needs_reauth: bool = False
    lease_owner: str = ""
    lease_until: datetime | None = None
    unsettled: bool = False


@dataclass(frozen=True)
class GrantRow:
    """One request to be granted a pair: who began it, on which channel, and what must be shown to end it."""

    state_hash: str
    channel: str
    user_id: str
    verifier_sealed: bytes
    expires_at: datetime


def load(connection: Connection, *, channel: str, account: str) -> TokenRow | None:
    """What stands for this account."""
    row = connection.execute(select(provider_token).where(_is(channel, account))).one_or_none()
    return None if row is None else TokenRow(**row._mapping)


def begin_anew(connection: Connection, row: TokenRow) -> TokenRow:
    """
    A pair that a person has been granted goes before whatever stands there; its generation is the next one.

    What waited for it is sent now.
    """
    before = connection.execute(_locked(row.channel, row.account)).one_or_none()
    given = TokenRow(**row.__dict__ | {"generation": 1 if before is None else before.generation + 1})
    columns = [name for name in given.__dict__ if name not in ("channel", "account")]
    connection.execute(upsert(connection, provider_token, update=columns).values(given.__dict__))
    outbox.hasten_let_in(connection, channel=row.channel, now=row.refreshed_at)
    return given


def replace(connection: Connection, row: TokenRow) -> bool:
    """Store the pair that follows the generation before it; False where that is not the last one any more."""
    before = and_(_is(row.channel, row.account), provider_token.c.generation == row.generation - 1)
    if connection.execute(update(provider_token).where(before).values(row.__dict__)).rowcount != 1:
        return False
    outbox.hasten_let_in(connection, channel=row.channel, now=row.refreshed_at)
    return True


def take_lease(
    connection: Connection, *, channel: str, account: str, generation: int, owner: str, now: datetime, until: datetime
) -> bool | None:
    """
    Lease the right to renew this generation to `owner`.

    Returns: None where somebody else has it, or there is nothing to renew; else whether an earlier renewal of the same
    pair was left unsettled.
    """
    row = connection.execute(_locked(channel, account)).one_or_none()
    if row is None or row.generation != generation or row.needs_reauth or _lives(row.lease_until, now):
        return None
    lease = {"lease_owner": owner, "lease_until": until, "unsettled": True}
    connection.execute(update(provider_token).where(_is(channel, account)).values(lease))
    return bool(row.unsettled)


def _lives(until: datetime | None, now: datetime) -> bool:
    """A lease that ends later than any of now can was taken before the clock was set back: it is none."""
    return until is not None and now < until <= now + _LONGEST_LEASE


def let_go(
    connection: Connection,
    *,
    channel: str,
    account: str,
    generation: int,
    owner: str,
    unsettled: bool,
    needs_reauth: bool,
) -> None:
    """Give the lease back, with what came of it; nothing where it is another's by now."""
    ours = and_(_is(channel, account), provider_token.c.lease_owner == owner, provider_token.c.generation == generation)
    values = {"lease_owner": "", "lease_until": None, "unsettled": unsettled, "needs_reauth": needs_reauth}
    connection.execute(update(provider_token).where(ours).values(values))


def note_request(connection: Connection, row: GrantRow, *, now: datetime) -> None:
    """Remember a request; those that nobody ended go with it."""
    connection.execute(delete(grant_request).where(grant_request.c.expires_at <= now))
    connection.execute(insert(grant_request).values(row.__dict__))


def take_request(connection: Connection, state_hash: str) -> GrantRow | None:
    """A request, which is gone with this: it works once."""
    taken = delete(grant_request).where(grant_request.c.state_hash == state_hash).returning(*grant_request.c)
    row = connection.execute(taken).one_or_none()
    return None if row is None else GrantRow(**row._mapping)


def _locked(channel: str, account: str) -> Any:
    return select(provider_token).where(_is(channel, account)).with_for_update()


def _is(channel: str, account: str) -> Any:
    return and_(provider_token.c.channel == channel, provider_token.c.account == account)
