"""
One-time passwords (mã xác nhận): six digits that prove an address, for five minutes and five tries.

Pure: `issue` and `check` take the time and give the new state. What is stored is a keyed hash, bound to the challenge
and its purpose, so that a stolen table opens nothing and a code proves only what it was asked for.

Nobody learns whether an address is known: for an unknown one a decoy is issued, which is stored, limited and answered
alike but matches no code; and whatever is wrong with an answer, the person reads the same sentence.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol
from uuid import uuid4

DIGITS = 6
SKEW = timedelta(minutes=1)
"""How far the clocks of two processes may differ."""
LIFETIME = timedelta(minutes=5)
TRIES = 5

SENT_VI = (
    "Nếu thông tin quý vị nhập khớp với hồ sơ, mã xác nhận gồm 6 chữ số đã được gửi. "
    "Mã có hiệu lực trong 5 phút. Vui lòng không cho ai biết mã này."
)
REFUSED_VI = "Mã xác nhận không đúng hoặc đã hết hiệu lực. Vui lòng thử lại hoặc yêu cầu mã mới."

Below = Callable[[int], int]


class Outcome(StrEnum):
    """What became of an answer; for metrics and logs, never for the person (who reads `REFUSED_VI`)."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    USED = "used"


@dataclass(frozen=True)
class Challenge:
    """
    A one-time password that waits for its answer.

    `recipient` is the keyed hash of the address; `purpose` says what an answer permits (follow:<report>, verify:<…>).
    """

    id: str
    purpose: str
    recipient: str
    code_hash: str = field(repr=False)
    issued_at: datetime
    expires_at: datetime
    tries_left: int = TRIES
    used_at: datetime | None = None


@dataclass(frozen=True)
class Issued:
    """A new challenge to store, and the code to send; `code` is None for a decoy: nothing is sent."""

    challenge: Challenge
    code: str | None = field(repr=False)


@dataclass(frozen=True)
class Checked:
    """The outcome, and the challenge as it stands now: store it by compare-and-swap before acting on the outcome."""

    outcome: Outcome
    challenge: Challenge

    @property
    def accepted(self) -> bool:
        """Whether the address is proved."""
        return self.outcome is Outcome.ACCEPTED


class ChallengeStore(Protocol):
    """Implemented by `core.storage`."""

    def get(self, challenge_id: str) -> Challenge | None:
        """One challenge."""

    def add(self, challenge: Challenge) -> None:
        """Store a new one, and expire older ones of the same recipient and purpose: the newest code counts."""

    def swap(self, old: Challenge, new: Challenge) -> bool:
        """Replace `old` only where it still stands as it was read; False: read again (tries cannot be multiplied)."""


def issue(
    *, recipient: str, purpose: str, now: datetime, key: bytes, known: bool, below: Below = secrets.randbelow
) -> Issued:
    """
    Make a challenge for an address.

    Args:
        recipient: keyed hash of the address.
        key: server key for hashing codes (`system_secret("otp")`).
        known: whether the address belongs to what is asked for; False makes a decoy.
    """
    challenge_id, code = uuid4().hex, "".join(str(below(10)) for _ in range(DIGITS))
    hashed = _hash(code, challenge_id=challenge_id, purpose=purpose, key=key) if known else secrets.token_hex(32)
    challenge = Challenge(
        id=challenge_id,
        purpose=purpose,
        recipient=recipient,
        code_hash=hashed,
        issued_at=now,
        expires_at=now + LIFETIME,
    )
    return Issued(challenge, code if known else None)


def check(challenge: Challenge, typed: str, *, purpose: str, now: datetime, key: bytes) -> Checked:
    """
    Judge an answer.

    A wrong one costs a try; a right one uses the challenge up. Text that cannot be a code costs nothing. The hash is
    computed in every case, so that time tells no more than the answer.
    """
    code = parse_code(typed)
    right = hmac.compare_digest(
        challenge.code_hash, _hash(code or "", challenge_id=challenge.id, purpose=purpose, key=key)
    )
    if challenge.used_at is not None:
        return Checked(Outcome.USED, challenge)
    if not challenge.issued_at - SKEW <= now < challenge.expires_at:  # a clock set back must not make codes live longer
        return Checked(Outcome.EXPIRED, challenge)
    if challenge.tries_left <= 0:
        return Checked(Outcome.EXHAUSTED, challenge)
    if code is None:
        return Checked(Outcome.WRONG, challenge)
    if not right:
        return Checked(Outcome.WRONG, replace(challenge, tries_left=challenge.tries_left - 1))
    return Checked(Outcome.ACCEPTED, replace(challenge, used_at=now))


def expire(challenge: Challenge, now: datetime) -> Challenge:
    """The challenge without any further validity, when a newer one takes its place."""
    return replace(challenge, expires_at=min(challenge.expires_at, now))


def parse_code(typed: str) -> str | None:
    """The six digits in what was typed or said by keypad; spaces, dots and dashes do not matter."""
    digits = re.sub(r"[\s.\-]", "", unicodedata.normalize("NFKC", typed))
    return digits if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits) else None


def message_text(code: str, *, product: str) -> str:
    """What is sent: short enough for one SMS without marks; the code first, since lists show only the beginning."""
    return f"{code} la ma xac nhan {product}, hieu luc 5 phut. Khong cung cap ma nay cho bat ky ai."


def _hash(code: str, *, challenge_id: str, purpose: str, key: bytes) -> str:
    return hmac.new(key, f"otp1:{challenge_id}:{purpose}:{code}".encode(), hashlib.sha256).hexdigest()
