"""
Proving an address by a one-time password: asked for, sent, answered (QB-QD.III.1.1a; design, Identity and privacy).

Whoever asks learns nothing about whether an address is known: a decoy costs the same reads, the same sealing and one
transaction, is limited alike and answered alike; only nothing is sent. The password travels through the outbox under a
key of its own, which goes with it as soon as it was sent or is worth nothing any more. What is written down of it
names nobody: that one was asked for, that one was taken or refused.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.errors import VersionConflict
from core.contract.schema import Address, OutboundMessage, new_id
from core.otp import limits
from core.otp.challenge import Challenge, Checked, Outcome, check, issue, message_text
from core.otp.limits import OtpLimits, Scope, network_of, scopes_of
from core.service.carrying import Carriers, Way
from core.service.safe import Safe
from core.service.work import Work
from core.storage import challenges, outbox, people
from core.storage.challenges import Challenges, Moments
from core.storage.database import Connection, Database
from core.storage.outbox import NewEntry

log = structlog.get_logger()

PRODUCT = "Lang Nghe"
SUBJECT = "Mã xác nhận"
SYSTEM = "system"
ASKED, ACCEPTED, REFUSED = "otp_asked", "otp_accepted", "otp_refused"
_BY_MAIL = "{} là mã xác nhận của Quý vị, có hiệu lực trong 5 phút. Vui lòng không cho ai biết mã này."
_SWAPS = 8


@dataclass(frozen=True)
class Wanted:
    """
    A password that somebody asks for.

    Args:
        purpose: what an answer permits; names no address.
        way: where it would go; None: to nobody, and nobody is to notice.
        client: who asks, a network address; in a chat, their address there.
        named: what they named in asking, where that is not the address itself: what they are told of limits counts
            for it, and limits of the address itself make a decoy in silence.
    """

    purpose: str
    way: Way | None
    client: str
    named: str = ""


@dataclass(frozen=True)
class Sent:
    """It is on its way, or nobody can tell that it is not: the challenge that the answer belongs to."""

    challenge_id: str


@dataclass(frozen=True)
class Limited:
    """Too many were asked for; nothing was sent."""

    retry_after: timedelta


@dataclass(frozen=True)
class _Made:
    """A challenge with its sealed message, made outside the transaction that decides about it."""

    wanted: Wanted
    recipient: str
    challenge: Challenge
    entry: NewEntry | None = field(repr=False)


class Proving:
    """One-time passwords of a deployment. `changed` wakes whoever sends."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        carriers: Carriers,
        now: Callable[[], datetime],
        changed: Callable[[], None],
        bounds: OtpLimits | None = None,
    ) -> None:
        self._database = database
        self._safe = safe
        self.carriers = carriers
        self._now = now
        self._changed = changed
        self._bounds = bounds or OtpLimits()

    async def request(self, wanted: Wanted) -> Sent | Limited:
        """Send a password, or seem to."""
        recipient = self._recipient(wanted)
        scopes = self._scopes(wanted, recipient)
        told = await self._database.read(lambda connection: limits.check(Moments(connection), scopes, self._now()))
        if not told.allowed:
            return Limited(told.retry_after)
        made = await self._make(wanted, recipient)
        answer = await self._database.write(partial(self._take, made=made, scopes=scopes))
        if isinstance(answer, Sent):
            self._changed()
        return answer

    async def check(self, challenge_id: str, typed: str, *, purpose: str) -> bool:
        """
        Whether the answer is right; then the password is used up.

        Whatever else is true of it (unknown, wrong, too late, used) is the same answer; parallel ones cost a try each.
        """
        key = await self._key()
        judge = partial(self._judge, challenge_id=challenge_id, typed=typed, purpose=purpose, key=key)
        for _ in range(_SWAPS):
            outcome = await self._database.write(judge)
            if outcome is not None:
                log.info("otp_checked", outcome=outcome)
                return outcome is Outcome.ACCEPTED
        return False

    async def answer(self, work: Work, phone: str, typed: str, *, purpose: str) -> bool:
        """
        As `check`, of the newest password of a number, within a unit of work: used up only if all of it is stored.

        The commit raises VersionConflict where another answer came first.
        """
        key, now = await self._key(), self._now()
        recipient = self._safe.blind.phone(phone)
        standing = await self._database.read(lambda connection: Challenges(connection).latest(recipient, purpose))
        judged = check(standing or _nobodys(now), typed, purpose=purpose, now=now, key=key)
        if standing is None or judged.challenge == standing:
            return False
        work.require(f"otp:{standing.id}", partial(_replace, old=standing, judged=judged, now=now))
        return judged.accepted

    async def _key(self) -> bytes:
        return await asyncio.to_thread(self._safe.keys.system_secret, "otp")

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
        key, now = await self._key(), self._now()
        issued = issue(recipient=recipient, purpose=wanted.purpose, now=now, key=key, known=wanted.way is not None)
        subject = issued.challenge.id
        await self._safe.make([subject])
        seal = partial(self._entry, wanted, issued.challenge, issued.code or "000000")
        entry = await self._safe.aside(seal, subject)
        return _Made(wanted, recipient, issued.challenge, entry if wanted.way else None)

    def _entry(self, wanted: Wanted, challenge: Challenge, code: str) -> NewEntry:
        message = _message(wanted.way or _NOWHERE, code, expires_at=challenge.expires_at)
        return NewEntry(
            id=message.id,
            dedupe_key=f"otp/{challenge.id}",
            conversation_id=message.id,  # nobody's: it waits behind nothing
            case_id=None,
            channel=message.channel,
            subject_id=challenge.id,
            payload_sealed=self._safe.seal(message, subject_id=challenge.id, place=f"outbox:{message.id}"),
            next_at=challenge.issued_at,
            created_at=challenge.issued_at,
            forget=True,
        )

    def _take(self, connection: Connection, *, made: _Made, scopes: tuple[Scope, ...]) -> Sent | Limited:
        """Count it, store it, and send it where the address itself has not had too many."""
        now, store = made.challenge.issued_at, Moments(connection)
        quiet = Scope("otp:recipient:" + made.recipient, self._bounds.recipient)
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

    def _judge(
        self, connection: Connection, *, challenge_id: str, typed: str, purpose: str, key: bytes
    ) -> Outcome | None:
        """What the answer is worth; None where somebody else answered at the same moment: look again."""
        store, now = Challenges(connection), self._now()
        standing = store.get(challenge_id)
        judged = check(standing or _nobodys(now), typed, purpose=purpose, now=now, key=key)
        if standing is None:
            return Outcome.WRONG
        if judged.challenge == standing:  # it had no try to lose, so that nobody fills the log either
            return judged.outcome
        return judged.outcome if _swap(connection, standing, judged, now) else None

    async def sweep(self) -> int:
        """Throw away what is over: keys first, so that nothing of a message can be read; returns how many."""
        swept = 0
        while ids := await self._database.read(partial(challenges.expired, before=self._now())):
            for challenge_id in ids:
                await asyncio.to_thread(self._safe.keys.destroy, challenge_id, self._now())
            swept += await self._database.write(partial(challenges.remove, ids=ids))
        return swept


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


def _swap(connection: Connection, old: Challenge, judged: Checked, now: datetime) -> bool:
    """Store what an answer changed, and write it down; False where another answer came first."""
    swapped = Challenges(connection).swap(old, judged.challenge)
    if swapped:
        what = ACCEPTED if judged.accepted else REFUSED
        people.log_access(connection, user_id=SYSTEM, what=what, ref=old.id, now=now)
    return swapped


def _replace(connection: Connection, old: Challenge, judged: Checked, now: datetime) -> None:
    if not _swap(connection, old, judged, now):
        raise VersionConflict(f"password {old.id} was answered meanwhile")


def _decoy(challenge: Challenge) -> Challenge:
    """The same, with an answer that nobody has."""
    return replace(challenge, code_hash=secrets.token_hex(32))


def _nobodys(now: datetime) -> Challenge:
    """What an answer to no challenge at all is compared with, so that it takes as long."""
    return issue(recipient="", purpose="", now=now, key=b"", known=False).challenge
