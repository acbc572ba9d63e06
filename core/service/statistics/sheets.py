"""Figures as tables, once for page, spreadsheet, PDF and terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.service.statistics.model import Count, Counts, Figures


class Rate(float):
    """A part of one, shown in per cent."""


Cell = str | int | float | None
"""A word, a count, a Rate or another number; None: there is nothing to say."""

_STANDINGS = ("Xong đúng hạn", "Xong trễ hạn", "Còn trong hạn", "Đã quá hạn", "Tỉ lệ đúng hạn")


@dataclass(frozen=True)
class Sheet:
    """One table. `measured`: the column that a bar is drawn for; None: none is."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    measured: int | None = None

    @property
    def words(self) -> int:
        """How many columns at the left hold words."""
        return next((n for n, cell in enumerate(self.rows[0]) if not isinstance(cell, str)), len(self.columns))

    @property
    def most(self) -> int:
        """The largest number in the measured column."""
        return max((int(row[self.measured] or 0) for row in self.rows), default=0) if self.measured else 0


def sheets(figures: Figures) -> tuple[Sheet, ...]:
    """Every table that has a row; the sums first."""
    made = (
        Sheet("tong-hop", "Tổng hợp", ("Chỉ tiêu", "Số lượng"), tuple(_sums(figures))),
        Sheet("co-quan", "Theo cơ quan", ("Cơ quan", "Tổng số", *_STANDINGS, "Điểm đánh giá"), _agencies(figures), 1),
        Sheet("thoi-han", "Theo thời hạn", ("Thời hạn", "Căn cứ", "Tổng số", *_STANDINGS), _limits(figures), 2),
        _counts("linh-vuc", "Theo lĩnh vực", "Lĩnh vực", figures.categories),
        _counts("kenh", "Theo kênh tiếp nhận", "Kênh", figures.channels),
        _counts("muc-do", "Theo mức độ", "Mức độ", figures.urgencies),
        _counts("dia-ban", "Theo địa bàn", "Xã, phường", figures.communes),
        _counts("trang-thai", "Theo trạng thái", "Trạng thái", figures.stages),
        _counts("tra-loi", "Trả lời trong kỳ", "Hình thức", figures.answers),
        _counts("danh-gia", "Đánh giá trong kỳ", "Mức", figures.ratings),
    )
    return tuple(sheet for sheet in made if sheet.rows)


def _sums(figures: Figures) -> Iterator[tuple[str, Cell]]:
    cases = figures.cases
    yield "Tiếp nhận trong kỳ", figures.received
    yield "Kỳ trước chuyển sang", figures.carried
    yield "Tổng số phải xử lý", cases.total
    yield "Đã kết thúc", cases.ended
    yield "– đúng hạn", cases.in_time
    yield "– trễ hạn", cases.late
    yield "Đang xử lý", cases.open
    yield "– trong hạn", cases.within
    yield "– quá hạn", cases.overdue
    yield "Tỉ lệ kết thúc đúng hạn", _rate(cases)
    yield "Đề nghị làm rõ trả lời", figures.complaints


def _standing(counts: Counts) -> tuple[Cell, ...]:
    return counts.in_time, counts.late, counts.within, counts.overdue, _rate(counts)


def _rate(counts: Counts) -> Rate | None:
    return None if counts.rate is None else Rate(counts.rate)


def _agencies(figures: Figures) -> tuple[tuple[Cell, ...], ...]:
    return tuple((one.label, one.counts.total, *_standing(one.counts), one.score) for one in figures.agencies)


def _limits(figures: Figures) -> tuple[tuple[Cell, ...], ...]:
    return tuple((one.label, ", ".join(one.rules), one.counts.total, *_standing(one.counts)) for one in figures.limits)


def _counts(name: str, title: str, of: str, counts: Iterable[Count]) -> Sheet:
    rows = list(counts)
    total = sum(one.count for one in rows)
    shares = tuple((one.label, one.count, Rate(one.count / total)) for one in rows)
    return Sheet(name, title, (of, "Số lượng", "Tỉ lệ"), shares, 1)


def written(cell: Cell) -> str:
    """As Vietnamese reads it; a dash for nothing."""
    if cell is None:
        return "–"
    if isinstance(cell, Rate):
        return f"{cell * 100:.1f} %".replace(".", ",")
    if isinstance(cell, float):
        return f"{cell:.2f}".replace(".", ",")
    return f"{cell:,}".replace(",", ".") if isinstance(cell, int) else cell
