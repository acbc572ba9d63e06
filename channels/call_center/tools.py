"""What calls are led with: the flow, the spool, the case service behind its link, and people."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from channels.call_center.agents.caller import Served, Told, Wanted
from channels.call_center.flow.happenings import Looked
from channels.call_center.flow.model import Flow
from channels.call_center.ports import Call
from channels.call_center.spool import Spool


@dataclass(frozen=True)
class Standing:
    """What the centre is like at this moment: whether somebody works there, and whether everybody calls at once."""

    open: bool = True
    storm: bool = False


class Desk(Protocol):
    """What a call asks of the case service; it may be away, and then says so soon."""

    def standing(self) -> Standing:
        """What the centre is like now, as far as is known."""

    async def look_up(self, code: str, pin: str, *, caller: str) -> Looked:
        """Where a report stands; never raises."""

    async def stage_of(self, code: str) -> Looked:
        """The same, for a call of ours to a number that is proved to be its reporter's; never raises."""


class People(Protocol):
    """Those who answer, and the places before them (`agents.desk.Desk`). `about`: the call's record."""

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        """Music, places, ringing, talking, until that is over; cancelled where the caller hangs up."""


class Nobody:
    """Where nobody answers calls."""

    async def serve(self, call: Call, wanted: Wanted, *, about: str, told: Told) -> Served:
        """The flow goes on at once."""
        return Served("machine")


@dataclass(frozen=True)
class Tools:
    """
    What calls are led with.

    Args:
        draw: a fresh code and PIN, without the database. `number`: E.164 of what a trunk or a caller said, or None.
        connect: puts a caller through to another number and returns when that is over; None where none may.
        new_id: 32 hexadecimal digits, in order of time.
    """

    flow: Flow
    spool: Spool
    desk: Desk
    draw: Callable[[], tuple[str, str]]
    number: Callable[[str], str | None]
    new_id: Callable[[], str]
    now: Callable[[], datetime]
    connect: Callable[[Call, str], Awaitable[None]] | None = None
    people: People = field(default_factory=Nobody)
