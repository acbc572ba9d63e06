"""How what a time limit did changes a case: due times come ready in the event, none is computed here (U-11)."""

from __future__ import annotations

from typing import Any

from core.cases.events import (
    ClockBreached,
    ClockEvent,
    ClockPaused,
    ClockRecomputed,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    Timing,
)
from core.cases.evolve.change import apply, change
from core.cases.model import Case, CaseClock


def _set(case: Case, clock: CaseClock) -> Case:
    return change(case, clocks=case.clocks | {clock.id: clock})


def _change(case: Case, event: ClockEvent, **fields: Any) -> Case:
    return _set(case, case.clocks[event.clock_id].model_copy(update=fields))


def _timed(timing: Timing) -> dict[str, Any]:
    """A new limit: its warnings are still to come, and it has not passed."""
    limit = {"due_at": timing.due_at, "late_from": timing.late_from, "warnings": timing.warnings}
    return limit | {"engine": timing.engine, "warned": 0, "breached_at": None, "offer": "", "offer_reason": ""}


@apply.register
def _(event: ClockStarted, case: Case) -> Case:
    clock = CaseClock(
        id=event.clock_id,
        name=event.name,
        purpose=event.purpose,
        role=event.role,
        dispatch_id=event.dispatch_id,
        coordination_id=event.coordination_id,
        state="running",
        rules=event.rules,
        **_timed(event.timing),
    )
    return _set(case, clock)


@apply.register
def _(event: ClockRecomputed, case: Case) -> Case:
    return _change(case, event, **_timed(event.timing))


@apply.register
def _(event: ClockPaused, case: Case) -> Case:
    return _change(case, event, state="paused", engine=event.engine)


@apply.register
def _(event: ClockResumed, case: Case) -> Case:
    """Whoever was late stays late: a resumed limit that has passed is not announced a second time."""
    before = case.clocks[event.clock_id]
    fields = _timed(event.timing) | {"state": "running", "late_s": 0}
    if event.timing.due_at <= before.due_at:
        fields |= {"breached_at": before.breached_at, "warned": before.warned}
    return _change(case, event, **fields)


@apply.register
def _(event: ClockStopped, case: Case) -> Case:
    return _change(case, event, state="stopped", late_s=event.late_s, engine=event.engine, offer="", offer_reason="")


@apply.register
def _(event: ClockWarned, case: Case) -> Case:
    return _change(case, event, warned=event.warnings)


@apply.register
def _(event: ClockBreached, case: Case) -> Case:
    return _change(case, event, breached_at=event.at, offer=event.offer, offer_reason=event.reason_code)
