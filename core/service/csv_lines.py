"""Tables as CSV that spreadsheets open with their marks right, and in which no cell begins a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

MARK = "\ufeff"
"""The byte order mark: stands before the first line of a file."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_lines(rows: Iterable[Sequence[str]]) -> str:
    """Rows as lines (RFC 4180)."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue()


def _cell(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
