"""
The second factor: one-time codes from an app on the official's phone.

The secret lies sealed under the account's own key. While it is being set up it is derived from the session, so that
nothing is stored before the first right code and reloading the page shows the same QR code.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import segno
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict

from core.identity.totp import check_totp, provisioning_uri
from core.service.safe import Safe
from core.storage import people
from core.storage.database import Connection, Database
from core.storage.people import SessionRow, UserRow
from gateway.auth import limits
from gateway.auth.limits import Turnstile

SECRET_BYTES = 20
PURPOSE = "totp-enrolment"


class TotpSecret(BaseModel):
    """What is sealed in `user.totp_sealed`: 32 base32 letters."""

    model_config = ConfigDict(frozen=True)

    secret: str


@dataclass(frozen=True)
class Enrolment:
    """What the page shows: the QR code and, for typing, the secret in groups of four."""

    secret: str
    qr: Markup

    @property
    def grouped(self) -> str:
        """ABCD EFGH …"""
        return " ".join(self.secret[place : place + 4] for place in range(0, len(self.secret), 4))


@dataclass(frozen=True)
class SecondFactor:
    """Checks and sets up one-time codes."""

    database: Database
    safe: Safe
    turnstile: Turnstile

    async def enrolment(self, user: UserRow, session: SessionRow) -> Enrolment:
        """The secret that this session may set up, as QR code and text."""
        secret = await asyncio.to_thread(self._candidate, session)
        address = provisioning_uri(secret, login=user.login)
        drawn = segno.make(address, error="m", micro=False).svg_inline(border=4, light="#fff", omitsize=True)
        return Enrolment(secret, Markup(drawn))  # noqa: S704 - drawn by segno from our own text

    async def check(self, user: UserRow, typed: str, *, now: datetime) -> bool:
        """
        Whether this is the account's present code; each code is right once.

        Raises TooManyAttempts; Erased where the account's key is lost, and only a reset by an administrator helps.
        """
        scope = limits.by_second_factor(user.id)
        await self.turnstile.enter(self.database, partial(limits.reserve, scope=scope, now=now))
        secret = await asyncio.to_thread(self._open, user)
        step = check_totp(secret, typed, now=now, last_step=user.totp_last_step)

        def accept(connection: Connection) -> bool:
            if step is None or not people.use_totp_step(connection, user.id, step):
                return False
            limits.succeed(connection, scope, now=now)
            return True

        return await self.database.write(accept)

    async def enrol(self, user: UserRow, session: SessionRow, typed: str, *, now: datetime) -> bool:
        """Set the session's candidate as the account's second factor, if the code proves that the phone has it."""
        scope = limits.by_second_factor(user.id)
        await self.turnstile.enter(self.database, partial(limits.reserve, scope=scope, now=now))
        secret = await asyncio.to_thread(self._candidate, session)
        step = check_totp(secret, typed, now=now, last_step=0)
        if step is None:
            return False
        sealed = await asyncio.to_thread(self._seal, user, secret)

        def accept(connection: Connection) -> bool:
            if people.user_by_id(connection, user.id).totp_sealed != user.totp_sealed:
                return False  # somebody else with this account was faster
            people.set_totp(connection, user.id, sealed)
            people.use_totp_step(connection, user.id, step)
            limits.succeed(connection, scope, now=now)
            return True

        return await self.database.write(accept)

    def _candidate(self, session: SessionRow) -> str:
        key = self.safe.keys.system_secret(PURPOSE)
        derived = hmac.new(key, session.id_hash.encode(), hashlib.sha256).digest()
        return base64.b32encode(derived[:SECRET_BYTES]).decode()

    def _seal(self, user: UserRow, secret: str) -> bytes:
        return self.safe.seal(TotpSecret(secret=secret), subject_id=user.id, place=_place(user))

    def _open(self, user: UserRow) -> str:
        return self.safe.open_model(user.totp_sealed or b"", TotpSecret, subject_id=user.id, place=_place(user)).secret


def _place(user: UserRow) -> str:
    return f"totp:{user.id}"
