"""
What this person may do with this case now, as buttons with their forms.

The same guard that decides a command answers here, so a button that is shown is a command that is allowed as far as
one can know before it is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from core.cases.commands import REGISTRY
from core.cases.decide.context import Context
from core.cases.decide.distribution import agencies_at_work, lead_to_come
from core.cases.decide.facts import facts_of, holds, missing_fields
from core.cases.decide.guard import Subject, fits, subjects
from core.cases.decide.refusals import button
from core.cases.forms import Input, InputKind
from core.cases.model import Case, CaseClock
from core.regulations.model import Move as Row
from core.regulations.model import Pack
from core.regulations.sections import Reason, RequiredField


@dataclass(frozen=True)
class Choice:
    """One value a field may have, and how it reads."""

    value: str
    label: str


@dataclass(frozen=True)
class FormField:
    """
    One field of a command's form.

    Args:
        required: by the command itself or by the pack; `either` names fields of which one must be filled in.
        choices: where the pack, the agency tree or the case supplies the list; empty for open fields.
    """

    name: str
    label: str
    kind: InputKind
    required: bool
    choices: tuple[Choice, ...] = ()
    either: tuple[str, ...] = ()


@dataclass(frozen=True)
class Move:
    """
    A command that may be issued.

    Args:
        subject_id: of the dispatch or request for help it is about; None: the case itself.
        rules: what allows it. `beyond_text`: a product option that the regulation's text does not know.
        offered: a time limit that has run out proposes it.
    """

    command: str
    label: str
    dispatch_id: str | None
    coordination_id: str | None
    form: tuple[FormField, ...]
    rules: tuple[str, ...]
    beyond_text: bool = False
    offered: bool = False


def allowed_moves(ctx: Context, case: Case) -> list[Move]:
    """Every command that this person may issue now, in the order of the pack, each once for what it is about."""
    seen: set[tuple[str, str | None]] = set()
    allowed: list[Move] = []
    for row in ctx.pack.moves.values():
        for subject in subjects(case, row):
            key = (row.command, subject.id)
            mine = ctx.actor.roles.intersection(row.by) and key not in seen
            if mine and fits(ctx, case, row, subject) and not _is_spent(ctx, case, row):
                seen.add(key)
                allowed.append(_move(ctx, case, row, subject))
    return allowed


def shown_as(ctx: Context, case: Case, command: str, part: str | None = None) -> str:
    """The button under which this person sees a command now, about this part if one is named; else the usual word."""
    rows = (row for row in ctx.pack.moves.values() if row.command == command and ctx.actor.roles.intersection(row.by))
    return next(
        (
            button(command, row)
            for row in rows
            for subject in subjects(case, row)
            if part in (None, subject.id) and fits(ctx, case, row, subject)
        ),
        button(command),
    )


def _is_spent(ctx: Context, case: Case, row: Row) -> bool:
    """A reporter who has rated the present answer has nothing left to rate (A-5)."""
    if row.command != "rate" or not case.publications:
        return False
    rated = {given.report_id for given in case.publications[-1].ratings}
    return all(item.report_id in rated for item in case.reports if item.contact_id == ctx.actor.id)


def _move(ctx: Context, case: Case, row: Row, subject: Subject) -> Move:
    return Move(
        command=row.command,
        label=button(row.command, row),
        dispatch_id=subject.dispatch.id if subject.dispatch else None,
        coordination_id=subject.coordination.id if subject.coordination else None,
        form=tuple(_fields(ctx, case, row, subject)),
        rules=row.cites,
        beyond_text=row.beyond_text,
        offered=any(is_offered(ctx.pack, clock, ctx.now, row.command) for clock in case.running()),
    )


def is_offered(pack: Pack, clock: CaseClock, now: datetime, command: str = "") -> bool:
    """Does this limit, having run out, propose a command (this one) now? Not in the pack's quiet hours (A-LS-2)."""
    proposes = bool(clock.offer) and clock.breached_at is not None and command in ("", clock.offer)
    return proposes and pack.clocks[clock.name].breach.may_offer(now)


def _fields(ctx: Context, case: Case, row: Row, subject: Subject) -> Iterator[FormField]:
    demanded = [tuple(alternatives.split("|")) for alternatives in row.requires]
    for name, asked, always in _inputs(row.command):
        either = next((group for group in demanded if len(group) > 1 and name in group), ())
        yield FormField(
            name=name,
            label=asked.label,
            kind=asked.kind,
            required=always or (name,) in demanded,
            choices=tuple(_choices(ctx, case, row, subject, kind=asked.kind)),
            either=either,
        )


@cache
def _inputs(command: str) -> tuple[tuple[str, Input, bool], ...]:
    """(field, how it is asked for, whether the command cannot be without it) of what people fill in."""
    fields = REGISTRY[command].model_fields.items()
    asked = ((name, item, info.is_required()) for name, info in fields for item in info.metadata)
    return tuple((name, item, required) for name, item, required in asked if isinstance(item, Input))


def _choices(ctx: Context, case: Case, row: Row, subject: Subject, *, kind: InputKind) -> Iterator[Choice]:
    intake = ctx.pack.intake
    match kind:
        case "category":
            yield from (Choice(item.id, item.label) for item in intake.categories.values() if item.active)
        case "urgency":
            yield from (Choice(item.id, item.label) for item in intake.urgencies.values())
        case "diversion":
            yield from (Choice(item.id, item.label) for item in intake.diversions.values())
        case "emergency_target":
            yield from (Choice(item.id, item.label) for item in intake.emergency_targets.values())
        case "level":
            levels = sorted(ctx.pack.rating.levels.values(), key=lambda item: -item.score)
            yield from (Choice(item.id, item.label) for item in levels)
        case "fields":
            yield from (Choice(item.field, item.label) for item in _wanted(ctx, case, row.command))
        case "decline_reason":
            yield from _reasons(ctx, case, row, ctx.pack.decline_reasons.values())
        case "cancel_reason":
            yield from _reasons(ctx, case, row, ctx.pack.cancel_reasons.values())
        case "agency" | "agencies" | "unit":
            yield from _agencies(ctx, case, row, subject)
        case "outcome":
            yield from _OUTCOMES
        case "flag":
            yield from _FLAGS
        case _:
            yield from _from_case(ctx, case, subject, kind)


def _wanted(ctx: Context, case: Case, command: str) -> list[RequiredField]:
    """
    What a command about the reporter's own words may name: what is missing, and what can be said to be lacking (A-8).

    An unclear word is asked for again although it was given (QB-IV.1.1a.x4): what is missing comes first.
    """
    missing = list(missing_fields(ctx.pack, case))
    if command == "declare_none":
        return [item for item in missing if item.may_be_declared_none]
    required = ctx.pack.intake.required.values()
    others = [item for item in required if item.applies_on(case.channel) and item not in missing]
    if command == "supply_supplement":
        others = [item for item in others if item.field in case.asked_for]
    return missing + others


_OUTCOMES = (
    Choice("reached", "Đã xác minh"),
    Choice("not_reached", "Không liên lạc được"),
    Choice("not_the_reporter", "Người nghe máy không phải người phản ánh"),
)
_FLAGS = (
    Choice("reputation", "Ảnh hưởng uy tín"),
    Choice("secret", "Nghi bí mật nhà nước"),
    Choice("valuable", "Có giá trị"),
    Choice("false_report", "Sai sự thật"),
)


def _from_case(ctx: Context, case: Case, subject: Subject, kind: InputKind) -> Iterator[Choice]:
    match kind:
        case "media":
            yield from (Choice(key, key) for key in sorted(case.evidence))
        case "report":
            yield from (Choice(item.report_id, item.code) for item in case.reports)
        case "clock":
            late = (item for item in case.clocks.values() if item.breached_at or item.late_s)
            part = subject.dispatch.id if subject.dispatch else None
            mine = (item for item in late if part in (None, case.part_of(item)))
            yield from (Choice(item.id, _named(ctx, case, item)) for item in mine)


def _named(ctx: Context, case: Case, clock: CaseClock) -> str:
    """A limit with whose it is: several agencies may have missed the same one."""
    part, label = case.part_of(clock), ctx.pack.clocks[clock.name].label
    return f"{label} – {ctx.agencies.name(case.dispatch(part).agency_id)}" if part else label


def _reasons(ctx: Context, case: Case, row: Row, reasons: Iterable[Reason]) -> Iterator[Choice]:
    """Only those grounds that the row allows, whose conditions hold and whose waiting time is over."""
    facts = facts_of(ctx.pack, ctx.agencies, case)
    allowed = row.when.reason_code
    for reason in (item for item in reasons if allowed is None or item.id in allowed):
        clock = case.clocks.get(reason.after_clock)
        waited = not reason.after_clock or (clock is not None and clock.has_run_out(ctx.now))
        if waited and holds(reason.when, facts):
            yield Choice(reason.id, reason.label)


def _agencies(ctx: Context, case: Case, row: Row, subject: Subject) -> Iterator[Choice]:
    """Those the row may go to; the category's usual ones, and the one a returner suggested, come first."""
    category = ctx.pack.intake.categories.get(case.category or "")
    suggested = [item.sent_back_to for item in case.dispatches if item.sent_back_to]
    usual = [*suggested, *(category.agencies if category else ())]
    first = [heir.id for name in usual for heir in ctx.agencies.successors(name)]
    free = (item for item in ctx.agencies.of_kinds(row.target.kinds) if _may_be_named(ctx, case, row, subject, item.id))
    found = [item for item in free if _fits_target(ctx, case, row, subject, item.id)]
    found.sort(key=lambda item: first.index(item.id) if item.id in first else len(first))
    yield from (Choice(item.id, item.name) for item in found)


def _may_be_named(ctx: Context, case: Case, row: Row, subject: Subject, agency_id: str) -> bool:
    """Whether the command would not be refused for it: what the form offers can be sent."""
    match row.command:
        case "dispatch":
            lead, only_one = lead_to_come(ctx.pack, case), row.agencies is not None and row.agencies.max == 1
            led = lead is None or not only_one or agency_id == lead
            return led and agency_id not in agencies_at_work(ctx.pack, case)
        case "request_coordination" if subject.dispatch is not None:
            return agency_id not in (subject.dispatch.agency_id, subject.dispatch.unit_id)
        case "send_back" if subject.dispatch is not None:
            return agency_id != (subject.dispatch.unit_id or subject.dispatch.agency_id)
        case _:
            return True


def _fits_target(ctx: Context, case: Case, row: Row, subject: Subject, agency_id: str) -> bool:
    here = subject.dispatch.agency_id if subject.dispatch else None
    match row.target.relation:
        case "place":
            found = ctx.agencies.get(agency_id)
            return case.commune_code is None or (found is not None and found.commune_code == case.commune_code)
        case "below":
            return here is None or agency_id == here or ctx.agencies.is_below(agency_id, here)
        case _:
            return True
