"""
Work that changes hands: an agency ended, or an official left. No regulation gives this to a role; who keeps the
deployment does it, and the event says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from core.cases.commands import HandOverWork
from core.cases.decide.context import SYSTEM, Context
from core.cases.decide.refusals import data_invalid, refuse
from core.cases.decide.story import Story
from core.cases.events import WorkHandedOver
from core.cases.model import Case, Coordination, Dispatch
from core.regulations.model import Pack

KEEPERS = ("admin", SYSTEM)


@dataclass(frozen=True)
class Giver:
    """Whom work is taken from: an agency (or unit), or an official; the other is None."""

    agency: str | None = None
    staff: str | None = None

    def has(self, part: Dispatch | Coordination) -> bool:
        """Whether a part of a case is theirs."""
        if self.staff is not None:
            return part.staff_id == self.staff
        return self.agency in (part.agency_id, getattr(part, "unit_id", None))

    def leads(self, pack: Pack, case: Case) -> bool:
        """Whether it leads an open case."""
        return self.agency is not None and case.lead_agency == self.agency and is_open(pack, case)


def hand_over(ctx: Context, case: Case, command: HandOverWork) -> Story:
    """
    Every open part of the one becomes the other's.

    Raises: Refused: not a keeper, nothing or too much named, a successor that is not at work, or nothing to hand over.
    """
    role = next((name for name in KEEPERS if name in ctx.actor.roles), None)
    if role is None:
        raise refuse("role_not_allowed", 403, "Chỉ quản trị viên bàn giao việc của cơ quan, cán bộ đã nghỉ.")
    _check_named(ctx, command)
    giver = Giver(command.from_agency, command.from_staff)
    parts = tuple(item.id for item in open_dispatches(ctx.pack, case) if giver.has(item))
    helps = tuple(item.id for item in open_coordinations(ctx.pack, case) if giver.has(item))
    lead = giver.leads(ctx.pack, case)
    if not parts and not helps and not lead:
        raise refuse("nothing_to_hand_over", 409, "Hồ sơ này không còn việc nào để bàn giao.")
    story = Story(ctx, role, case)
    carried = {name: getattr(command, name) for name in ("from_agency", "to_agency", "from_staff", "to_staff")}
    story.tell(WorkHandedOver, **carried, dispatches=parts, coordinations=helps, lead=lead, reason=command.reason)
    return story


def _check_named(ctx: Context, command: HandOverWork) -> None:
    agencies, staff = (command.from_agency, command.to_agency), (command.from_staff, command.to_staff)
    named = [pair for pair in (agencies, staff) if any(pair)]
    if len(named) != 1 or not all(named[0]) or named[0][0] == named[0][1]:
        raise data_invalid("Phải nêu đúng một cặp: cơ quan giao và nhận, hoặc cán bộ giao và nhận, khác nhau.")
    if command.to_agency is not None and not ctx.agencies.is_active(command.to_agency):
        name = ctx.agencies.name(command.to_agency)
        raise data_invalid(f"{name} không hoạt động nên không nhận bàn giao được.", agency=command.to_agency)


def is_open(pack: Pack, case: Case) -> bool:
    """Whether anybody still works on this case."""
    return case.merged_into is None and pack.stage("case", case.stage).kind in ("open", "aside")


def open_dispatches(pack: Pack, case: Case) -> Iterator[Dispatch]:
    """Parts that wait for their agency; those that are done wait, too, while their agencies own the case's stage."""
    if is_open(pack, case):
        owner = pack.roles.get(pack.stage("case", case.stage).owner)
        waiting = {"open", "aside"} | ({"done"} if owner is not None and owner.level in ("agency", "unit") else set())
        yield from (item for item in case.dispatches if pack.stage("dispatch", item.stage).kind in waiting)


def open_coordinations(pack: Pack, case: Case) -> Iterator[Coordination]:
    """Requests for help that wait for an answer."""
    if is_open(pack, case):
        items = case.coordinations
        yield from (item for item in items if pack.stage("coordination", item.stage).kind in ("open", "aside"))
