"""
Do the entries of a pack speak of things that exist? Checked when it is loaded, so that nothing fails at night.

Whether the whole makes sense (reachable stages, missing clocks) is the linter's question, not asked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from core.cases.commands import NAMES, REGISTRY
from core.clock import facts_of
from core.regulations.model import ClockSpec, Move, Pack
from core.regulations.words import KINDS, Level, parse_trigger

Path = tuple[str, ...]
Problem = tuple[Path, str]

INTERNAL_TRIGGERS = frozenset({"receive_report", "request_sent", "request_delivered"})
MARKS_BESIDE_COMMANDS = frozenset({"received_at", "now", "opened"})
"""Times a start expression may name besides commands: receipt, the trigger's instant, the dispatch's creation."""


def dangling(pack: Pack) -> Iterator[Problem]:
    """Every reference to nothing: where it stands, and what is wrong."""
    for move in pack.moves.values():
        yield from _move(pack, move)
    yield from _joins(pack)
    for clock in pack.clocks.values():
        yield from _clock(pack, clock)
    yield from _people(pack)
    yield from _reasons(pack)
    yield from _stages(pack)


LEADING = frozenset(
    {"accept", "request_supplement", "supply_supplement", "decline", "cancel", "divert", "accept_dispatch", "send_back"}
    | {"submit_result", "approve", "edit_and_approve", "return_for_revision", "centre_return", "publish", "withhold"}
    | {"answer_reporter", "reply_privately", "reopen", "accept_coordination", "supply_information"}
    | {"refuse_coordination"}
)
"""Commands that make no sense unless somebody else has it afterwards, or nobody."""

OPENING = frozenset({"dispatch", "request_coordination"})
JOINING = frozenset({"link_report", "unlink_report"})
_SHOWN = 12


def _stages(pack: Pack) -> Iterator[Problem]:
    if not pack.stages.case:
        yield ("stages",), "a pack needs at least one case stage"
    for level in _LEVELS:
        read: dict[str, str] = {}
        for name, stage in getattr(pack.stages, level).items():
            if stage.owner:
                yield from _known(("stages", level, name, "owner"), [stage.owner], pack.roles, "role")
            same = read.setdefault(" ".join(stage.label.casefold().split()), name)
            if same != name:
                text = f"reads the same as {same!r}: {stage.label!r}; give it a name of its own"
                yield ("stages", level, name, "label"), f"stages.{level}.{name}.label: {text}"


_LEVELS: tuple[Level, ...] = ("case", "dispatch", "coordination")


def _move(pack: Pack, move: Move) -> Iterator[Problem]:
    path = ("moves", move.id)
    yield from _known((*path, "by"), move.by, pack.roles, "role")
    if move.command not in NAMES:
        yield (*path, "command"), f"no command {move.command!r} in table 7.0"
        return
    yield from _targets(move)
    yield from _move_stages(pack, move)
    fields = REGISTRY[move.command].model_fields
    named = [name for alternatives in move.requires for name in alternatives.split("|")]
    yield from _known((*path, "requires"), named, fields, f"field of {move.command}")
    clocks = [name for name in (move.after_clock, move.before_clock) if name]
    yield from _known(path, clocks, pack.clocks, "clock")
    yield from _known((*path, "when", "stage"), move.when.stage or (), pack.stages.case, "case stage")
    if move.other_than and move.other_than not in NAMES:
        yield (*path, "other_than"), f"no command {move.other_than!r}"


def _targets(move: Move) -> Iterator[Problem]:
    """A command that leads somewhere must say where to."""
    path = ("moves", move.id)
    if move.command in LEADING and not (move.to or move.case_to):
        yield path, f"{'.'.join(path)}: {move.command} leads nowhere; write the stage it enters (to: …)"
    if move.command in OPENING and not move.opens:
        yield path, f"{'.'.join(path)}: {move.command} opens nothing; write the stage its part begins in (opens: …)"
    if move.command in JOINING and not move.other_to:
        yield path, f"{'.'.join(path)}: {move.command} leaves the other case where it is; write other_to: …"


def _move_stages(pack: Pack, move: Move) -> Iterator[Problem]:
    path = ("moves", move.id)
    own = getattr(pack.stages, move.at)
    yield from _known((*path, "from"), [s for s in move.from_ if not _is_kind(s)], own, f"{move.at} stage")
    yield from _known((*path, "to"), [move.to] if move.to and move.to != "previous" else [], own, f"{move.at} stage")
    cases = [name for name in (move.case_to, move.other_to) if name and name != "previous"]
    yield from _known(path, cases, pack.stages.case, "case stage")
    if move.opens:
        opened = pack.stages.coordination if move.command == "request_coordination" else pack.stages.dispatch
        yield from _known((*path, "opens"), [move.opens], opened, "stage to open")
    yield from _known(
        (*path, "dispatches"), [*move.dispatches, *move.dispatches.values()], pack.stages.dispatch, "stage"
    )


def _joins(pack: Pack) -> Iterator[Problem]:
    for name, join in pack.joins.items():
        yield from _known(("joins", name), (*join.needs, *join.ignores), pack.stages.dispatch, "dispatch stage")
        yield from _known(("joins", name), (*join.case_from, join.case_to), pack.stages.case, "case stage")


def _clock(pack: Pack, clock: ClockSpec) -> Iterator[Problem]:
    path = ("clocks", clock.id)
    for name in ("start", "restart", "recompute", "pause", "resume", "stop", "void"):
        for trigger in getattr(clock, name):
            yield from _trigger((*path, name), trigger, pack)
    told = [*clock.breach.tell, *(role for warning in clock.warnings for role in warning.tell)]
    yield from _known(path, [*told, *([clock.role] if clock.role else [])], {**pack.roles, "reporter": None}, "role")
    if clock.kind == "deadline" and not clock.role:
        yield path, "a deadline needs a role: whose time is it?"
    if clock.counts_from:
        yield from _known((*path, "from"), facts_of(clock.counts_from), NAMES | MARKS_BESIDE_COMMANDS, "time")
    if clock.limit is not None:
        known = {name for name, _ in clock.limit.variants}
        yield from _known((*path, "variants"), [variant.use for variant in clock.variants], known, "variant")
    if clock.breach.offer and clock.breach.offer not in NAMES:
        yield (*path, "breach", "offer"), f"no command {clock.breach.offer!r}"


def _people(pack: Pack) -> Iterator[Problem]:
    everyone = {**pack.roles, "reporter": None}
    yield from _known(("intake", "identity_readers"), pack.intake.identity_readers, pack.roles, "role")
    for name, notice in pack.notifications.items():
        yield from _known(("notifications", name, "to"), notice.to, everyone, "role")
        for trigger in notice.on:
            yield from _trigger(("notifications", name, "on"), trigger, pack)
    for name, report in pack.reports.items():
        yield from _known(("reports", name, "role"), [report.role], pack.roles, "role")
    for step, hands in pack.notices.items():
        yield from _known(("notices", step, "by"), hands.by, pack.roles, "role")


def _reasons(pack: Pack) -> Iterator[Problem]:
    for section in ("decline_reasons", "cancel_reasons"):
        for name, reason in getattr(pack, section).items():
            yield from _known((section, name), [reason.after_clock] if reason.after_clock else [], pack.clocks, "clock")
    if pack.rating.window:
        yield from _known(("rating", "window"), [pack.rating.window], pack.clocks, "clock")


def _trigger(path: Path, trigger: str, pack: Pack) -> Iterator[Problem]:
    kind, word = parse_trigger(trigger)
    if kind == "breach":
        yield from _known(path, [word], pack.clocks, "clock")
    elif kind == "stage":
        level, _, stage = word.partition("/")
        yield from _known(path, [stage], getattr(pack.stages, level), f"{level} stage")
    else:
        yield from _known(path, [word], NAMES | INTERNAL_TRIGGERS, "command")


def _known(path: Path, names: Iterable[str], known: Iterable[str], what: str) -> Iterator[Problem]:
    among = sorted(set(known))
    where = ".".join(path)
    yield from ((path, f"{where}: no {what} {name!r}{hint(name, among)}") for name in names if name not in among)


def hint(name: str, known: list[str]) -> str:
    """What may have been meant: the word most like it, else what there is."""
    close = get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are {', '.join(known[:_SHOWN])}" if known else "; there is none"


def _is_kind(ref: str) -> bool:
    return ref.startswith("@") and ref[1:] in KINDS
