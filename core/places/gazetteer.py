"""
Looking for communes by what people type or write: in any spelling, by the name of today or by an old one.

An old name leads to the communes that have its ground now, often several: those are suggestions, a person chooses.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from core.intake.fold import compose, fold
from core.places.units import Commune, Succession

_DAY = timedelta(days=1)
_LONGEST_NAME = 5
_UNIT = re.compile(r"\b(?:xa|phuong|thi tran|dac khu|x|p|tt)(?:\. ?| )(?=\w)")
_WORD = re.compile(r"\w+")
_RELATION = re.compile(r"^(?:o|tai|thuoc|gan) ")
_MOST = 20


@dataclass(frozen=True)
class Suggestion:
    """
    A commune of today that may be meant.

    Args:
        formerly: the old one that was named, where it was an old one. `whole`: all of that one became this.
    """

    commune: Commune
    formerly: Commune | None = None
    whole: bool = True

    @property
    def label(self) -> str:
        """For a list to choose from; says which old name led here."""
        return self.commune.label + self._history(self.formerly.title if self.formerly else "")

    @property
    def short(self) -> str:
        """For those who live there: without the province, but with the district that an old name was in."""
        was = self.formerly and ", ".join(filter(None, (self.formerly.title, self.formerly.district)))
        return ", ".join(filter(None, (self.commune.title, self.commune.district))) + self._history(was or "")

    def _history(self, was: str) -> str:
        part = "" if self.whole else ", một phần"
        return f" (trước đây: {was}{part})" if was else ""


@dataclass(frozen=True)
class Gazetteer:
    """Every commune there was or is, and what became of what."""

    communes: tuple[Commune, ...] = ()
    successions: tuple[Succession, ...] = ()

    def of(self, code: str, day: date) -> Commune | None:
        """The commune of this code on this day."""
        return next((one for one in self._by_code.get(code, ()) if one.is_there(day)), None)

    def heirs(self, old: Commune, day: date) -> tuple[Suggestion, ...]:
        """What became of a commune by this day, followed to the end; itself while it is there."""
        if old.is_there(day):
            return (Suggestion(old),)
        if old.until is None or old.until >= day:
            return ()
        found: dict[tuple[str, date | None], Suggestion] = {}
        changed = old.until + _DAY
        for step in self._from.get((old.code, changed), ()):
            new = self.of(step.new_code, changed)
            for later in self.heirs(new, day) if new else ():
                whole = step.whole and later.whole
                found.setdefault((later.commune.code, later.commune.since), Suggestion(later.commune, old, whole))
        return tuple(found.values())

    def search(self, words: str, day: date, *, most: int = 10) -> tuple[Suggestion, ...]:
        """
        Communes of a day for what somebody has typed so far, by the names of any time.

        Those that begin with it come first, those of today before what old names lead to; nothing for one letter.
        """
        wanted = fold(words).strip()
        if len(wanted) < 2:
            return ()
        ranked = [
            (rank, not one.is_there(day), one.name, one)
            for one, spelled in self._spelled
            if (rank := _rank(spelled, wanted)) is not None
        ]
        ranked.sort(key=lambda item: item[:3])
        return _distinct((heir for *_, one in ranked for heir in self.heirs(one, day)), most=most)

    def named_in(self, text: str, day: date) -> tuple[Suggestion, ...]:
        """
        Communes that a text names with their kind ("p. Vỹ Dạ", "xã Bảo Ninh"), as of this day.

        Several where one name belongs to several, or an old one was divided; what else the text names decides between
        them: a district or province, another commune that only one of them became, marks that tell names apart.
        """
        folded = fold(text)
        named = [found for unit in _UNIT.finditer(folded) if (found := self._beginning_at(folded[unit.end() :]))]
        if not named:
            return ()
        written = compose(text).casefold()
        spelled = [tuple(one for one in found if one.name.casefold() in written) or found for found in named]
        here = [lying for found in spelled if (lying := tuple(one for one in found if _lies_in(one, folded)))]
        meant = here or [tuple(one for one in found if one.is_there(day)) or found for found in spelled]
        return _agreed([self._today(found, day) for found in meant])

    def hinted_in(self, text: str, day: date) -> tuple[Suggestion, ...]:
        """Communes whose bare name stands by itself between commas ("12 Lê Lợi, Vỹ Dạ"): for a person to judge."""
        pieces = (_RELATION.sub("", fold(piece).strip(" .")) for piece in re.split("[,;\\n]", text))
        return _agreed([self._today(found, day) for piece in pieces if (found := self._by_name.get(piece))])

    def _today(self, communes: Iterable[Commune], day: date) -> tuple[Suggestion, ...]:
        return _distinct((heir for one in communes for heir in self.heirs(one, day)), most=_MOST)

    def _beginning_at(self, folded: str) -> tuple[Commune, ...]:
        """Those with the longest name that the text begins with."""
        words = _WORD.findall(folded[:80])[:_LONGEST_NAME]
        names = (" ".join(words[:count]) for count in range(len(words), 0, -1))
        return next((self._by_name[name] for name in names if name in self._by_name), ())

    @cached_property
    def _by_code(self) -> Mapping[str, tuple[Commune, ...]]:
        return _grouped((one.code, one) for one in self.communes)

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Commune, ...]]:
        return _grouped((" ".join(_WORD.findall(fold(one.name))), one) for one in self.communes)

    @cached_property
    def _spelled(self) -> tuple[tuple[Commune, tuple[str, str, str]], ...]:
        return tuple((one, (fold(one.name), fold(one.title), fold(one.label))) for one in self.communes)

    @cached_property
    def _from(self) -> Mapping[tuple[str, date], tuple[Succession, ...]]:
        found: dict[tuple[str, date], tuple[Succession, ...]] = defaultdict(tuple)
        for one in self.successions:
            found[one.old_code, one.since] += (one,)
        return found


def _grouped(pairs: Iterable[tuple[str, Commune]]) -> Mapping[str, tuple[Commune, ...]]:
    found: dict[str, tuple[Commune, ...]] = defaultdict(tuple)
    for key, one in pairs:
        found[key] += (one,)
    return dict(found)


def _short(one: Commune) -> str:
    """Its district without the word for it: dong hoi."""
    return re.sub(r"^(?:thanh pho|thi xa|quan|huyen) ", "", fold(one.district))


def _lies_in(one: Commune, folded: str) -> bool:
    """Does the text name its province or district?"""
    return bool(one.province and fold(one.province) in folded) or bool(one.district and _short(one) in folded)


def _agreed(named: list[tuple[Suggestion, ...]]) -> tuple[Suggestion, ...]:
    """What everything that was named may be; all of it where nothing may be all."""
    shared = [one for one in named[0] if all(_has(found, one) for found in named)] if named else []
    return _distinct(shared or (one for found in named for one in found), most=_MOST)


def _has(found: Iterable[Suggestion], wanted: Suggestion) -> bool:
    return any(one.commune.code == wanted.commune.code for one in found)


def _rank(spelled: tuple[str, str, str], wanted: str) -> int | None:
    """0 the very name, 1 it begins so, 2 somewhere in the name or its district; None: not at all."""
    name, title, label = spelled
    if wanted in (name, title):
        return 0
    if name.startswith(wanted) or title.startswith(wanted):
        return 1
    return 2 if wanted in label else None


def _distinct(found: Iterable[Suggestion], *, most: int) -> tuple[Suggestion, ...]:
    kept: dict[str, Suggestion] = {}
    for one in found:
        kept.setdefault(one.commune.code, one)
        if len(kept) == most:
            break
    return tuple(kept.values())
