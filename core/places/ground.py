"""
The communes that the people of one deployment mean: those of its own province, as far as that is known.

Nothing is guessed. One that is named clearly is taken; several are for the person who named them to choose from, or
for the desk.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from core.intake.fold import fold
from core.places.gazetteer import Gazetteer, Suggestion
from core.places.units import Commune


@dataclass(frozen=True)
class Ground:
    """
    Every commune known, and what is ours of them.

    Args:
        provinces: names in which our own communes lie; empty: not known, then all count.
    """

    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    provinces: frozenset[str] = frozenset()

    def named_in(self, words: str, day: date) -> tuple[Suggestion, ...]:
        """Ours that the words name with their kind; several where it is not clear which."""
        return self._ours(self.gazetteer.named_in(words, day))

    def hinted_in(self, words: str, day: date) -> tuple[Suggestion, ...]:
        """Ours that the words name at all: for a person who decides."""
        return self.named_in(words, day) or self._ours(self.gazetteer.hinted_in(words, day))

    def on(self, day: date) -> tuple[Commune, ...]:
        """Ours as they are on this day, by name."""
        there = (one for one in self.gazetteer.communes if one.is_there(day))
        ours = (one for one in there if not self.provinces or not one.province or one.province in self.provinces)
        return tuple(sorted(ours, key=lambda one: fold(one.name)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What ours are or were called, so that they are known in small letters too; not those that are numbers."""
        return tuple(
            sorted({one.name for one in self.gazetteer.communes if one.code in self._codes and " " in one.name})
        )

    @cached_property
    def _codes(self) -> frozenset[str]:
        """Of ours, and of those whose ground became theirs, whatever province that was in."""
        codes = {one.code for one in self.gazetteer.communes if not self._known or fold(one.province) in self._known}
        changes = self.gazetteer.successions
        while older := {change.old_code for change in changes if change.new_code in codes} - codes:
            codes |= older
        return frozenset(codes)

    def _ours(self, found: tuple[Suggestion, ...]) -> tuple[Suggestion, ...]:
        known = self._known
        return tuple(one for one in found if not known or fold(one.commune.province) in known)

    @cached_property
    def _known(self) -> frozenset[str]:
        """Our provinces without marks and case, and the one that nobody named; empty: all count."""
        return frozenset(map(fold, self.provinces)) | {""} if self.provinces else frozenset()


def only(found: tuple[Suggestion, ...]) -> Suggestion | None:
    """A single one, all of it: a part of a divided one is for a person to choose."""
    return found[0] if len(found) == 1 and found[0].whole else None
