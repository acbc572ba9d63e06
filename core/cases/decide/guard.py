"""
May this person do this, here, now? The pack's table of moves is asked, row by row.

A row fits when the person has one of its roles, stands where the role must stand, the case (or dispatch) is in one of
its stages, its conditions hold, and its clocks allow it. The first row that fits in the order of the pack is taken; if
none does, the refusal of the row that came closest is given, since that is the one worth reading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from core.cases.commands import Command
from core.cases.decide import refusals
from core.cases.decide.context import Context, Refused
from core.cases.decide.facts import facts_of, missing_fields, taking_part, unmet
from core.cases.model import Case, Coordination, Dispatch
from core.regulations.model import ClockSpec, Move, Pack, RoleLevel, Stage


@dataclass(frozen=True)
class Subject:
    """What a move is about: the case itself, one dispatch of it, or one request for help."""

    dispatch: Dispatch | None = None
    coordination: Coordination | None = None

    @property
    def id(self) -> str | None:
        """Id of the dispatch or the request for help."""
        part = self.dispatch or self.coordination
        return part.id if part else None

    def stage(self, case: Case) -> str:
        """Where it stands."""
        part = self.dispatch or self.coordination
        return part.stage if part else case.stage


THE_CASE = Subject()


@dataclass(frozen=True)
class Permit:
    """A row of the table that fits: this move, about this, in this role."""

    move: Move
    subject: Subject
    role: str


@dataclass
class _Closest:
    """The refusal of the row that got furthest; put into words only where it may be given."""

    rank: int = -1
    refused: Refused | None = field(default=None)

    def keep(self, rank: int, refused: Callable[[], Refused]) -> None:
        if rank > self.rank:
            self.rank, self.refused = rank, refused()


_NOT_ASKED = 9
"""Further than any row gets: only whether something fits is asked, and no refusal is wanted."""


def permit(ctx: Context, case: Case, command: Command) -> Permit:
    """
    The row that allows this command.

    Raises: Refused: 403 whose, 409 when, 422 with what.
    """
    moves = ctx.pack.moves_for(command.name)
    if not moves:
        raise refusals.not_in_regulation(command.name, ctx.pack)
    ours = tuple(move for move in moves if ctx.actor.roles.intersection(move.by))
    if not ours:
        raise refusals.role_not_allowed(command.name, moves, ctx.pack)
    closest, fitting = _Closest(), dict[str | None, Permit]()
    for move in ours:
        for subject in subjects(case, move, command):
            found = _fit(ctx, case, move, subject, command=command, closest=closest)
            if found is not None:
                fitting.setdefault(subject.id, found)
    if not fitting:
        raise closest.refused or refusals.nothing_to_act_on(command.name, ours)
    named = getattr(command, "dispatch_id", None) or getattr(command, "coordination_id", None)
    if len(fitting) > 1 and named not in fitting:
        raise refusals.which_one(command.name, [name for name in fitting if name])
    return _with_enough(fitting.get(named) or next(iter(fitting.values())), command)


def subjects(case: Case, move: Move, command: Command | None = None) -> Iterator[Subject]:
    """What a move could be about: the one named, or every one of its level."""
    if move.at == "case":
        yield THE_CASE
    elif move.at == "dispatch":
        wanted = getattr(command, "dispatch_id", None)
        yield from (Subject(dispatch=item) for item in case.dispatches if wanted in (None, item.id))
    else:
        wanted = getattr(command, "coordination_id", None)
        yield from (Subject(coordination=item) for item in case.coordinations if wanted in (None, item.id))


def ended_stage(pack: Pack, case: Case, subject: Subject) -> Stage | None:
    """The closed stage that ends a part from above: of the case, or of the dispatch that asked for help."""
    if subject is THE_CASE:
        return None
    above = [pack.stage("case", case.stage)]
    if subject.coordination is not None and subject.coordination.dispatch_id is not None:
        above.append(pack.stage("dispatch", case.dispatch(subject.coordination.dispatch_id).stage))
    return next((stage for stage in above if stage.kind == "closed"), None)


def fits(ctx: Context, case: Case, move: Move, subject: Subject) -> bool:
    """Could this person carry out this move on this at present? (What the command will carry is not known yet.)"""
    if subject.stage(case) not in ctx.pack.origins(move):  # most rows: the cheapest question first
        return False
    return _fit(ctx, case, move, subject, command=None, closest=_Closest(_NOT_ASKED)) is not None


def _fit(
    ctx: Context, case: Case, move: Move, subject: Subject, *, command: Command | None, closest: _Closest
) -> Permit | None:
    role = _standing(ctx, case, move, subject)
    if role is None:
        closest.keep(0, partial(refusals.not_yours, move.command, move))
        return None
    stage = subject.stage(case)
    ended = ended_stage(ctx.pack, case, subject)
    if ended is not None:
        closest.keep(1, partial(refusals.part_closed, move, ended))
        return None
    if stage not in ctx.pack.origins(move):
        closest.keep(1, partial(_wrong_stage, ctx, move, stage))
        return None
    try:
        _check_conditions(ctx, case, move, subject, command)
        _check_clocks(ctx, case, move, subject)
    except Refused as refused:
        found = refused
        closest.keep(2, lambda: found)
        return None
    return Permit(move, subject, role)


def _wrong_stage(ctx: Context, move: Move, stage: str) -> Refused:
    rows = [item for item in ctx.pack.moves_for(move.command) if item.at == move.at]
    return refusals.stage_not_allowed(move.command, rows, ctx.pack, (move.at, stage))


def _standing(ctx: Context, case: Case, move: Move, subject: Subject) -> str | None:
    """The first of the person's roles that the move names and that stands where it must."""
    mine = (role for role in move.by if role in ctx.actor.roles)
    return next((role for role in mine if _stands(ctx, case, ctx.pack.roles[role].level, subject)), None)


def _stands(ctx: Context, case: Case, level: RoleLevel, subject: Subject) -> bool:
    place, parts = ctx.actor.agency_id, (subject.dispatch,) if subject.dispatch else taking_part(ctx.pack, case)
    match level:
        case "reporter":
            return any(report.contact_id == ctx.actor.id for report in case.reports)
        case "agency":
            return any(part.agency_id == place for part in parts)
        case "unit":
            return any(part.unit_id is not None and part.unit_id == place for part in parts)
        case "above":
            return place is not None and any(ctx.agencies.is_below(part.agency_id, place) for part in parts)
        case "partner":
            asked = (subject.coordination,) if subject.coordination else case.coordinations
            return any(item.agency_id == place for item in asked)
        case _:
            return True


def _check_conditions(ctx: Context, case: Case, move: Move, subject: Subject, command: Command | None) -> None:
    found = _unmet(ctx, case, move, subject, command)
    if found is not None:
        name, value = found
        if name == "complete" and not value:
            raise refusals.fields_missing(move, missing_fields(ctx.pack, case))
        raise refusals.condition_not_met(move.command, move, name, value)
    done = case.marks.get(move.other_than)
    if done is not None and done.by == ctx.actor.id:
        raise refusals.second_person(move)


def _unmet(ctx: Context, case: Case, move: Move, subject: Subject, command: Command | None) -> tuple[str, Any] | None:
    """The first fact that stands against the move; facts are gathered only where some matter."""
    if not move.when.stated:
        return None
    return unmet(move.when, facts_of(ctx.pack, ctx.agencies, case, dispatch=subject.dispatch, command=command))


def _check_clocks(ctx: Context, case: Case, move: Move, subject: Subject) -> None:
    if move.after_clock:
        check_run_out(ctx, case, move.after_clock, subject, rules=move.cites)
    if move.before_clock:
        clock = case.clocks.get(clock_id(ctx.pack.clocks[move.before_clock], subject))
        if clock is not None and ctx.now >= clock.late_from:
            raise refusals.too_late(move.cites, ctx.pack.clocks[move.before_clock].label)


def check_run_out(ctx: Context, case: Case, name: str, subject: Subject, *, rules: tuple[str, ...]) -> None:
    """
    Raise unless this clock runs and its limit has passed (QB: not before 2 days).

    Raises: Refused: too_early.
    """
    spec = ctx.pack.clocks[name]
    clock = case.clocks.get(clock_id(spec, subject))
    if clock is None:
        raise refusals.not_begun(rules, spec, ctx.pack)
    if not clock.has_run_out(ctx.now):
        raise refusals.too_early(rules, spec.label, clock.due_at.isoformat())


def clock_id(spec: ClockSpec, subject: Subject) -> str:
    """The id of this clock for this subject: "accept:d1", or plain "intake" for one of the case's own."""
    return spec.id if spec.at == "case" else f"{spec.id}:{subject.id}"


def _with_enough(found: Permit, command: Command) -> Permit:
    """Every field that this row requires is filled in."""
    for alternatives in found.move.requires:
        if not any(getattr(command, name, None) for name in alternatives.split("|")):
            raise refusals.carries_too_little(command.name, found.move, alternatives)
    return found
