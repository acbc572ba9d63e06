"""Lines of a log as a workbook that can be handed on."""

from __future__ import annotations

from collections.abc import Sequence

from core.clock import local
from core.identity.codes import format_code
from core.service.statistics.sheets import Cell, Sheet
from gateway.console.audit.rows import Line
from gateway.statistics.spreadsheet import workbook

COLUMNS = ("Lúc", "Ai", "Việc", "Hồ sơ", "Số lần")


def book_of(title: str, question: str, lines: Sequence[Line]) -> bytes:
    """The file; times are those of Vietnam."""
    return workbook(title, question, [Sheet("log", "Nhật ký", COLUMNS, tuple(_row(one) for one in lines))])


def _row(line: Line) -> tuple[Cell, ...]:
    code = format_code(line.case[1]) if line.case else ""
    return f"{local(line.at):%d/%m/%Y %H:%M:%S}", line.name, line.what, code, line.times
