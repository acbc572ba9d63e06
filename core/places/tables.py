"""
Communes from tables (CSV, UTF-8): our own form, one line for each commune, one for each change.

communes.csv     code,name,kind,district,province,province_code,since,until
succession.csv   old_code,new_code,since,whole        whole: `yes`, or `part` where several share the old one

Dates are ISO; an empty `since` means for as long as anybody remembers, an empty `until` that it is still there.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TypeVar

from pydantic import ValidationError

from core.contract.errors import GatewayError
from core.contract.schema import Model
from core.places.units import Commune, Succession

M = TypeVar("M", bound=Model)

COMMUNE_COLUMNS = ("code", "name", "kind", "district", "province", "province_code", "since", "until")
SUCCESSION_COLUMNS = ("old_code", "new_code", "since", "whole")
_WHOLE = {"yes": True, "part": False}


class PlacesInvalid(GatewayError):
    """A table cannot be read, or says what cannot be: file, line and what is wrong."""

    code = "places_invalid"


def read_communes(lines: Iterable[str], *, name: str = "communes.csv") -> tuple[Commune, ...]:
    """
    Every commune of a table.

    Raises: PlacesInvalid: not such a table, a line that cannot be read, or a code that two communes have on one day.
    """
    read = tuple(_rows(lines, Commune, COMMUNE_COLUMNS, name=name))
    for code, days in _periods(read).items():
        for (_, until), (since, _) in pairwise(days):
            if until >= since:
                raise PlacesInvalid(f"{name}: code {code} belongs to two communes on {since}")
    return read


def read_successions(lines: Iterable[str], *, name: str = "succession.csv") -> tuple[Succession, ...]:
    """Every change of a table. PlacesInvalid."""
    return tuple(_rows(lines, Succession, SUCCESSION_COLUMNS, name=name))


def _periods(communes: Iterable[Commune]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for one in communes:
        days = (one.since.isoformat() if one.since else "", one.until.isoformat() if one.until else "9999")
        found.setdefault(one.code, []).append(days)
    return {code: sorted(days) for code, days in found.items()}


def _rows(lines: Iterable[str], kind: type[M], columns: tuple[str, ...], *, name: str) -> Iterator[M]:
    table = csv.DictReader(lines, strict=True)
    try:
        if tuple(table.fieldnames or ()) != columns:
            raise PlacesInvalid(f"{name}: the first line must be {','.join(columns)}")
        for line in table:
            yield _row(line, kind, at=f"{name}:{table.line_num}")
    except csv.Error as error:
        raise PlacesInvalid(f"{name}:{table.line_num}: {error}") from error


def _row(line: dict[str, str | None], kind: type[M], *, at: str) -> M:
    if None in line or None in line.values():
        raise PlacesInvalid(f"{at}: too many or too few columns")
    filled: dict[str, object] = {key: value.strip() for key, value in line.items() if value and value.strip()}
    if "whole" in line:
        if filled.get("whole") not in _WHOLE:
            raise PlacesInvalid(f"{at}: whole: yes or part")
        filled["whole"] = _WHOLE[str(filled["whole"])]
    try:
        return kind.model_validate(filled)
    except ValidationError as error:
        problems = "; ".join(f"{item['loc'][0]}: {item['msg']}" for item in error.errors())
        raise PlacesInvalid(f"{at}: {problems}") from error
