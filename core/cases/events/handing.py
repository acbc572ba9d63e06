"""Facts of offices rather than of cases: work that changed hands because an agency ended or an official left."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import Event
from core.cases.sealed import SealedText


class WorkHandedOver(Event):
    """
    These parts of the case are somebody else's from now on; their stages and limits are what they were.

    Args:
        dispatches, coordinations: ids of the parts that changed hands. `lead`: so did the lead (đầu mối).
    """

    kind: Literal["work_handed_over"] = "work_handed_over"
    from_agency: str | None = None
    to_agency: str | None = None
    from_staff: str | None = None
    to_staff: str | None = None
    dispatches: tuple[str, ...] = ()
    coordinations: tuple[str, ...] = ()
    lead: bool = False
    reason: SealedText
