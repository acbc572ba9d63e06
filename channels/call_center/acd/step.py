"""The floor's one function: state and news in, state and wishes out."""

from __future__ import annotations

from datetime import datetime

from channels.call_center.acd import (  # noqa: F401 - each registers what it deals with
    callbacks,
    callers,
    counting,
    staff,
    talking,
)
from channels.call_center.acd import happenings as h
from channels.call_center.acd.dealing import deal
from channels.call_center.acd.effects import Effect
from channels.call_center.acd.floor import Floor
from channels.call_center.acd.matching import match
from channels.call_center.acd.model import Acd
from channels.call_center.acd.waiting import tell_places


def step(acd: Acd, happening: h.Happening, now: datetime) -> tuple[Acd, tuple[Effect, ...]]:
    """
    Deal with one happening at `now` (aware; never earlier than the last one).

    Afterwards nobody who could talk is left waiting: every caller for whom an agent is free rings there.
    """
    floor = Floor(acd, now)
    deal(happening, floor)
    match(floor)
    tell_places(floor)
    return floor.finished()
