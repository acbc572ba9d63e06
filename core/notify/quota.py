"""When a day's quota begins anew: with the day in Vietnam. Pure."""

from __future__ import annotations

from datetime import datetime

from core.clock.zone import end_of, local


def next_day(now: datetime) -> datetime:
    """The coming midnight in Vietnam, aware."""
    return end_of(local(now).date())
