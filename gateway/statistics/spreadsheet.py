"""Figures as a workbook: one sheet a table, numbers as numbers."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from core.service.statistics.sheets import Cell, Rate, Sheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 31  # Excel's own limit
_WIDE, _NARROW = 46, 16


def workbook(title: str, subtitle: str, sheets: Sequence[Sheet]) -> bytes:
    """The file. `title` and `subtitle` stand over every table. Words never become formulas or links."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, head = book.add_format({"bold": True}), book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    rate, score = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "0.00"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.title[:_LONGEST_NAME])
        page.set_column(0, 0, _WIDE)
        page.set_column(1, len(sheet.columns), _NARROW)
        page.write_string(0, 0, f"{title} – {sheet.title}", bold)
        page.write_string(1, 0, subtitle)
        page.write_row(3, 0, sheet.columns, head)
        for number, row in enumerate(sheet.rows, start=4):
            for column, cell in enumerate(row):
                form = rate if isinstance(cell, Rate) else score if isinstance(cell, float) else None
                _write(page, number, column, cell, form)
    book.close()
    return out.getvalue()


def _write(page: Any, row: int, column: int, cell: Cell, form: object) -> None:
    if isinstance(cell, str):
        page.write_string(row, column, cell)
    elif cell is not None:
        page.write_number(row, column, cell, form)
