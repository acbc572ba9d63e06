"""
Calendars as data: the mapping a YAML file holds, read strictly, and written back the same.

    id: hue
    extends: vietnam                # a shipped calendar to take holidays, weekdays and coverage from
    covers: {from: 2026-01-01, to: 2027-12-31}
    weekdays: [mon, tue, wed, thu, fri]
    shifts:                         # replaces the parent's when given; where several apply, the later wins
      - {from: 2026-01-01, to: 2027-12-31, season: "04-01..09-30", hours: ["07:30-11:30", "13:30-17:30"]}
    days:
      - {date: 2026-01-10, kind: swapped_in, exchanged_with: 2026-01-02, name_vi: …, name_en: …, source: …}
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.clock.calendar import BusinessCalendar, DayEntry, DayKind
from core.clock.errors import CalendarInvalid
from core.clock.shifts import WEEKDAYS, Season, Shift, ShiftRule

DATA = Path(str(files("core.clock") / "data"))
_KEYS = {"id", "version", "extends", "covers", "weekdays", "shifts", "days", "source", "provisional_from"} | {
    "in_force_from"
}
_SHIFT_KEYS = {"from", "to", "season", "weekdays", "hours"}
_DAY_KEYS = {"date", "kind", "name_vi", "name_en", "exchanged_with", "hours", "source"}


def read_yaml(path: Path) -> Any:
    """A YAML 1.2 file as plain data (there 22:00 stays text). Raises: CalendarInvalid: unreadable."""
    try:
        return YAML(typ="safe", pure=True).load(path)
    except (OSError, YAMLError) as error:
        raise CalendarInvalid(f"{path.name}: {error}") from error


@cache
def load_calendar(name: str = "vietnam") -> BusinessCalendar:
    """A calendar shipped with the product, by name; read once. Raises: CalendarInvalid: unknown or bad."""
    return calendar_from_file(DATA / f"{name}.yaml")


def calendar_from_file(path: Path) -> BusinessCalendar:
    """A tenant's own calendar file. Raises: CalendarInvalid, with the file's name in it."""
    try:
        return calendar_from_data(read_yaml(path))
    except CalendarInvalid as error:
        raise CalendarInvalid(f"{path.name}: {error}") from error


def calendar_from_data(data: Mapping[str, Any]) -> BusinessCalendar:
    """
    The calendar a mapping describes; strict, an unknown key is an error.

    Raises: CalendarInvalid: says which key or entry.
    """
    _check_keys(data, _KEYS, "calendar")
    parent = load_calendar(str(data["extends"])) if "extends" in data else None
    covers = _covers(data, parent)
    days = tuple(_entry(day) for day in data.get("days", ()))
    return BusinessCalendar(
        id=str(_need(data, "id", "calendar")),
        first=covers[0],
        last=covers[1],
        shift_rules=_rules(data, parent),
        entries=_with_parent(days, parent, covers),
        weekdays=_weekdays(data["weekdays"]) if "weekdays" in data else _parent_weekdays(parent),
        version=int(data.get("version", 1)),
        in_force_from=_instant(data.get("in_force_from")),
        provisional_from=_provisional(data, parent),
        source=str(data.get("source", "")),
    )


def calendar_to_data(calendar: BusinessCalendar) -> dict[str, Any]:
    """The calendar as a JSON-ready mapping that `calendar_from_data` reads back to an equal one."""
    data: dict[str, Any] = {
        "id": calendar.id,
        "version": calendar.version,
        "covers": {"from": calendar.first.isoformat(), "to": calendar.last.isoformat()},
        "weekdays": [WEEKDAYS[day] for day in sorted(calendar.weekdays)],
        "shifts": [_rule_data(rule) for rule in calendar.shift_rules],
        "days": [_entry_data(entry) for entry in calendar.entries],
        "source": calendar.source,
        "in_force_from": calendar.in_force_from.isoformat() if calendar.in_force_from else None,
        "provisional_from": calendar.provisional_from.isoformat() if calendar.provisional_from else None,
    }
    return _compact(data)


def _check_keys(data: object, allowed: set[str], what: str) -> None:
    if not isinstance(data, Mapping) or set(data) - allowed:
        unknown = sorted(set(data) - allowed) if isinstance(data, Mapping) else data
        raise CalendarInvalid(f"{what}: expected a mapping with {sorted(allowed)}, cannot read {unknown!r}")


def _need(data: Mapping[str, Any], key: str, what: str) -> Any:
    if key not in data:
        raise CalendarInvalid(f"{what}: {key!r} is missing in {dict(data)}")
    return data[key]


def _date(value: object) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise CalendarInvalid(f"{value!r} is not a date") from error


def _instant(value: object) -> datetime | None:
    if value is None:
        return None
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise CalendarInvalid(f"{value!r} is not a date and time") from error
    if instant.utcoffset() is None:
        raise CalendarInvalid(f"{value!r} has no zone; write +07:00")
    return instant


def _covers(data: Mapping[str, Any], parent: BusinessCalendar | None) -> tuple[date, date]:
    if "covers" not in data and parent is not None:
        return parent.first, parent.last
    covers = _need(data, "covers", "calendar")
    _check_keys(covers, {"from", "to"}, "covers")
    first, last = _date(_need(covers, "from", "covers")), _date(_need(covers, "to", "covers"))
    if parent is not None and not parent.first <= first <= last <= parent.last:
        raise CalendarInvalid(f"covers {first} to {last}, but {parent.key} knows {parent.first} to {parent.last} only")
    return first, last


def _weekdays(names: object) -> frozenset[int]:
    if not isinstance(names, list) or not set(names) <= set(WEEKDAYS):
        raise CalendarInvalid(f"weekdays: a list of {WEEKDAYS}, not {names!r}")
    return frozenset(WEEKDAYS.index(name) for name in names)


def _parent_weekdays(parent: BusinessCalendar | None) -> frozenset[int]:
    return parent.weekdays if parent else frozenset(range(5))


def _provisional(data: Mapping[str, Any], parent: BusinessCalendar | None) -> date | None:
    if "provisional_from" in data:
        return _date(data["provisional_from"])
    return parent.provisional_from if parent else None


def _rules(data: Mapping[str, Any], parent: BusinessCalendar | None) -> tuple[ShiftRule, ...]:
    if "shifts" not in data and parent is not None:
        return parent.shift_rules
    return tuple(_rule(rule) for rule in _need(data, "shifts", "calendar"))


def _rule(data: Mapping[str, Any]) -> ShiftRule:
    _check_keys(data, _SHIFT_KEYS, "shifts")
    return ShiftRule(
        first=_date(_need(data, "from", "shifts")),
        last=_date(_need(data, "to", "shifts")),
        shifts=tuple(map(Shift.parse, _need(data, "hours", "shifts"))),
        season=Season.parse(data["season"]) if "season" in data else None,
        weekdays=_weekdays(data["weekdays"]) if "weekdays" in data else None,
    )


def _entry(data: Mapping[str, Any]) -> DayEntry:
    _check_keys(data, _DAY_KEYS, "days")
    try:
        kind = DayKind(str(_need(data, "kind", "days")))
    except ValueError as error:
        raise CalendarInvalid(f"days: {data.get('date')}: {error}") from error
    return DayEntry(
        _date(_need(data, "date", "days")),
        kind,
        name_vi=str(data.get("name_vi", "")),
        name_en=str(data.get("name_en", "")),
        exchanged_with=_date(data["exchanged_with"]) if "exchanged_with" in data else None,
        shifts=tuple(map(Shift.parse, data["hours"])) if "hours" in data else None,
        source=str(data.get("source", "")),
    )


def _with_parent(
    own: tuple[DayEntry, ...], parent: BusinessCalendar | None, covers: tuple[date, date]
) -> tuple[DayEntry, ...]:
    replaced = {entry.on for entry in own}
    inherited = parent.entries if parent else ()
    taken = [e for e in inherited if e.on not in replaced and covers[0] <= e.on <= covers[1]]
    return tuple(sorted([*taken, *own], key=lambda entry: entry.on))


def _rule_data(rule: ShiftRule) -> dict[str, Any]:
    weekdays = None if rule.weekdays is None else [WEEKDAYS[day] for day in sorted(rule.weekdays)]
    hours = [str(shift) for shift in rule.shifts]
    season = str(rule.season) if rule.season else None
    span = {"from": rule.first.isoformat(), "to": rule.last.isoformat()}
    return _compact({**span, "season": season, "weekdays": weekdays, "hours": hours})


def _entry_data(entry: DayEntry) -> dict[str, Any]:
    return _compact(
        {
            "date": entry.on.isoformat(),
            "kind": entry.kind.value,
            "name_vi": entry.name_vi,
            "name_en": entry.name_en,
            "exchanged_with": entry.exchanged_with.isoformat() if entry.exchanged_with else None,
            "hours": [str(shift) for shift in entry.shifts] if entry.shifts else None,
            "source": entry.source,
        }
    )


def _compact(data: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value not in (None, "")}
