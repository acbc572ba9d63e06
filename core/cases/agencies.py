"""
The tree of agencies on one day: an immutable snapshot, small enough to hold in memory.

Agencies come and go (VN-10: no district level since 01/7/2025). An id is never given twice; one that is gone names
those that replaced it and stays searchable. A case keeps ids; names are looked up in the snapshot of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from pydantic import Field

from core.contract.schema import Model
from core.intake.fold import fold


class Agency(Model):
    """
    One agency, unit, enterprise or people's committee.

    Args:
        kind: what packs speak of: centre, department, commune, district, central_body, enterprise, unit, …
        code: its official code (mã định danh). `former`: names and codes it had before.
        commune_code: (commune) official code of the area it answers for.
        replaced_by: where its work went when it ended; `until` is its last day.
    """

    id: str
    name: str
    kind: str
    parent: str | None = None
    commune_code: str | None = None
    short_name: str = ""
    code: str = ""
    former: tuple[str, ...] = Field(default=())
    since: date | None = None
    until: date | None = None
    replaced_by: tuple[str, ...] = Field(default=())


@dataclass(frozen=True)
class AgencyTree:
    """
    The agencies as they were on `as_of`.

    Raises: ValueError: a parent or successor that does not exist, an id twice, or a circle of parents.
    """

    as_of: date
    agencies: Mapping[str, Agency] = field(default_factory=dict)

    @classmethod
    def of(cls, agencies: Iterable[Agency], as_of: date) -> AgencyTree:
        """A checked snapshot; agencies whose time had not come yet are left out, those gone stay searchable."""
        rows = tuple(agencies)
        known = {item.id: item for item in rows}
        if len(known) != len(rows):
            raise ValueError("an agency id is given twice")
        cls(as_of, known)._check()
        begun = {item.id: item for item in rows if item.since is None or item.since <= as_of}
        return cls(as_of, begun)

    def _check(self) -> None:
        for item in self.agencies.values():
            missing = [name for name in (item.parent, *item.replaced_by) if name and name not in self.agencies]
            if missing:
                raise ValueError(f"agency {item.id}: no agency {', '.join(missing)}")
            if any(above.id == item.id for above in self.ancestors(item.id)):
                raise ValueError(f"agency {item.id} is above itself")

    def __contains__(self, agency_id: str) -> bool:
        return agency_id in self.agencies

    def get(self, agency_id: str) -> Agency | None:
        """The agency of this id, also one that is gone."""
        return self.agencies.get(agency_id)

    def is_active(self, agency_id: str) -> bool:
        """Can work be sent there on this day?"""
        found = self.agencies.get(agency_id)
        return found is not None and (found.until is None or found.until >= self.as_of)

    def name(self, agency_id: str) -> str:
        """Its name as people read it; the id of an agency nobody knows."""
        found = self.agencies.get(agency_id)
        return found.name if found else agency_id

    def ancestors(self, agency_id: str) -> Iterator[Agency]:
        """The agencies above, the nearest first; ends where a circle would begin."""
        seen: set[str] = set()
        found = self.agencies.get(agency_id)
        while found is not None and found.parent is not None and found.parent not in seen:
            seen.add(found.parent)
            found = self.agencies.get(found.parent)
            if found is not None:
                yield found

    def parent(self, agency_id: str) -> Agency | None:
        """The agency directly above."""
        return next(self.ancestors(agency_id), None)

    @cached_property
    def _children(self) -> Mapping[str, tuple[str, ...]]:
        below: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for item in self.agencies.values():
            if item.parent is not None:
                below[item.parent] += (item.id,)
        return below

    def descendants(self, agency_id: str) -> Iterator[Agency]:
        """Everything below, depth first, in the order written."""
        for child in self._children.get(agency_id, ()):
            yield self.agencies[child]
            yield from self.descendants(child)

    def is_below(self, agency_id: str, above: str) -> bool:
        """Does the second stand somewhere above the first?"""
        return any(item.id == above for item in self.ancestors(agency_id))

    def successors(self, agency_id: str) -> tuple[Agency, ...]:
        """The active agencies that took over, followed to the end; itself while it is active."""
        found = self.agencies.get(agency_id)
        if found is None:
            return ()
        if self.is_active(agency_id):
            return (found,)
        return tuple(item for heir in found.replaced_by for item in self.successors(heir))

    def of_commune(self, commune_code: str) -> Agency | None:
        """The active people's committee that answers for this commune."""
        found = (item for item in self.agencies.values() if item.commune_code == commune_code)
        return next((item for item in found if self.is_active(item.id)), None)

    def search(self, words: str, *, gone: bool = True) -> tuple[Agency, ...]:
        """
        Agencies by any name or code they have or had, in any spelling, those at work first, by name (VN-10).

        Args:
            gone: also those that are no more.
        """
        wanted = fold(words)
        found = (item for item in self.agencies.values() if wanted in self._spelled[item.id])
        kept = [item for item in found if gone or self.is_active(item.id)]
        return tuple(sorted(kept, key=lambda item: (not self.is_active(item.id), item.name, item.id)))

    @cached_property
    def _spelled(self) -> Mapping[str, str]:
        words = {one.id: (one.name, one.short_name, one.code, one.commune_code or "", *one.former) for one in self}
        return {key: fold(" | ".join(filter(None, (*names, key)))) for key, names in words.items()}

    def __iter__(self) -> Iterator[Agency]:
        return iter(self.agencies.values())

    def of_kinds(self, kinds: Iterable[str]) -> tuple[Agency, ...]:
        """The active agencies of these kinds; of every kind when none is named."""
        wanted = set(kinds)
        rows = (item for item in self.agencies.values() if self.is_active(item.id))
        return tuple(item for item in rows if not wanted or item.kind in wanted)
