"""What the telephony process knows of the centre between two words of the web side: hours ahead, storm, menus."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

from channels.call_center.flow.plan import UNCHANGED, Plan
from channels.call_center.tools import Standing
from core.clock import local
from core.clock.calendar import BusinessCalendar
from core.clock.errors import ClockError
from core.clock.zone import at_second
from gateway.telephony.hours import open_at

AHEAD = timedelta(days=14)
"""How long calls go on by the right hours while nothing is heard of the web side."""


class Told(BaseModel):
    """
    Stretches in which the centre is open, aware; beyond `until` nobody knows, and it counts as open.

    `seal_to`: public key of whoever may open recordings, in hexadecimal; empty: they stay plain. `opens_records`: and
    records, which a web side of before would take without their caller. `plan`: what the centre changed of its flow.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    until: datetime
    open: tuple[tuple[datetime, datetime], ...] = ()
    storm: bool = False
    seal_to: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    opens_records: bool = False
    plan: Plan = UNCHANGED

    def at(self, now: datetime) -> Standing:
        """What it is like at this moment."""
        known = now <= self.until
        return Standing(open=not known or any(begin <= now < end for begin, end in self.open), storm=self.storm)


def standing_of(
    calendar: BusinessCalendar, *, storm: bool, now: datetime, seal_to: bytes = b"", plan: Plan = UNCHANGED
) -> Told:
    """The next days by the plan's hours; days that the calendar does not know are left out."""
    today = local(now).date()
    found = []
    for ahead in range(AHEAD.days):
        try:
            day = calendar.day(today + timedelta(days=ahead))
        except ClockError:
            break
        found += [(at_second(day.on, begin), at_second(day.on, end)) for begin, end in open_at(plan.hours, day)]
    until = at_second(today + AHEAD, 0)
    return Told(
        until=until, open=tuple(found), storm=storm, seal_to=seal_to.hex(), opens_records=bool(seal_to), plan=plan
    )
