"""
Moves that nobody can take back once they were made: their form says what will happen, and asks for a mark (VN-1, VN-2).

Seconds after a diversion nothing of a report is left, so that a slip of the hand would cost a citizen their report.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.regulations.model import Pack
from core.service.reading.views import MoveView
from gateway.console.fields import Posted, Typed

FIELD = "xac_nhan"
UNCONFIRMED = "Việc này không hoàn tác được. Vui lòng đọc kỹ và đánh dấu xác nhận trước khi gửi."
_DIVERT, _KIND = "divert", "kind"


@dataclass(frozen=True)
class Irreversible:
    """
    What stands above the mark.

    Args:
        kinds: what the regulation keeps nothing of, by its labels. error: that the mark is missing.
    """

    kinds: tuple[str, ...]
    error: str = ""

    @property
    def text(self) -> str:
        """In one paragraph."""
        named = "; ".join(self.kinds)
        return (
            f"Với loại: {named}. Người phản ánh được báo nơi tiếp nhận đúng; ngay sau đó nội dung, ảnh, thông tin "
            "người gửi và cả cuộc trao đổi bị xóa vĩnh viễn, hệ thống chỉ giữ lại một số đếm. Không ai "
            "khôi phục được, kể cả quản trị hệ thống."
        )


def warning_of(pack: Pack, move: MoveView | None, error: str = "") -> Irreversible | None:
    """What the form of this move must say, if it may destroy anything."""
    if move is None or move.command != _DIVERT:
        return None
    kinds = tuple(one.label for one in pack.intake.diversions.values() if one.keeps_nothing)
    return Irreversible(kinds, error) if kinds else None


def missing(pack: Pack, command: str, typed: Typed, posted: Posted) -> dict[str, str]:
    """The mistake of whoever destroys without having confirmed it; nothing where there is nothing to confirm."""
    chosen = pack.intake.diversions.get(typed.one(_KIND)) if command == _DIVERT else None
    if chosen is None or not chosen.keeps_nothing or posted.get(FIELD) == "1":
        return {}
    return {FIELD: UNCONFIRMED}
