"""The codes of the cases behind every figure, as a table of their own for the spreadsheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from core.identity.codes import format_code
from core.service.statistics.sheets import Sheet
from core.storage.statistics import Asked, Behind, Fact

MOST_CASES = 5_000
"""Of a period whose codes are listed: a table has to be opened by a spreadsheet program, and read by somebody."""
_Known = dict[str, dict[Fact, list[str]]]
_COLUMNS = ("Bảng", "Dòng", "Chỉ tiêu", "Mã hồ sơ")


def codes_sheet(tables: Sequence[Sheet], behind: Sequence[Behind] | None) -> Sheet:
    """A line for each case of each figure. None: there are too many, and the table says so."""
    known: _Known = defaultdict(lambda: defaultdict(list))
    for one in behind or ():
        known[one.fact.kind][one.fact].append(format_code(one.code))
    rows = [
        (table.title, str(row), column, code)
        for table in tables
        for row, column, _, asked in table.cells()
        for code in _codes(asked, known)
    ]
    if behind is None:
        rows.append(("Không liệt kê", "", "Vui lòng chọn kỳ ngắn hơn để có đủ mã hồ sơ", ""))
    return Sheet("ho-so", "Hồ sơ theo số liệu", _COLUMNS, tuple(rows))


def _codes(asked: Asked, known: _Known) -> Iterator[str]:
    for fact, codes in known[asked.kind].items():
        if asked.takes(fact):
            yield from codes
