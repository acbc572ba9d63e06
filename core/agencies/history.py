"""
Everything that was ever written down about agencies, and the trees that follow from it.

An entry says: from this day on the agency is so, or is no more. Entries are only ever added. A correction is an entry
for the same day in a later edition, so that both the tree of a day and the tree as it was known then can be had again.
Ids are never given twice: an agency that ended keeps its own for good (VN-10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from pydantic import Field

from core.cases.agencies import Agency, AgencyTree
from core.contract.schema import Model

FIELDS = ("name", "short_name", "kind", "parent", "code", "commune_code")
"""What an entry says of an agency that may change from day to day."""
_DAY = timedelta(days=1)


class Entry(Model):
    """
    One agency from one day on.

    Args:
        since: first day; None: for as long as anybody remembers.
        edition: in which edition it was written; counts from 1, 0 is not stored yet.
        code: its official code (mã định danh). `commune_code`: (commune) the area it answers for.
        ended: it is no more since that day; `replaced_by` names where its work went. The other fields say nothing then.
    """

    agency_id: str
    since: date | None = None
    edition: int = 0
    name: str = ""
    kind: str = ""
    short_name: str = ""
    parent: str | None = None
    code: str = ""
    commune_code: str | None = None
    ended: bool = False
    replaced_by: tuple[str, ...] = Field(default=())

    @property
    def day(self) -> date:
        """The first day, as days are compared."""
        return self.since or date.min

    def says(self) -> dict[str, object]:
        """What it says, whoever wrote it when."""
        return self.model_dump(exclude={"edition"})


def typed_fields(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the fields that somebody filled in; an empty parent or commune is none."""
    given = {name: typed[name] for name in FIELDS if typed.get(name) is not None}
    return {name: value or None if name in ("parent", "commune_code") else value for name, value in given.items()}


def entries_of(agency: Agency) -> tuple[Entry, ...]:
    """The entries behind an agency that is written down as one line with a first and a last day."""
    shown = agency.model_dump(include=set(FIELDS))
    begun = Entry(agency_id=agency.id, since=agency.since, **shown)
    if agency.until is None:
        return (begun,)
    return (begun, Entry(agency_id=agency.id, since=agency.until + _DAY, ended=True, replaced_by=agency.replaced_by))


@dataclass(frozen=True)
class AgencyHistory:
    """All entries of all editions, in any order."""

    entries: tuple[Entry, ...] = ()

    @property
    def edition(self) -> int:
        """The newest edition; 0 while nothing is stored."""
        return max((item.edition for item in self.entries), default=0)

    @cached_property
    def _terms(self) -> Mapping[str, tuple[Entry, ...]]:
        newest: dict[tuple[str, date], Entry] = {}
        for item in sorted(self.entries, key=lambda one: one.edition):
            newest[item.agency_id, item.day] = item
        found: dict[str, list[Entry]] = defaultdict(list)
        for item in sorted(newest.values(), key=lambda one: one.day):
            found[item.agency_id].append(item)
        return {key: tuple(items) for key, items in found.items()}

    def __contains__(self, agency_id: str) -> bool:
        return agency_id in self._terms

    def terms(self, agency_id: str) -> tuple[Entry, ...]:
        """What holds of an agency, the oldest first; corrected entries are left out."""
        return self._terms.get(agency_id, ())

    def days(self) -> tuple[date, ...]:
        """Every day on which something changed."""
        return tuple(sorted({item.day for terms in self._terms.values() for item in terms}))

    def as_known(self, edition: int) -> AgencyHistory:
        """What was known when this edition was the newest."""
        return AgencyHistory(tuple(item for item in self.entries if item.edition <= edition))

    def extended(self, entries: Iterable[Entry]) -> AgencyHistory:
        """With these entries as the next edition."""
        number = self.edition + 1
        return AgencyHistory((*self.entries, *(item.model_copy(update={"edition": number}) for item in entries)))

    def tree(self, as_of: date) -> AgencyTree:
        """
        The agencies as they stand on a day; those gone stay searchable, those to come are left out.

        Raises: ValueError: a parent or successor that does not exist, or a circle of parents.
        """
        rows = [agency for terms in self._terms.values() if (agency := _on(terms, as_of)) is not None]
        return AgencyTree.of(rows, as_of)


def _on(terms: tuple[Entry, ...], as_of: date) -> Agency | None:
    """One agency on a day: what the last entry up to then says, what it was called before, and when it ends."""
    told = [item for item in terms if not item.ended]
    begun = [item for item in told if item.day <= as_of]
    if not told:
        return None
    now = begun[-1] if begun else told[0]
    end = next((item for item in terms if item.ended), None)
    return Agency(
        id=now.agency_id,
        name=now.name,
        kind=now.kind,
        short_name=now.short_name,
        parent=now.parent,
        code=now.code,
        commune_code=now.commune_code,
        since=told[0].since,
        until=end.day - _DAY if end else None,
        replaced_by=end.replaced_by if end else (),
        former=_former(begun, now),
    )


def _former(begun: list[Entry], now: Entry) -> tuple[str, ...]:
    """Names and codes that it had before and has no more."""
    had = (word for item in begun for word in (item.name, item.short_name, item.code))
    return tuple(dict.fromkeys(word for word in had if word and word not in (now.name, now.short_name, now.code)))
