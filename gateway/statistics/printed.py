"""
Figures as PDF, drawn by typst from a template of ours; the compiler sees one file, no network, no fonts of the machine.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from core.service.statistics.sheets import Sheet, written
from gateway.statistics.charts import Chart

MOST_ROWS = 500
"""Of one table: a list of thousands is looked through in the spreadsheet, and would be a hundred sheets of paper."""
_FOLDER = Path(__file__).parent

LETTERS = "Libertinus Serif"
"""The one font of the compiler that pages and charts are set in."""


def drawn(title: str, subtitle: str, sheets: Sequence[Sheet], charts: Sequence[Chart] = ()) -> bytes:
    """The file; takes up to half a second."""
    import typst

    data: dict[str, Any] = {"title": title, "subtitle": subtitle, "sheets": [listed(sheet) for sheet in sheets]}
    data["charts"] = [{"title": chart.title, "words": chart.words, "svg": chart.svg} for chart in charts]
    inputs = {"report": json.dumps(data, ensure_ascii=False)}
    made: object = typst.compile(
        _FOLDER / "report.typ", root=_FOLDER, format="pdf", ignore_system_fonts=True, sys_inputs=inputs
    )
    assert isinstance(made, bytes)
    return made


def listed(sheet: Sheet) -> Mapping[str, Any]:
    """A table as the template takes it; one that is too long says so, and where all of it stands."""
    title, rows = sheet.title, [[written(cell) for cell in row] for row in sheet.rows[:MOST_ROWS]]
    if len(sheet.rows) > MOST_ROWS:
        title += f" ({MOST_ROWS} dòng đầu; đủ {len(sheet.rows)} dòng có trong bảng tính)"
    return {"title": title, "columns": sheet.columns, "rows": rows, "words": sheet.words}
