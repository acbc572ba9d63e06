"""
The hours in which nobody is woken for what can wait (VN-6): which letters wait, on which channels, and until when.

The words of the rule are data, `quiet.yaml`. Pure: the present instant is an argument.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from core.clock import DayWindow, local
from core.clock.zone import at_second

_FILE = Path(__file__).parent / "quiet.yaml"
NEVER = "never"


@dataclass(frozen=True)
class Quiet:
    """
    The quiet hours of a deployment, in Vietnamese time.

    Args:
        hours: None: nobody sleeps. urgent: letters that never wait, by template. `silent`: channels on which nothing
            rings. at_once: kinds of public notices that never wait. `ringing`: kinds of ways on which everything waits.
    """

    hours: DayWindow | None
    urgent: frozenset[str] = frozenset()
    silent: frozenset[str] = frozenset()
    at_once: frozenset[str] = frozenset()
    ringing: frozenset[str] = frozenset()

    def may_wait(self, template: str) -> bool:
        """Whether a letter loses nothing by arriving in the morning."""
        return template not in self.urgent

    def calls_at(self, way: str, now: datetime) -> datetime:
        """When this way ("channel/kind") may be used, whatever it carries: a telephone rings for nobody at night."""
        channel, _, kind = way.rpartition("/")
        return self.leaves_at(channel, now) if kind in self.ringing else now

    def rings_at(self, kind: str, channel: str, now: datetime) -> datetime:
        """When a public notice of this kind rings on this channel."""
        return now if kind in self.at_once else self.leaves_at(channel, now)

    def leaves_at(self, channel: str, now: datetime) -> datetime:
        """When a letter that may wait leaves on this channel: now, or with the end of the quiet hours."""
        if channel in self.silent or self.hours is None or now not in self.hours:
            return now
        here = local(now)
        morning = at_second(here.date(), self.hours.end)
        return morning if morning > here else morning + timedelta(days=1)


@cache
def quiet_hours(hours: str = "") -> Quiet:
    """
    The rule as the program carries it; with other hours where a deployment has its own ("22:00-06:00", NEVER).

    Raises: NotationInvalid: these are no hours.
    """
    told = YAML(typ="safe", pure=True).load(_FILE)
    begin, _, end = (hours or told["hours"]).partition("-")
    window = None if hours == NEVER else DayWindow.parse({"from": begin, "before": end})
    named = (frozenset(told[name]) for name in ("urgent", "silent", "at_once", "ringing"))
    return Quiet(window, *named)
