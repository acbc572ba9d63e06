"""
Can every stage be reached and left, and has everybody something to do?
"""

from __future__ import annotations

from collections.abc import Iterator

from core.regulations.graph import node_id
from core.regulations.lint.finding import Finding, Kind, error, warning
from core.regulations.lint.walk import Subject, reachable_from

ENDS = {"done", "closed"}


def check_reachable(subject: Subject) -> Iterator[Finding]:
    """A stage that no report can come to is a slip, or a move is missing."""
    for level, stage in subject.stages():
        if node_id(level, stage.id) not in subject.reachable:
            message = f"no path leads to the stage {stage.id!r} from {subject.pack.first_stage!r}"
            yield error(Kind.STAGE_UNREACHABLE, ("stages", level, stage.id), message, stage.cites)


def check_exits(subject: Subject) -> Iterator[Finding]:
    """Work must be able to end: no open stage without a way out of its own, none that leads round in a circle only."""
    ends = {node_id(level, stage.id) for level, stage in subject.stages() if stage.kind in ENDS}
    for level, stage in subject.stages():
        node, path = node_id(level, stage.id), ("stages", level, stage.id)
        if stage.kind in ENDS:
            continue
        if not subject.exits.get(node):
            message = f"no move names the {stage.kind} stage {stage.id!r} as its start; give it one, or mark it closed"
            yield error(Kind.STAGE_WITHOUT_EXIT, path, message, stage.cites)
        elif not any(end.startswith(f"{level}_") for end in reachable_from(node, subject.exits) & ends):
            message = f"from the stage {stage.id!r} no done or closed stage of the {level} can be reached"
            yield error(Kind.ENDLESS, path, message, stage.cites)


def check_roles(subject: Subject) -> Iterator[Finding]:
    """A role without a move, a clock or a notice has no part in the regulation."""
    pack = subject.pack
    acting = {role for move in pack.moves.values() for role in move.by}
    told = {role for notice in pack.notifications.values() for role in notice.to}
    told |= {role for clock in pack.clocks.values() for role in clock.breach.tell}
    timed = {clock.role for clock in pack.clocks.values()} | {report.role for report in pack.reports.values()}
    owning = {stage.owner for _, stage in subject.stages()}
    for role in pack.roles.values():
        if role.id not in acting | told | timed | owning:
            message = f"the role {role.id!r} may do nothing, hears of nothing and owns nothing"
            yield warning(Kind.ROLE_IDLE, ("roles", role.id), message, role.cites)
