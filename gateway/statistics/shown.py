"""Tables of figures as a page shows them: every cell as text, with the address of what is behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from core.service.statistics.sheets import Cell, Sheet, written
from core.storage.statistics import Asked


class Shown(NamedTuple):
    """One cell. `href`: empty where nothing is behind it."""

    column: str
    text: str
    is_number: bool
    href: str


class Line(NamedTuple):
    """One row. `share`: how long its bar is, in per cent of the longest."""

    name: Cell
    cells: list[Shown]
    share: float


def lines_of(sheet: Sheet, address: Callable[[Asked], str]) -> Iterator[Line]:
    """The rows of a table; a template that asked for each of thousands of cells took longer than all the rest."""
    words, most, measured = sheet.words, sheet.most, sheet.measured or 0
    nothing: tuple[Asked | None, ...] = (None,) * len(sheet.columns)
    for row, asked in zip(sheet.rows, sheet.asked or [nothing] * len(sheet.rows), strict=True):
        cells = [
            Shown(column, written(cell), place >= words, address(behind) if behind and cell else "")
            for place, (column, cell, behind) in enumerate(zip(sheet.columns, row, asked, strict=True))
        ]
        yield Line(row[0], cells, round(100 * float(row[measured] or 0) / most, 1) if most else 0)
