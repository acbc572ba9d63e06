"""Asking for a one-time password: counted, stored and sent in one transaction, or only seemingly."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from core.contract.schema import Address, OutboundMessage, new_id
from core.otp import limits
from core.otp.challenge import Challenge, issue, message_text
from core.otp.limits import OtpLimits, Scope, network_of, scopes_of
from core.service.carrying import Carriers, Way
from core.service.envelope import sealed_entry
from core.service.proving.wanted import ASKED, SYSTEM, Limited, Sent, Wanted, secret_of
from core.service.safe import Safe
from core.storage import challenges, outbox, people
from core.storage.challenges import Challenges, Moments
from core.storage.database import Connection, Database
from core.storage.outbox import NewEntry

PRODUCT = "Lang Nghe"
SUBJECT = "Mã xác nhận"
_AGAIN_WITHIN = timedelta(minutes=15)
_BY_MAIL = "{} là mã xác nhận của Quý vị, có hiệu lực trong 5 phút. Vui lòng không cho ai biết mã này."


@dataclass(frozen=True)
class _Made:
    """A challenge with its sealed message, made outside the transaction that decides about it."""

    wanted: Wanted
    recipient: str
    challenge: Challenge
    entry: NewEntry | None = field(repr=False)


class Asking:
    """Takes the wish for a password, within the limits."""

    def __init__(
        self, database: Database, *, safe: Safe, carriers: Carriers, now: Callable[[], datetime], bounds: OtpLimits
    ) -> None:
        self._database = database
        self._carriers = carriers
        self._safe = safe
        self._now = now
        self._bounds = bounds

    async def request(self, wanted: Wanted) -> Sent | Limited:
        """Send a password, or seem to."""
        recipient = self._recipient(wanted)
        scopes = self._scopes(wanted, recipient)
        told = await self._database.read(lambda connection: limits.check(Moments(connection), scopes, self._now()))
        if not told.allowed:
            return Limited(told.retry_after)
        made = await self._make(await self._by_next_carrier(wanted, recipient), recipient)
        return await self._database.write(partial(self._take, made=made, scopes=scopes))

    async def _by_next_carrier(self, wanted: Wanted, recipient: str) -> Wanted:
        """Who asks again has perhaps got nothing: another carrier brings it. A decoy costs the same look."""
        since, scope = self._now() - _AGAIN_WITHIN, limits.RECIPIENT + recipient
        asked = await self._database.read(lambda connection: Moments(connection).times(scope, since))
        if wanted.way is None:
            return wanted
        by = self._carriers.aloud(wanted.way) if wanted.aloud else self._carriers.again(wanted.way, len(asked))
        return replace(wanted, way=by)

    def _recipient(self, wanted: Wanted) -> str:
        """Keyed hash of where it goes; of what was named where it goes nowhere."""
        to = wanted.way.to if wanted.way else None
        return self._safe.blind.address(to.channel, to.account, to.value) if to else self._named(wanted)

    def _named(self, wanted: Wanted) -> str:
        return self._safe.blind.other("otp", wanted.named)

    def _scopes(self, wanted: Wanted, recipient: str) -> tuple[Scope, ...]:
        client, network = (
            self._safe.blind.other("otp-client", one)
            for one in (wanted.client, network_of(wanted.client) or wanted.client)
        )
        named = self._named(wanted) if wanted.named else recipient
        return scopes_of(recipient=named, client=client, network=network, limits=self._bounds)

    async def _make(self, wanted: Wanted, recipient: str) -> _Made:
        """The same work for a decoy, whose message is thrown away."""
        key, now = await secret_of(self._safe), self._now()
        issued = issue(recipient=recipient, purpose=wanted.purpose, now=now, key=key, known=wanted.way is not None)
        subject = issued.challenge.id
        await self._safe.make([subject])
        seal = partial(self._entry, wanted, issued.challenge, issued.code or "000000")
        entry = await self._safe.aside(seal, subject)
        return _Made(wanted, recipient, issued.challenge, entry if wanted.way else None)

    def _entry(self, wanted: Wanted, challenge: Challenge, code: str) -> NewEntry:
        message = _message(wanted.way or _NOWHERE, code, expires_at=challenge.expires_at)
        key, now = f"otp/{challenge.id}", challenge.issued_at
        entry = sealed_entry(self._safe, message, subject_id=challenge.id, dedupe_key=key, now=now)
        return replace(entry, forget=True)

    def _take(self, connection: Connection, *, made: _Made, scopes: tuple[Scope, ...]) -> Sent | Limited:
        """Count it, store it, and send it where the address itself has not had too many."""
        now, store = made.challenge.issued_at, Moments(connection)
        quiet = Scope(limits.RECIPIENT + made.recipient, self._bounds.recipient)
        challenges.one_at_a_time(connection, [scope.key for scope in (*scopes, quiet)])
        told = limits.check(store, scopes, now)
        if not told.allowed:
            return Limited(told.retry_after)
        goes = made.entry is not None and (quiet in scopes or limits.check(store, (quiet,), now).allowed)
        limits.record(store, tuple(dict.fromkeys((*scopes, *((quiet,) if goes else ())))), now)
        Challenges(connection).add(made.challenge if goes else _decoy(made.challenge))
        people.log_access(connection, user_id=SYSTEM, what=ASKED, ref=made.challenge.id, now=now)
        if goes and made.entry is not None:
            outbox.ENTRIES.store(connection, [made.entry.__dict__])
        return Sent(made.challenge.id)


_NOWHERE = Way(Address(channel="nowhere", account="", value=""))


def _message(way: Way, code: str, *, expires_at: datetime) -> OutboundMessage:
    return OutboundMessage(
        id=new_id(),
        channel=way.to.channel,
        account=way.to.account,
        recipient=way.to,
        text=_BY_MAIL.format(code) if way.kind == "email" else message_text(code, product=PRODUCT),
        subject=SUBJECT,
        purpose="otp",
        fields={"otp": code},
        expires_at=expires_at,
    )


def _decoy(challenge: Challenge) -> Challenge:
    """The same, with an answer that nobody has."""
    return replace(challenge, code_hash=secrets.token_hex(32))
