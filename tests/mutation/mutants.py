"""
Falsified packs: one small lie each, made from the document of a pack as it is written.

Kinds of lies: value (a number or time of day, one more or less), unit (working hours become hours), role (somebody else
may act, is told, or owns), removed (an entry is gone), count (one agency becomes any number, or the reverse), label
(a word of the regulation changed). Each names the rules that the falsified entry cites: a test marked with one of them
must fail.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.regulations.model import name_entries

Path = tuple[str | int, ...]
Document = dict[str, Any]

UNITS = {"min": "h", "h": "wh", "wh": "h", "d": "wd", "wd": "d"}
LENGTH = re.compile(r"(?<![\w:])(\d+)(min|wh|h|wd|d)\b")
MOMENT = re.compile(r"\b(\d\d):(\d\d)\b")
NUMBERS = ("allowance", "at", "from", "quiet", "min", "max", "score", "before_day")
WORDS = ("label", "public", "text", "declined_title", "title", "address", "number", "body", "consent")
LISTS = {"by", "to", "tell"}
SINGLE = {"role", "owner"}
ENTRIES = (
    "roles",
    "moves",
    "joins",
    "clocks",
    "decline_reasons",
    "cancel_reasons",
    "notifications",
    "reports",
    "notices",
    "utilities",
)
ENTRIES_WITHIN = {
    "stages": ("case", "dispatch", "coordination"),
    "intake": ("channels", "required", "categories", "urgencies", "emergency_targets", "diversions", "groups"),
    "rating": ("levels",),
}
LEFT_OUT = {"readings", "meta", "id", "extends", "abstract"}
"""Not carried out but told: which decision this is, and how it is read; what a reading does stands in entries."""


@dataclass(frozen=True)
class Mutant:
    """
    One lie.

    Args:
        pack: the folder it is told in. path: where, below its document.
        cites: rules of the falsified entry; empty where it stands in none.
        document: the whole document of that folder, falsified.
    """

    pack: str
    path: Path
    kind: str
    said: str
    cites: tuple[str, ...]
    document: Document

    @property
    def name(self) -> str:
        """ "thua_thien_hue: clocks.acceptance.allowance: value: 30min → 31min"."""
        said = " ⏎ ".join(self.said.splitlines())
        return f"{self.pack}: {'.'.join(map(str, self.path))}: {self.kind}: {said}"

    @property
    def subject(self) -> tuple[str, str]:
        """Section and kind ("clocks", "value"), in which lies are mostly noticed by the same tests."""
        return str(self.path[0]), self.kind

    @property
    def entry(self) -> str:
        """The name of the falsified entry."""
        return str(self.path[:3][-1] if self.path[0] in ENTRIES_WITHIN else self.path[:2][-1])


def mutants_of(pack: str, own: Document, whole: Document) -> Iterator[Mutant]:
    """
    Every lie about the entries of one folder.

    Args:
        own: the folder's document as written. whole: the same with what it extends folded in, for rules and roles.
    """
    roles = {key: str(role.get("level", "")) for key, role in whole.get("roles", {}).items()}
    for path, kind, said, changed in _changes(own, whole, roles):
        yield Mutant(pack, path, kind, said, _cites(whole, path), changed)


def _changes(own: Document, whole: Document, roles: Mapping[str, str]) -> Iterator[tuple[Path, str, str, Document]]:
    for path, value in _walk(own):
        key = path[-1]
        for kind, said, new in _lies(path, value, roles):
            yield path, kind, said, _with(own, path, new)
        if _is_entry(path) and value is not None:
            yield path, "removed", str(key), _without(own, path)
        if _is_dispatching(path, value, whole):
            yield from _counts(own, path, value)


def _walk(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value with its path, containers before what they hold; what is only told is left out."""
    if path:
        if path[0] in LEFT_OUT:
            return
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _walk(item, (*path, key))


def _lies(path: Path, value: Any, roles: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
    """(kind, what is said, the new value) of one value."""
    key = path[-1]
    named = next((str(part) for part in reversed(path) if isinstance(part, str) and part in NUMBERS), "")
    if (
        named
        and (path[0] in ("clocks", "rating", "reports") or named in ("min", "max"))
        and not isinstance(value, bool)
    ):
        yield from _numbers(value)
    if path[:2] == ("intake", "groups") and isinstance(value, str):
        yield "label", f"{value} → {value} khác", f"{value} khác"
    if isinstance(value, str) and key in WORDS and value:
        yield "label", f"{value[:40]} → … khác", f"{value} khác"
    if isinstance(value, list) and key in LISTS and path[0] in ("moves", "clocks", "notifications", "reports"):
        yield from _lists(value, roles)
    if (
        isinstance(value, str)
        and (key in SINGLE or key == "by" or (key in LISTS and path[0] != "moves"))
        and value in roles
    ):
        other = _other(value, roles, ())
        if other:
            yield "role", f"{value} → {other}", other


def _numbers(value: Any) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, int):
        yield from (("value", f"{value} → {new}", new) for new in (value + 1, value - 1) if new > 0)
    if not isinstance(value, str):
        return
    for found in LENGTH.finditer(value):
        number, unit = int(found[1]), found[2]
        for new in (f"{number + 1}{unit}", f"{number - 1}{unit}"):
            if not new.startswith("0"):
                yield from _said("value", value, value[: found.start()] + new + value[found.end() :])
        yield from _said("unit", value, f"{value[: found.start()]}{number}{UNITS[unit]}{value[found.end() :]}")
    for found in MOMENT.finditer(value):
        minutes = int(found[1]) * 60 + int(found[2])
        for later in (minutes + 1, minutes - 1):
            moment = f"{later // 60 % 24:02}:{later % 60:02}"
            yield from _said("value", value, value[: found.start()] + moment + value[found.end() :])
    percent = re.fullmatch(r"(\d+)%", value)
    if percent:
        yield from (_told for step in (1, -1) for _told in _said("value", value, f"{int(percent[1]) + step}%"))


def _said(kind: str, before: str, after: str) -> Iterator[tuple[str, str, str]]:
    yield kind, f"{before} → {after}", after


def _lists(value: list[Any], roles: Mapping[str, str]) -> Iterator[tuple[str, str, Any]]:
    named = [one for one in value if one in roles]
    for place, one in enumerate(value):
        other = _other(one, roles, tuple(value)) if one in roles else ""
        if other:
            yield "role", f"{one} → {other}", [*value[:place], other, *value[place + 1 :]]
        if len(value) > 1:
            yield "role", f"without {one}", [*value[:place], *value[place + 1 :]]
    more = _other(named[-1], roles, tuple(value)) if named else ""
    if more:
        yield "role", f"and {more}", [*value, more]


def _other(role: str, roles: Mapping[str, str], taken: tuple[str, ...]) -> str:
    """Another role, if there is one of the same level; never a citizen or the product itself where staff act."""
    free = [name for name in roles if name != role and name not in taken and roles[name] not in ("reporter", "system")]
    return next((name for name in free if roles[name] == roles.get(role)), free[0] if free else "")


def _is_entry(path: Path) -> bool:
    return (len(path) == 2 and path[0] in ENTRIES) or (
        len(path) == 3 and path[1] in ENTRIES_WITHIN.get(str(path[0]), ())
    )


def _is_dispatching(path: Path, value: Any, whole: Document) -> bool:
    if len(path) != 2 or path[0] != "moves" or not isinstance(value, dict):
        return False
    return name_entries(whole)["moves"].get(path[1], {}).get("command") == "dispatch" and "agencies" in value


def _counts(own: Document, path: Path, value: Document) -> Iterator[tuple[Path, str, str, Document]]:
    """One agency becomes any number, any number becomes one."""
    count = dict(value["agencies"])
    most = count.pop("max", None)
    new = count if most is not None else {**count, "max": 1}
    yield (*path, "agencies"), "count", f"{most or 'n'} → {'n' if most else 1}", _with(own, (*path, "agencies"), new)


def _with(document: Document, path: Path, new: Any) -> Document:
    changed = copy.deepcopy(document)
    _holder(changed, path)[path[-1]] = new
    return changed


def _without(document: Document, path: Path) -> Document:
    """Gone, also where the pack that it extends has it."""
    if "extends" in document:
        return _with(document, path, None)
    changed = copy.deepcopy(document)
    del _holder(changed, path)[path[-1]]
    return changed


def _holder(document: Any, path: Path) -> Any:
    for part in path[:-1]:
        document = document[part]
    return document


def _cites(whole: Document, path: Path) -> tuple[str, ...]:
    """The rules of the nearest entry around it that cites any, and of a variant its own besides."""
    found: list[str] = []
    value: Any = whole
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        if isinstance(value, dict) and value.get("cites"):
            here = value["cites"]
            found += [here] if isinstance(here, str) else here
    return tuple(dict.fromkeys(found))
