"""When a day's quota begins anew: with the day in Vietnam. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from core.clock import VIETNAM, local


def next_day(now: datetime) -> datetime:
    """The coming midnight in Vietnam, aware."""
    return datetime.combine(local(now).date() + timedelta(days=1), time(), VIETNAM)
