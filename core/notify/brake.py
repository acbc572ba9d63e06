"""
The brake on automatic answers: two robots can answer each other for ever, and some do not say that they are one.

Only answers of the dialogue count; a notice is caused by a person's decision. Past the limit the bot keeps silent in
the conversation and a person is called, so that nothing is lost and nobody is flooded. Source: RFC 3834 §2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Brake:
    """How many automatic answers one address may get."""

    per_hour: int
    per_day: int

    def allows(self, answered: Sequence[datetime], *, now: datetime) -> bool:
        """May one more go out? `answered`: moments of automatic answers to this address, at least of the last day."""
        hour = sum(moment > now - timedelta(hours=1) for moment in answered)
        day = sum(moment > now - timedelta(days=1) for moment in answered)
        return hour < self.per_hour and day < self.per_day


LETTERS = Brake(per_hour=6, per_day=20)
"""Where one message is a whole letter (mail)."""

CHATS = Brake(per_hour=60, per_day=150)
"""Where a conversation is many short lines."""
