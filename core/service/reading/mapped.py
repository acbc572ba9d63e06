"""Open cases by where they are: what the map draws, what its list of communes counts, the cases behind either."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from core.cases.model import Case
from core.identity.codes import format_code
from core.service.actors import ADMIN, Member
from core.service.reading import lists
from core.service.reading.listing import ReadsLists
from core.service.reading.views import CaseLine
from core.storage import mapped
from core.storage.cases import CaseRow
from core.storage.database import Connection
from core.storage.deadlines import SOON
from core.storage.mapped import Area, Cell, Frame, Wanted
from core.storage.reports import ReportRow

ACROSS = 16
"""Squares along the longer side of what is looked at."""
MOST_CELLS = 800


@dataclass(frozen=True)
class MapWish:
    """Which open cases somebody wants to see; empty fields do not filter (see `core.storage.mapped.Wanted`)."""

    category: str = ""
    state: str = ""
    urgent_only: bool = False
    commune: str = ""
    frame: Frame | None = None


@dataclass(frozen=True)
class Spot:
    """One mark: a cluster, or a single case with id, code and category where whoever asks may open it."""

    cell: Cell
    code: str = ""
    category: str = ""


@dataclass(frozen=True)
class Drawn:
    """What a map shows. `frame`: what it should show; None where no point is known. `finest`: nothing parts them."""

    frame: Frame | None
    spots: Sequence[Spot]
    finest: bool


class ReadsMap(ReadsLists):
    """The map of one person: cases of the agencies they may see (TG-2.2), all of them for the centre."""

    async def map_spots(self, member: Member, wish: MapWish) -> Drawn:
        """Clusters of what lies in the frame, or of everything with the frame around it."""
        wanted = self._wanted(member, wish)

        def read(connection: Connection) -> Drawn:
            frame = wish.frame or mapped.extent(connection, wanted)
            if frame is None:
                return Drawn(None, (), finest=True)
            step = step_for(frame)
            found = mapped.cells(connection, replace(wanted, frame=frame), step=step, most=MOST_CELLS)
            singles = self._open_to(connection, member, [cell.one for cell in found if cell.one])
            known = mapped.named(connection, singles)
            return Drawn(frame, [self._spot(cell, known.get(cell.one)) for cell in found], finest=step == 1)

        return await self._database.read(read)

    async def map_areas(self, member: Member, wish: MapWish) -> list[Area]:
        """How many there are in each commune."""
        wanted = self._wanted(member, replace(wish, commune="", frame=None))
        return await self._database.read(partial(mapped.areas, wanted=wanted))

    async def map_cases(
        self, member: Member, wish: MapWish, *, most: int, skip: int = 0
    ) -> tuple[list[CaseLine], bool]:
        """The cases themselves, what cannot wait first, then by due time; and whether there are more."""
        wanted = self._wanted(member, wish)

        def read(connection: Connection) -> tuple[list[CaseRow], dict[str, ReportRow], bool]:
            rows = mapped.listed(connection, wanted, most=most + 1, skip=skip)
            states = {row.id: Case.model_validate(row.state) for row in rows[:most]}
            seen = {key: case for key, case in states.items() if self.allowed(member, case)}
            shown = [row for row in rows if row.id in seen]
            return shown, lists.content_rows(connection, seen.values()), len(rows) > most

        rows, contents, more = await self._database.read(read)
        reader = await self._lines(contents)
        return [reader.case_line(row) for row in rows], more

    def _open_to(self, connection: Connection, member: Member, ids: Sequence[str]) -> Sequence[str]:
        """Those of these cases that this person may open: lists reach a little further (see `reach`)."""
        if member.holds(ADMIN) or all(member.is_centre(pack) for pack in self._regulation.packs):
            return ids
        states = lists.states_of(connection, ids)
        return [one for one in ids if one in states and self.allowed(member, states[one])]

    def _wanted(self, member: Member, wish: MapWish) -> Wanted:
        now, tiers = self._now(), [pack.intake.urgencies for pack in self._regulation.packs]
        urgent = frozenset(name for known in tiers for name, tier in known.items() if tier.emergency)
        return Wanted(now, now + SOON, urgent=urgent, agencies=self.reach(member), **wish.__dict__)

    def _spot(self, cell: Cell, named: tuple[str, str] | None) -> Spot:
        if named is None:
            return Spot(replace(cell, one=""))
        code, category = named
        known = self._regulation.current.intake.categories
        return Spot(cell, format_code(code), known[category].label if category in known else "")


def step_for(frame: Frame) -> int:
    """
    The side of a square for what is looked at, in thousandths of a degree: a power of two.

    So each square lies whole in one of the next larger ones, and clusters part as the map is brought nearer.
    """
    longer = max(frame.north - frame.south, frame.east - frame.west, 1)
    step = 1
    while step * ACROSS < longer:
        step *= 2
    return step
