"""How a period is written over its figures."""

from __future__ import annotations

from datetime import timedelta

from core.clock import in_words, local
from core.service.statistics import Figures
from core.storage.statistics import Period

_INSTANT = timedelta(microseconds=1)


def title_of(figures: Figures) -> str:
    """The days that are covered, both included."""
    return f"Thống kê phản ánh {days_of(figures.period)}"


def days_of(period: Period) -> str:
    """From which day to which, both included."""
    return f"từ {local(period.first):%d/%m/%Y} đến {local(period.end - _INSTANT):%d/%m/%Y}"


def subtitle_of(figures: Figures, office: str) -> str:
    """Whose figures they are, as of when, and what to mind."""
    parts = [office, as_of(figures.period)]
    if figures.period.agencies is not None:
        parts.append("Chỉ tính hồ sơ của cơ quan Quý vị phụ trách")
    if not figures.whole:
        parts.append("Chưa tính đủ các hồ sơ cũ: hệ thống đang đọc lại sau khi cập nhật")
    return ". ".join(filter(None, parts)) + "."


def as_of(period: Period) -> str:
    """As of when it was counted."""
    return f"Số liệu tính đến {in_words(period.until)}"
