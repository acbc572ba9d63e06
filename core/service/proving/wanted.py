"""What is asked for a one-time password, and what whoever asks is told; also its words for the log of accesses."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from core.service.carrying import Way
from core.service.safe import Safe

SYSTEM = "system"
ASKED, ACCEPTED, REFUSED = "otp_asked", "otp_accepted", "otp_refused"


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
        aloud: in a call, for whoever got no message.
    """

    purpose: str
    way: Way | None
    client: str
    named: str = ""
    aloud: bool = False


@dataclass(frozen=True)
class Sent:
    """It is on its way, or nobody can tell that it is not: the challenge that the answer belongs to."""

    challenge_id: str


@dataclass(frozen=True)
class Limited:
    """Too many were asked for; nothing was sent."""

    retry_after: timedelta


async def secret_of(safe: Safe) -> bytes:
    """The key under which passwords are hashed."""
    return await asyncio.to_thread(safe.keys.system_secret, "otp")
