"""
Figures as pictures, drawn here as SVG: how agencies stand, and how many cases came and ended month by month.

Each has a title, a sentence for those who do not see it, and its table stands beside it; no style, no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from core.service.statistics import Figures

WIDTH, LINE, LABELS = 760, 24, 260
MOST_AGENCIES = 12
_HEIGHT = 190
STANDINGS = (
    ("in_time", "Xong đúng hạn", "#2f7d4f"),
    ("late", "Xong trễ hạn", "#b45309"),
    ("within", "Còn trong hạn", "#3b78a8"),
    ("overdue", "Đã quá hạn", "#a61b12"),
)
_FLOWS = (("Số tiếp nhận", "#3b78a8"), ("Kết thúc", "#2f7d4f"))
Say = Callable[[str], str]
"""A sentence of ours in the language of whoever looks."""


@dataclass(frozen=True)
class Chart:
    """`svg`: complete, to be put into a page or a PDF as it is."""

    id: str
    title: str
    words: str
    svg: str


@dataclass(frozen=True)
class Month:
    """One stretch of the trend: what came in it, and what ended in it."""

    label: str
    received: int
    closed: int


def charts_of(figures: Figures, months: Sequence[Month] = (), *, font: str = "", say: Say = str) -> list[Chart]:
    """Those there is anything to draw for. `font`: of letters that are not a page's. `say`: for other languages."""
    made = [_agencies(figures, font, say)] if figures.agencies else []
    return made + ([_trend(months, font, say)] if any(one.received or one.closed for one in months) else [])


def _agencies(figures: Figures, font: str, say: Say) -> Chart:
    rows = figures.agencies[:MOST_AGENCIES]
    most = max(one.counts.total for one in rows)
    drawn: list[str] = [*_legend([(say(label), colour) for _, label, colour in STANDINGS])]
    for number, row in enumerate(rows, start=1):
        top = number * LINE
        drawn.append(_text(LABELS - 8, top + 16, _short(row.label), anchor="end"))
        left = float(LABELS)
        for name, label, colour in STANDINGS:
            many = getattr(row.counts, name)
            wide = many / most * (WIDTH - LABELS - 50)
            drawn.append(
                _bar(left, top + 4, wide, LINE - 8, colour, f"{row.label}: {say(label)} {many}") if many else ""
            )
            left += wide
        drawn.append(_text(left + 6, top + 16, str(row.counts.total)))
    worst = max(rows, key=lambda one: one.counts.overdue)
    words = say(f"Phần việc của {len(rows)} cơ quan; nhiều việc quá hạn nhất: {worst.label} ({worst.counts.overdue}).")
    return _chart("hinh-co-quan", say("Tình hình xử lý theo cơ quan"), words, drawn, (len(rows) + 1) * LINE + 8, font)


def _trend(months: Sequence[Month], font: str, say: Say) -> Chart:
    most = max(max(one.received, one.closed) for one in months)
    step = (WIDTH - 60) / max(1, len(months) - 1)
    drawn: list[str] = [*_legend([(say(label), colour) for label, colour in _FLOWS])]
    lines = ([one.received for one in months], [one.closed for one in months])
    for (label, colour), values in zip(_FLOWS, lines, strict=True):
        points = [(30 + place * step, _HEIGHT - 30 - many / most * (_HEIGHT - 80)) for place, many in enumerate(values)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        for (x, y), many, month in zip(points, values, months, strict=True):
            told = escape(f"{month.label}: {say(label)} {many}")
            drawn.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"><title>{told}</title></circle>')
    marks = ((30 + place * step, one.label) for place, one in enumerate(months))
    drawn += [_text(x, _HEIGHT - 8, label, anchor="middle") for x, label in marks]
    last = months[-1]
    words = say(f"{len(months)} tháng gần nhất; tháng {last.label}: tiếp nhận {last.received}, kết thúc {last.closed}.")
    return _chart("hinh-xu-huong", say("Tiếp nhận và kết thúc theo tháng"), words, drawn, _HEIGHT, font)


def _chart(name: str, title: str, words: str, drawn: Iterable[str], height: int, font: str) -> Chart:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
    named = f' aria-labelledby="{name}-ten {name}-loi"' + (f' font-family="{font}"' if font else "")
    told = f'<title id="{name}-ten">{escape(title)}</title><desc id="{name}-loi">{escape(words)}</desc>'
    return Chart(name, title, words, f'{head}{named} font-size="12" fill="currentColor">{told}{"".join(drawn)}</svg>')


def _legend(entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    for place, (label, colour) in enumerate(entries):
        yield _bar(20 + place * 150, 4, 12, 12, colour, label)
        yield _text(38 + place * 150, 15, label)


def _bar(left: float, top: float, wide: float, high: float, colour: str, told: str) -> str:
    place = f'x="{left:.1f}" y="{top:.1f}" width="{wide:.1f}" height="{high:.1f}"'
    return f'<rect {place} fill="{colour}"><title>{escape(told)}</title></rect>'


def _text(x: float, y: float, words: str, *, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def _short(label: str) -> str:
    return label if len(label) <= 38 else f"{label[:37]}…"


def label_of(moment: datetime) -> str:
    """A month, as it stands under its points."""
    return f"{moment:%m/%y}"
