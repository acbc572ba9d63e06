"""
Facts of counted cases, read off their milestones: what every figure is a number of.

Counted are the cases that were received in the period (fresh), and those of before that were still open when it began
(carried). How each stands is what its newest milestones before `until` say, so the figures of a past moment never
change. Where the present row of a case is looked at, it only saves work: no case is left out for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, func, literal, or_, select, text, type_coerce
from sqlalchemy import case as when

from core.storage.tables import SAID, case, case_milestone
from core.storage.types import Instant, to_microseconds

_SECOND = 1_000_000
LIMITS = ("runs", "rests", "ended")
NAMED = ("received", "category", "urgency", "commune")
TOLD = ("answered", "rated", "complained")
KINDS = ("case", "part", "limit", *NAMED, *TOLD)
_READ_OFF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {"case": ("stage", *LIMITS), "part": ("part", *LIMITS), "limit": LIMITS, **{kind: (kind,) for kind in NAMED}}
)
"""Kinds of milestones that each kind of fact is read off; those that were said are milestones themselves."""


@dataclass(frozen=True)
class Period:
    """
    From `first` to before `end`, as it looked just before `until`.

    `agencies`: only cases in which one of them has a part, and of these only their own parts; None: all there is.
    """

    first: datetime
    end: datetime
    until: datetime
    agencies: frozenset[str] | None = None


def facts(period: Period, kinds: Collection[str] = KINDS, *, only: Collection[str] | None = None) -> list[Select[Any]]:
    """
    One query for each sort of fact, all with the columns kind, name, agency, fresh, open, late, case_id, subject, at.

    case: a counted case; name its stage, late: a limit of it was missed. part: an agency in one. limit: a time limit of
    one, open while it has not ended, agency "" the centre's. received, category, urgency, commune: of a case that came
    in the period. answered, rated, complained: what happened within it, to whatever case, `at` then. Of a limit
    that runs `at` is when it ends, `subject` its clock. `only`: of these cases.
    """
    read = {milestone for kind in kinds for milestone in _READ_OFF.get(kind, ())}
    stands, named = _stands(period, only, read), [kind for kind in NAMED if kind in kinds]
    made = {"case": _cases, "part": _parts, "limit": _limits}
    standing = [query(stands, period) for kind, query in made.items() if kind in kinds]
    said = [_said(period, kind, only) for kind in TOLD if kind in kinds]
    return [*standing, *([_named(stands, named)] if named else []), *said]


def _columns(case_id: Any, kind: Any, *, subject: Any = None, at: Any = None, **given: Any) -> list[Any]:
    """The columns of a fact in their order; what is not given is empty, or 0."""
    empty = {"name": literal(""), "agency": literal(""), "fresh": literal(0), "open": literal(0), "late": literal(0)}
    about = literal("") if subject is None else subject
    moment = literal(None, Instant) if at is None else at
    named = literal(kind) if isinstance(kind, str) else kind
    shown = {"kind": named, **(empty | given), "case_id": case_id, "subject": about, "at": moment}
    return [column.label(label) for label, column in shown.items()]


def _cases(stands: CTE, period: Period) -> Select[Any]:
    stage = stands.c.kind == "stage"
    shown = _columns(
        stands.c.case_id,
        "case",
        name=func.max(when((stage, stands.c.name))),
        fresh=func.max(stands.c.fresh),
        open=func.max(when((stage, stands.c.value))),
        late=func.max(_is_late(stands, period)),
    )
    return select(*shown).group_by(stands.c.case_id).having(func.max(when((stage, 1))) == 1)


def _parts(stands: CTE, period: Period) -> Select[Any]:
    part = stands.c.kind == "part"
    shown = _columns(
        stands.c.case_id,
        "part",
        agency=stands.c.agency,
        fresh=func.max(stands.c.fresh),
        open=func.max(when((part, stands.c.value))),
        late=func.max(_is_late(stands, period)),
    )
    grouped = select(*shown).where(*_own(stands.c.agency, period)).group_by(stands.c.case_id, stands.c.agency)
    return grouped.having(func.max(when((part, 1))) == 1)


def _limits(stands: CTE, period: Period) -> Select[Any]:
    shown = _columns(
        stands.c.case_id,
        "limit",
        name=stands.c.name,
        agency=stands.c.agency,
        fresh=stands.c.fresh,
        open=when((stands.c.kind == "ended", 0), else_=1),
        late=_is_late(stands, period),
        subject=stands.c.subject,
        at=type_coerce(when((stands.c.kind == "runs", stands.c.value * _SECOND)), Instant),
    )
    return select(*shown).where(stands.c.kind.in_(LIMITS), *_own(stands.c.agency, period))


def _named(stands: CTE, kinds: Collection[str]) -> Select[Any]:
    """Facts that are called as their milestones are: all in one, which is gone through once."""
    shown = _columns(stands.c.case_id, stands.c.kind, name=stands.c.name, fresh=stands.c.fresh)
    return select(*shown).where(stands.c.kind.in_(kinds), stands.c.fresh == 1)


def _said(period: Period, kind: str, only: Collection[str] | None) -> Select[Any]:
    made = case_milestone
    shown = _columns(made.c.case_id, kind, name=made.c.name, agency=made.c.agency, at=made.c.at)
    query = select(*shown).where(
        made.c.kind == kind, made.c.at >= period.first, made.c.at < min(period.end, period.until)
    )
    # Without the words of its index SQLite looks these cases up, and not all that was said in a year.
    query = query.where(text(SAID) if only is None else made.c.case_id.in_(only))
    if period.agencies is not None:
        query = query.where(made.c.agency.in_(["", *period.agencies]), _has_part(made.c.case_id, period))
    return query


def _own(agency: ColumnElement[str], period: Period) -> list[ColumnElement[bool]]:
    return [] if period.agencies is None else [agency.in_(sorted(period.agencies))]


def _has_part(case_id: ColumnElement[str], period: Period) -> ColumnElement[bool]:
    """Whether one of the period's agencies had a part in the case by then."""
    part = case_milestone.alias("part")
    found = select(literal(1)).where(
        part.c.case_id == case_id,
        part.c.kind == "part",
        part.c.agency.in_(sorted(period.agencies or ())),
        part.c.at < period.until,
    )
    return found.exists()


def _counted(period: Period, only: Collection[str] | None) -> CTE:
    """The cases that count, and whether they are of this period."""
    one = case.c if only is None else _chosen(only).c
    fresh = select(one.id, literal(1).label("fresh")).where(
        one.received_at >= period.first, one.received_at < min(period.end, period.until)
    )
    stage = case_milestone.alias("before")
    was_open = (
        select(stage.c.value)
        .where(stage.c.case_id == one.id, stage.c.kind == "stage", stage.c.at < period.first)
        .order_by(stage.c.version.desc(), stage.c.place.desc())
        .limit(1)
        .scalar_subquery()
    )
    older = one.received_at < period.first
    carried = [
        select(one.id, literal(0).label("fresh")).where(older, still, was_open == 1)
        for still in (one.open, and_(~one.open, one.closed_at >= period.first))
    ]
    parts = [fresh, *carried]
    if period.agencies is not None:
        parts = [part.where(_has_part(one.id, period)) for part in parts]
    return parts[0].union_all(*parts[1:]).cte("counted").prefix_with("MATERIALIZED")


def _chosen(only: Collection[str]) -> CTE:
    """These cases, looked up by their ids before anything else: SQLite would rather go through all that are open."""
    columns = (case.c.id, case.c.received_at, case.c.open, case.c.closed_at)
    return select(*columns).where(case.c.id.in_(only)).cte("chosen").prefix_with("MATERIALIZED")


def _stands(period: Period, only: Collection[str] | None, kinds: Collection[str]) -> CTE:
    """The newest milestone of each subject of each counted case, of these kinds: how it stood just before `until`."""
    made, counted = case_milestone, _counted(period, only)
    subject = (when((made.c.kind.in_(LIMITS), "limit"), else_=made.c.kind), made.c.subject)
    newest = (made.c.version.desc(), made.c.place.desc())
    turn = func.row_number().over(partition_by=(made.c.case_id, *subject), order_by=newest)
    columns = (made.c.case_id, made.c.kind, made.c.subject, made.c.name, made.c.agency, made.c.value, counted.c.fresh)
    # So that SQLite begins with these cases, and not with every milestone ever, which stand in the order of the window:
    # the cases are found first, and an expression is no column that it could look up among them.
    of_it = made.c.case_id == counted.c.id.concat("")
    query = (
        select(*columns, turn.label("turn"))
        .select_from(counted.join(made, of_it))
        .where(made.c.kind.in_(sorted(kinds)), made.c.at < period.until)
    )
    ranked = query.cte("ranked")
    shown = [column for column in ranked.c if column.name != "turn"]
    return select(*shown).where(ranked.c.turn == 1).cte("stands")


def _is_late(stands: CTE, period: Period) -> ColumnElement[int]:
    """Ended late, missed before it was paused, or running and beyond its end."""
    now = to_microseconds(period.until) // _SECOND
    runs, value = stands.c.kind == "runs", stands.c.value
    missed = or_(and_(stands.c.kind.in_(("rests", "ended")), value > 0), and_(runs, value < now))
    return when((missed, 1), else_=0)
