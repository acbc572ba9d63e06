"""
Who is meant by a notice to staff: roles become seats at agencies, seats become people, and what the notice can say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.cases.agencies import AgencyTree
from core.cases.decide.facts import taking_part
from core.cases.model import Case, Coordination, Dispatch
from core.cases.tasks import open_tasks
from core.clock import in_words
from core.identity.codes import format_code
from core.notify.plan import Notice
from core.regulations.model import Pack, Role
from core.service.casefile import CaseFile
from core.storage.staff_notices import Holder

Part = Dispatch | Coordination


@dataclass(frozen=True)
class Wanted:
    """One notice to whoever holds a role about one part of a case; `seats` are (role, agency) pairs, nearest first."""

    notice: Notice
    role: str
    seats: tuple[tuple[str, str], ...]
    part: Part | None

    def concerns(self, holder: Holder) -> bool:
        """Whether this person sits there, and did not bring it about."""
        return (holder.role, holder.agency_id) in self.seats and holder.user_id != self.notice.event.by.id


def wanted_by(notice: Notice, file: CaseFile, agencies: AgencyTree) -> Iterator[Wanted]:
    """For each role and each part that a notice is about: whose seats are meant."""
    for name in notice.staff:
        role = file.pack.roles[name]
        parts: Sequence[Part | None] = [None] if role.is_of_centre else _parts(notice, file.now, file.pack)
        for part in parts:
            places = tuple(_places(role, part, agencies))
            if places:
                yield Wanted(notice, name, tuple((name, place) for place in places), part)


def _parts(notice: Notice, case: Case, pack: Pack) -> list[Part]:
    """The dispatches and requests it names; of one about the whole case, every dispatch that counts."""
    known: dict[str, Part] = {item.id: item for item in case.dispatches}
    known |= {item.id: item for item in case.coordinations}
    if notice.parts:
        return [known[name] for name in notice.parts if name in known]
    return [*taking_part(pack, case)]


def _places(role: Role, part: Part | None, agencies: AgencyTree) -> Iterator[str]:
    """Where somebody in this role must stand to be meant, the nearest first; the centre is no agency ("")."""
    if part is None:
        yield ""
    elif role.level == "above":
        yield from (above.id for above in agencies.ancestors(part.agency_id))
    elif role.level == "unit" and isinstance(part, Dispatch):
        yield from filter(None, [part.unit_id])
    elif role.level in ("agency", "unit", "partner"):
        yield part.agency_id


def given_to(one: Wanted, holders: Sequence[Holder]) -> list[Holder]:
    """The person the work was given to, if they hold the role; else all who do, each once."""
    given = one.part.staff_id if one.part else None
    meant = [holder for holder in holders if holder.user_id == given] or list(holders)
    return each_once(meant)


def each_once(holders: Sequence[Holder]) -> list[Holder]:
    """Nobody twice, whoever holds several of the roles."""
    return list({holder.user_id: holder for holder in reversed(holders)}.values())[::-1]


def values_of(file: CaseFile, one: Wanted, agencies: AgencyTree) -> dict[str, str]:
    """What the notice says: the work as it now stands, whose it is, and by when."""
    case, pack, part = file.now, file.pack, one.part
    about = part.id if part else None
    tasks = [item for item in open_tasks(pack, case) if about in (item.dispatch_id, item.coordination_id)]
    task = next((item for item in tasks if item.role == one.role), tasks[0] if tasks else None)
    clock = case.clocks.get(one.notice.clock_id)
    label = pack.clocks[clock.name].label if clock else task.label if task else pack.stage("case", case.stage).label
    due_at = clock.due_at if clock else task.due_at if task else None
    return {
        "code": format_code(case.code),
        "task": label[:1].lower() + label[1:],
        "agency": agencies.name(part.agency_id) if part else "",
        "due": in_words(due_at) if due_at else "",
    }
