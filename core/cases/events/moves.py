"""Stages entered."""

from __future__ import annotations

from typing import Literal

from core.cases.events.base import Event


class CaseMoved(Event):
    """The case entered a stage."""

    kind: Literal["case_moved"] = "case_moved"
    came_from: str
    to: str


class DispatchMoved(Event):
    """A dispatch entered a stage."""

    kind: Literal["dispatch_moved"] = "dispatch_moved"
    dispatch_id: str
    came_from: str
    to: str


class CoordinationMoved(Event):
    """A request for help entered a stage."""

    kind: Literal["coordination_moved"] = "coordination_moved"
    coordination_id: str
    came_from: str
    to: str
