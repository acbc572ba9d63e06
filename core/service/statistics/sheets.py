"""Figures as tables, once for page, spreadsheet, PDF and terminal; each number knows what it counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from core.service.statistics.model import Count, Counts, Figures
from core.storage.statistics import Asked


class Rate(float):
    """A part of one, shown in per cent."""


Cell = str | int | float | None
"""A word, a count, a Rate or another number; None: there is nothing to say."""

Line = tuple[tuple[Cell, ...], tuple[Asked | None, ...]]
"""A row, and what each of its cells counts."""

_STANDINGS = ("Xong đúng hạn", "Xong trễ hạn", "Còn trong hạn", "Đã quá hạn", "Tỉ lệ đúng hạn")


@dataclass(frozen=True)
class Sheet:
    """
    One table.

    Args:
        measured: the column that a bar is drawn for; None: none is.
        asked: what each cell of each row counts; None of a cell: it is no count. Empty: no cell of the table is.
    """

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    measured: int | None = None
    asked: tuple[tuple[Asked | None, ...], ...] = ()

    @property
    def words(self) -> int:
        """How many columns at the left hold words."""
        return next((n for n, cell in enumerate(self.rows[0]) if not isinstance(cell, str)), len(self.columns))

    @property
    def most(self) -> int:
        """The largest number in the measured column."""
        return max((int(row[self.measured] or 0) for row in self.rows), default=0) if self.measured else 0

    def cells(self) -> Iterator[tuple[Cell, str, Cell, Asked]]:
        """Every count: its row's first word, its column, the number, and what it counts."""
        for row, asked in zip(self.rows, self.asked, strict=False):
            for column, cell, one in zip(self.columns, row, asked, strict=True):
                if one is not None:
                    yield row[0], column, cell, one


def sheets(figures: Figures) -> tuple[Sheet, ...]:
    """Every table that has a row; the sums first."""
    made = (
        _table("tong-hop", "Tổng hợp", ("Chỉ tiêu", "Số lượng"), _sums(figures)),
        _table("co-quan", "Theo cơ quan", ("Cơ quan", "Tổng số", *_STANDINGS, "Điểm đánh giá"), _agencies(figures), 1),
        _table("thoi-han", "Theo thời hạn", ("Thời hạn", "Căn cứ", "Tổng số", *_STANDINGS), _limits(figures), 2),
        _counts("linh-vuc", "Theo lĩnh vực", "Lĩnh vực", "category", figures.categories),
        _counts("kenh", "Theo kênh tiếp nhận", "Kênh", "received", figures.channels),
        _counts("muc-do", "Theo mức độ", "Mức độ", "urgency", figures.urgencies),
        _counts("dia-ban", "Theo địa bàn", "Xã, phường", "commune", figures.communes),
        _counts("trang-thai", "Theo trạng thái", "Trạng thái", "case", figures.stages),
        _counts("tra-loi", "Trả lời trong kỳ", "Hình thức", "answered", figures.answers),
        _counts("danh-gia", "Đánh giá trong kỳ", "Mức", "rated", figures.ratings),
    )
    return tuple(sheet for sheet in made if sheet.rows)


def _table(
    name: str, title: str, columns: tuple[str, ...], lines: Iterable[Line], measured: int | None = None
) -> Sheet:
    made = list(lines)
    rows, asked = tuple(row for row, _ in made), tuple(one for _, one in made)
    return Sheet(name, title, columns, rows, measured, asked)


def _sums(figures: Figures) -> Iterator[Line]:
    cases, every = figures.cases, Asked("case")
    yield _sum("Tiếp nhận trong kỳ", figures.received, replace(every, fresh=True))
    yield _sum("Kỳ trước chuyển sang", figures.carried, replace(every, fresh=False))
    yield _sum("Tổng số phải xử lý", cases.total, every)
    yield _sum("Đã kết thúc", cases.ended, replace(every, open=False))
    yield _sum("– đúng hạn", cases.in_time, replace(every, open=False, late=False))
    yield _sum("– trễ hạn", cases.late, replace(every, open=False, late=True))
    yield _sum("Đang xử lý", cases.open, replace(every, open=True))
    yield _sum("– trong hạn", cases.within, replace(every, open=True, late=False))
    yield _sum("– quá hạn", cases.overdue, replace(every, open=True, late=True))
    yield ("Tỉ lệ kết thúc đúng hạn", _rate(cases)), (None, None)
    yield _sum("Đề nghị làm rõ trả lời", figures.complaints, Asked("complained"))


def _sum(label: str, number: int, asked: Asked) -> Line:
    return (label, number), (None, asked)


def _standing(counts: Counts) -> tuple[Cell, ...]:
    return counts.total, counts.in_time, counts.late, counts.within, counts.overdue, _rate(counts)


def _asked_of(one: Asked) -> tuple[Asked | None, ...]:
    """What the cells of `_standing` count."""
    done, runs = replace(one, open=False), replace(one, open=True)
    late = (replace(done, late=False), replace(done, late=True), replace(runs, late=False), replace(runs, late=True))
    return one, *late, None


def _rate(counts: Counts) -> Rate | None:
    return None if counts.rate is None else Rate(counts.rate)


def _agencies(figures: Figures) -> Iterator[Line]:
    for one in figures.agencies:
        rated = Asked("rated", agency=one.id) if one.score is not None else None
        asked = (None, *_asked_of(Asked("part", agency=one.id)), rated)
        yield (one.label, *_standing(one.counts), one.score), asked


def _limits(figures: Figures) -> Iterator[Line]:
    for one in figures.limits:
        asked = (None, None, *_asked_of(Asked("limit", name=one.id)))
        yield (one.label, ", ".join(one.rules), *_standing(one.counts)), asked


def _counts(name: str, title: str, of: str, kind: str, counts: Iterable[Count]) -> Sheet:
    rows = list(counts)
    total = sum(one.count for one in rows)
    lines = [((one.label, one.count, Rate(one.count / total)), (None, Asked(kind, one.id), None)) for one in rows]
    return _table(name, title, (of, "Số lượng", "Tỉ lệ"), lines, 1)


def written(cell: Cell) -> str:
    """As Vietnamese reads it; a dash for nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, Rate):
        return f"{cell * 100:.1f} %".replace(".", ",")
    if isinstance(cell, float):
        return f"{cell:.2f}".replace(".", ",")
    return f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell
