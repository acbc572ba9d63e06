"""How a period is written over its figures."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.clock import local
from core.service.statistics import Figures

_INSTANT = timedelta(microseconds=1)


def title_of(figures: Figures) -> str:
    """The days that are covered, both included."""
    first, last = local(figures.period.first), local(figures.period.end - _INSTANT)
    return f"Thống kê phản ánh từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}"


def subtitle_of(figures: Figures, office: str) -> str:
    """Whose figures they are, as of when, and what to mind."""
    parts = [office, f"Số liệu tính đến {_written(figures.period.until)}"]
    if not figures.whole:
        parts.append("Chưa tính đủ các hồ sơ cũ: hệ thống đang đọc lại sau khi cập nhật")
    return ". ".join(filter(None, parts)) + "."


def _written(moment: datetime) -> str:
    return f"{local(moment):%H:%M ngày %d/%m/%Y}"
