"""
Time limits follow what happens: the pack says on which trigger each of them starts, rests, runs on and stops.

Every due time is computed once, by `core.clock`, and stands in the event with its explanation. For one trigger and one
clock the order is: recompute, void, stop, resume, pause, restart, start.

    send_back             the returner's clock stops, the step before starts anew      (A-1, `restart`)
    return_for_revision   the processing clock runs on with what it had left           (A-2, `resume`)
    waiting_reporter      only this pauses the intake clock                            (A-1, `pause`)
"""

from __future__ import annotations

from collections.abc import Iterator

from core.cases.commands import Command, FireClock
from core.cases.decide import engine
from core.cases.decide.facts import facts_of, holds
from core.cases.decide.guard import THE_CASE, Subject, clock_id
from core.cases.decide.refusals import refuse
from core.cases.decide.story import Story
from core.cases.decide.triggers import Happening, happenings
from core.cases.events import (
    ClockBreached,
    ClockPaused,
    ClockRecomputed,
    ClockResumed,
    ClockStarted,
    ClockStopped,
    ClockWarned,
)
from core.cases.model import CaseClock
from core.clock import FactMissing
from core.regulations.model import ClockSpec, Stage


def react(story: Story, command: Command | None = None) -> None:
    """Let every clock hear what the story tells, in order; what clocks do (a breach) is heard as well."""
    heard = 0
    while heard < len(story.events):
        for happening in happenings(story.events[heard]):
            _hear(story, happening, command)
        heard += 1


def _hear(story: Story, what: Happening, command: Command | None) -> None:
    for spec in story.ctx.pack.clocks.values():
        for subject in _concerned(story, spec, what):
            _apply(story, spec, subject, what=what, command=command)
    _by_stage(story, what)


def _concerned(story: Story, spec: ClockSpec, what: Happening) -> Iterator[Subject]:
    """Which subjects of a clock a happening is about: its own, or all of them when it is about the whole case."""
    case = story.case
    if spec.at == "case":
        yield THE_CASE
    elif spec.at == "dispatch":
        named = what.dispatch_id
        yield from (Subject(dispatch=item) for item in case.dispatches if named in (None, item.id))
    else:
        named = what.coordination_id
        yield from (Subject(coordination=item) for item in case.coordinations if named in (None, item.id))


def _apply(story: Story, spec: ClockSpec, subject: Subject, *, what: Happening, command: Command | None) -> None:
    word, name = what.word, clock_id(spec, subject)
    if word in spec.recompute:
        _recompute(story, spec, subject, command)
    if word in spec.void:
        stop(story, name, word, void=True)
    if word in spec.stop:
        stop(story, name, word)
    if what.left in spec.pause or word in spec.resume:
        _resume(story, spec, name, what)
    if word in spec.pause:
        pause(story, name, word)
    if word in spec.restart:
        _start(story, spec, subject, command=command, anew=True)
    elif word in spec.start:
        _start(story, spec, subject, command=command)


def _start(story: Story, spec: ClockSpec, subject: Subject, *, command: Command | None, anew: bool = False) -> None:
    """
    Start the clock. A plain start leaves a running or resting clock alone and counts from where the pack says; a
    restart counts from now, whatever the clock does.
    """
    known = story.case.clocks.get(clock_id(spec, subject))
    busy = known is not None and known.state != "stopped"
    facts = facts_of(story.ctx.pack, story.ctx.agencies, story.case, dispatch=subject.dispatch, command=command)
    if spec.limit is None or (busy and not anew) or not holds(spec.when, facts):
        return
    try:
        timing = engine.start(story, spec, subject, facts=facts, from_now=anew)
    except FactMissing:
        return  # what it counts from has not happened: a later trigger of the same clock will find it
    story.tell(
        ClockStarted,
        clock_id=clock_id(spec, subject),
        name=spec.id,
        purpose=spec.kind,
        role=spec.role,
        dispatch_id=subject.dispatch.id if subject.dispatch else None,
        coordination_id=subject.coordination.id if subject.coordination else None,
        timing=timing,
        rules=spec.cites,
    )


def _recompute(story: Story, spec: ClockSpec, subject: Subject, command: Command | None) -> None:
    known = story.case.clocks.get(clock_id(spec, subject))
    if known is None or known.state == "stopped":
        return
    facts = facts_of(story.ctx.pack, story.ctx.agencies, story.case, dispatch=subject.dispatch, command=command)
    if engine.variant_of(spec, facts) == known.clock.variant:
        return
    timing = engine.recompute(story, spec, known, facts=facts, subject=subject)
    story.tell(ClockRecomputed, clock_id=known.id, timing=timing, rules=spec.cites)


def stop(story: Story, name: str, why: str, *, void: bool = False) -> None:
    """
    The step is done: in time, or so many seconds late.

    Never late: a void one, which was not asked for any more, and a wait, which nobody had to end.
    """
    known = story.case.clocks.get(name)
    if known is None or known.state == "stopped":
        return
    stopped = known.clock.stop(story.ctx.now, why, calendar=story.ctx.calendar)
    late_s = (
        engine.seconds_late(known, story.ctx.now) if stopped.was_late and not (void or known.purpose == "wait") else 0
    )
    story.tell(ClockStopped, clock_id=name, late_s=late_s, engine=stopped.to_dict(), rules=known.rules)


def pause(story: Story, name: str, why: str) -> None:
    """It rests; `why` is the trigger, by which it is known again when it may run on."""
    known = story.case.clocks.get(name)
    if known is None or known.state != "running":
        return
    paused = known.clock.pause(story.ctx.now, why, calendar=story.ctx.calendar)
    story.tell(ClockPaused, clock_id=name, engine=paused.to_dict(), rules=known.rules)


def _resume(story: Story, spec: ClockSpec, name: str, what: Happening) -> None:
    known = story.case.clocks.get(name)
    if known is None or known.state == "running":
        return
    by_trigger = what.word in spec.resume
    by_leaving = known.state == "paused" and known.clock.reason == what.left
    if by_trigger or by_leaving:
        resume(story, known, spec, what.word)


def resume(story: Story, known: CaseClock, spec: ClockSpec, why: str) -> None:
    """It runs on with what it had left (A-2)."""
    running = known.clock.resume(story.ctx.now, why, calendar=story.ctx.calendar)
    timing = engine.timing(running, spec, story.ctx.calendar)
    story.tell(ClockResumed, clock_id=known.id, timing=timing, rules=known.rules)


def _by_stage(story: Story, what: Happening) -> None:
    """Closed stages stop the clocks of what was closed; stages that pause do so, and give back on leaving."""
    level, _, name = what.word.partition("/")
    if not name:
        return
    stages: dict[str, Stage] = getattr(story.ctx.pack.stages, level)
    about = [clock for clock in story.case.clocks.values() if _belongs(clock, what)]
    for clock in about:
        if stages[name].kind == "closed":
            stop(story, clock.id, what.word)
        elif stages[name].pauses_clocks:
            pause(story, clock.id, what.word)
    left = what.left.partition("/")[2]
    if left and stages[left].pauses_clocks:
        for clock in about:
            if clock.state == "paused" and clock.clock.reason == what.left:
                resume(story, clock, story.ctx.pack.clocks[clock.name], what.word)


def _belongs(clock: CaseClock, what: Happening) -> bool:
    if what.dispatch_id:
        return clock.dispatch_id == what.dispatch_id
    return what.coordination_id is None or clock.coordination_id == what.coordination_id


def fire(story: Story, command: FireClock) -> None:
    """
    A warning or the limit itself has come; by the state of the clock, each is told exactly once.

    Raises: Refused: clock_unknown, clock_not_running, clock_not_due (also when it has been told already).
    """
    known = story.case.clocks.get(command.clock_id)
    if known is None:
        raise refuse("clock_unknown", 409, "Hồ sơ không có thời hạn này.")
    if known.state != "running":
        raise refuse("clock_not_running", 409, "Thời hạn này không còn chạy.")
    due_next = known.fires_at
    if due_next is None or story.ctx.now < due_next:
        raise refuse("clock_not_due", 409, "Chưa đến hạn, hoặc đã được báo.")
    if story.ctx.now >= known.late_from:
        _breach(story, known)
    else:
        _warn(story, known)


def _warn(story: Story, known: CaseClock) -> None:
    come = [warning for warning in known.warnings if warning.at <= story.ctx.now]
    roles = tuple(dict.fromkeys(role for warning in come[known.warned :] for role in warning.tell))
    story.tell(ClockWarned, clock_id=known.id, warnings=len(come), tell=roles, rules=known.rules)


def _breach(story: Story, known: CaseClock) -> None:
    breach = story.ctx.pack.clocks[known.name].breach
    story.tell(
        ClockBreached,
        clock_id=known.id,
        name=known.name,
        late_s=engine.seconds_late(known, story.ctx.now),
        tell=breach.tell,
        offer=breach.offer,
        reason_code=breach.reason_code,
        dispatch_id=known.dispatch_id,
        rules=known.rules,
    )
