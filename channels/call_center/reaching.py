"""Why somebody whom we called was not reached, and whether that was an attempt to reach them at all."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from channels.call_center.facts import CallRecord

GIVEN_UP = 487
NO_LINE, NO_NUMBER = "no_line", "no_such_number"
_WHY: Mapping[int, str] = MappingProxyType(
    {
        GIVEN_UP: "",
        408: "no_answer",
        480: "no_answer",
        486: "busy",
        600: "busy",
        404: NO_NUMBER,
        410: NO_NUMBER,
        484: NO_NUMBER,
        604: NO_NUMBER,
        603: "rejected",
    }
)
"""SIP status → what it says of the number; any other code says something of our line."""


def why(code: int) -> str:
    """A word for which the page has a sentence; empty where the agent knows, having given it up."""
    return _WHY.get(code, NO_LINE)


def was_tried(record: CallRecord) -> bool:
    """Whether it rang there or was refused there: no line of ours, and no impatience, is an attempt (A-QB-2)."""
    rang_off = record.answered_at is not None and record.ended_by == "them"
    return rang_off or bool(_WHY.get(record.ended_code))
