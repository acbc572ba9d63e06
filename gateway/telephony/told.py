"""What a caller is told of a report: where it stands, what comes next, and by when; as slots of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from channels.call_center.prompts.spoken import moment
from core.clock import local
from core.service.public import FollowView

NEXT: Mapping[str, str] = MappingProxyType(
    {
        "stage_received": "next_received",
        "stage_processing": "next_processing",
        "stage_waiting": "next_waiting",
    }
)
"""By stage; where there is an answer or an end, nothing is to come."""


def looked(view: FollowView | None, *, now: datetime) -> dict[str, Any]:
    """The answer to a look-up. `due`: the next step and its limit, where one runs."""
    if view is None:
        return {"found": False}
    levels = len(view.progress.levels)
    told = {"found": True, "stage": [stage_slot(view)], "due": list(next_slots(view, now=now)), "ratable": bool(levels)}
    return told | ({"levels": levels} if levels else {})


def stage_slot(view: FollowView) -> str:
    """Which sentence says where a report stands."""
    told = view.progress
    if told.answers:
        return "stage_answered"
    if told.ended:
        return "stage_declined"
    if told.asked_for:
        return "stage_waiting"
    return "stage_processing" if told.agencies else "stage_received"


def next_slots(view: FollowView, *, now: datetime) -> tuple[str, ...]:
    """
    What is to happen next, and the limit that the regulation sets for it; nothing where none runs.

    A limit that has passed is not read out as if it were to come: the caller hears that it is late.
    """
    step, name = view.progress.next_step, NEXT.get(stage_slot(view))
    if step is None or name is None:
        return ()
    if step.late:
        return (name, "next_late")
    return (name, "next_due", *moment(local(step.due_at), today=local(now).date()))
