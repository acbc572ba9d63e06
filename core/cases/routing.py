"""
Where a report should go, and why, in words: by the place where it happened (LS-7.2a) or by its category (TG-P1.II.3a).

Only a proposal. A person distributes, or the product itself where the pack gives it that row of the table, and then
only what a person has accepted (A-TG-6); where nothing is clear, nothing is proposed (TG-P1.II.3b).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from core.cases.agencies import Agency, AgencyTree
from core.cases.model import Case
from core.regulations.model import Move, Pack

DISPATCH = "dispatch"


@dataclass(frozen=True)
class Matter:
    """
    What routing looks at.

    Args:
        communes: codes of the commune where it happened; several while it is not clear which.
        suggested: the agency that whoever returned it named. `lead`: the one that was decided to lead.
        refused: agencies that returned it.
    """

    category: str | None = None
    communes: tuple[str, ...] = ()
    suggested: str | None = None
    lead: str | None = None
    refused: frozenset[str] = frozenset()

    @classmethod
    def of(cls, case: Case, *, communes: Sequence[str] = ()) -> Matter:
        """Of a case; `communes`: what its words name, where the reporter chose none."""
        returned = [item for item in case.dispatches if item.sent_back_to or item.marks.get("send_back")]
        chosen = (case.commune_code,) if case.commune_code else tuple(communes)
        return cls(
            category=case.category,
            communes=chosen,
            suggested=next((item.sent_back_to for item in reversed(returned) if item.sent_back_to), None),
            lead=case.lead_agency,
            refused=frozenset(item.agency_id for item in returned),
        )


@dataclass(frozen=True)
class Proposal:
    """
    Args:
        agencies: where it should go; empty: a person must find out.
        reason: why, in one or two Vietnamese sentences. `rules`: what it rests on.
        unit: who would do the work below the agency, where that is another one (QB-IV.1.1a.2b).
        others: agencies that come into question as well, the likeliest first.
    """

    agencies: tuple[str, ...]
    reason: str
    rules: tuple[str, ...] = ()
    unit: str | None = None
    others: tuple[str, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Is there somewhere to send it?"""
        return bool(self.agencies)


def route(pack: Pack, tree: AgencyTree, matter: Matter, *, row: Move | None = None) -> Proposal:
    """
    Where this should go under this regulation.

    Args:
        tree: the agencies as they stand on the day in question.
        row: the row of the table that would send it; None: the first that lets a person do so.
    """
    found = row or by_hand(pack)
    if found is None:
        return Proposal((), "Quy chế này không có bước phân phối.")
    return _Router(pack, tree, matter, found).proposal()


def by_hand(pack: Pack) -> Move | None:
    """The first row by which a person distributes."""
    rows = pack.moves_for(DISPATCH)
    return next((row for row in rows if set(row.by) - {"system"}), next(iter(rows), None))


@dataclass(frozen=True)
class _Router:
    pack: Pack
    tree: AgencyTree
    matter: Matter
    row: Move

    def proposal(self) -> Proposal:
        """The first of the ways that leads anywhere; the reasons of those that did not are not told."""
        ways: tuple[Callable[[], Proposal | None], ...] = (self._lead, self._suggested, self._way)
        return next(made for way in ways if (made := way()) is not None)

    def _lead(self) -> Proposal | None:
        lead = self.matter.lead
        if lead is None or not self.tree.is_active(lead):
            return None
        return self._to(lead, f"{self.tree.name(lead)} đã được chỉ định làm đầu mối.")

    def _suggested(self) -> Proposal | None:
        named = self.matter.suggested
        heir = next(iter(self.tree.successors(named)), None) if named else None
        if heir is None or heir.id in self.matter.refused:
            return None
        made = self._to(heir.id, f"Đơn vị trả lại cho biết việc này thuộc {heir.name}.")
        return made if made.is_clear else None

    def _way(self) -> Proposal:
        if self.row.target.relation == "place":
            return self._by_place()
        made = self._by_category()
        if made is None and self._takes("commune") and len(self.matter.communes) == 1:
            made = self._by_place()
        return made or self._unclear("Chưa rõ cơ quan xử lý; cần phân tích và chọn bằng tay.")

    def _by_place(self) -> Proposal:
        """The people's committee of the commune where it happened (LS-7.2a)."""
        seats = [seat for code in self.matter.communes if (seat := self.tree.of_commune(code)) is not None]
        if not self.matter.communes:
            return self._unclear("Chưa rõ sự việc xảy ra ở xã, phường nào; cần xác định nơi xảy ra.")
        if not seats:
            codes = ", ".join(self.matter.communes)
            return self._unclear(f"Chưa có cơ quan nào trong danh mục phụ trách nơi xảy ra (mã xã {codes}).")
        if len(self.matter.communes) > 1:
            names = ", ".join(seat.name for seat in seats)
            return self._unclear(f"Nơi xảy ra có thể thuộc: {names}; cần chọn.", [seat.id for seat in seats])
        return self._to(seats[0].id, f"Sự việc xảy ra trên địa bàn của {seats[0].name}.")

    def _by_category(self) -> Proposal | None:
        """The agency that the pack names for the category, as it is today (TG-P1.II.3a)."""
        category = self.pack.intake.categories.get(self.matter.category or "")
        if category is None or not category.agencies:
            return None
        made = [self._usual(name, category.label) for name in category.agencies]
        clear = [one for one in made if one.is_clear and not set(one.agencies) & self.matter.refused]
        if not clear:
            return made[0]
        others = [name for one in made if one is not clear[0] for name in (*one.agencies, *one.others)]
        kept = tuple(name for name in dict.fromkeys((*clear[0].others, *others)) if name not in clear[0].agencies)
        rules = tuple(dict.fromkeys((*clear[0].rules, *category.cites)))
        return Proposal(clear[0].agencies, clear[0].reason, rules, unit=clear[0].unit, others=kept)

    def _usual(self, name: str, label: str) -> Proposal:
        heirs = self.tree.successors(name)
        here = [heir for heir in heirs if self._is_here(heir)]
        chosen = here if len(here) == 1 else heirs
        if not chosen:
            return self._unclear(f"Lĩnh vực “{label}” thuộc {self.tree.name(name)}, hiện không còn hoạt động.")
        if len(chosen) > 1:
            names = ", ".join(heir.name for heir in chosen)
            text = f"{self.tree.name(name)} đã được thay bằng: {names}; cần chọn."
            return self._unclear(text, [heir.id for heir in chosen])
        was = "" if chosen[0].id == name else f" (trước đây: {self.tree.name(name)})"
        return self._to(chosen[0].id, f"Lĩnh vực “{label}” do {chosen[0].name}{was} phụ trách.")

    def _is_here(self, agency: Agency) -> bool:
        return agency.commune_code is not None and agency.commune_code in self.matter.communes

    def _to(self, agency_id: str, why: str) -> Proposal:
        """To this agency, or to the nearest above it that the row may send to (QB-IV.1.1a.2b)."""
        seat = self.tree.get(agency_id)
        line = [item for item in (seat, *self.tree.ancestors(agency_id)) if item is not None]
        focal = next((item for item in line if self._may(item)), None)
        if focal is None:
            return self._unclear(f"{why} Bước này không chuyển đến cơ quan đó được; cần chọn bằng tay.", [agency_id])
        if focal.id == agency_id:
            return Proposal((agency_id,), why, self.row.cites)
        text = f"{why} Đầu mối là cấp trên trực tiếp: {focal.name}; {self.tree.name(agency_id)} chủ trì xử lý."
        return Proposal((focal.id,), text, self.row.cites, unit=agency_id)

    def _may(self, agency: Agency) -> bool:
        return self.tree.is_active(agency.id) and self._takes(agency.kind)

    def _takes(self, kind: str) -> bool:
        return not self.row.target.kinds or kind in self.row.target.kinds

    def _unclear(self, why: str, others: Sequence[str] = ()) -> Proposal:
        lawful = tuple(name for name in others if (one := self.tree.get(name)) is not None and self._may(one))
        return Proposal((), why, self.row.cites, others=lawful)


def automatic_rows(pack: Pack) -> Iterator[Move]:
    """The rows by which the product itself may distribute."""
    return (row for row in pack.moves_for(DISPATCH) if "system" in row.by)
