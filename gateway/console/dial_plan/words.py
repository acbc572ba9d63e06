"""What steps, entries and mistakes of a call flow are called on the page."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from channels.call_center.flow.faults import Fault
from channels.call_center.flow.load import Mistake

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "menu": "Bảng phím chính",
        "again": "Bảng phím sau khi tra cứu",
        "report": "Gửi phản ánh",
        "follow": "Tra cứu phản ánh",
        "agent": "Gặp tổng đài viên",
        "call_back": "Được gọi lại",
        "emergency": "Khẩn cấp",
        "english": "Tiếng Anh",
        "goodbye": "Chào và kết thúc",
        "english_agent": "Gặp người nói tiếng Anh",
        "emergency_agent": "Khẩn cấp chưa nối được máy",
        "recording_notice": "thông báo ghi âm",
    }
)
"""Of the standard flow; a province's own steps are shown as they are written there."""
SAID: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.NO_STEP: "Kịch bản thiếu bước “{2}”.",
        Fault.LOST: "“{0}” dẫn đến “{1}”, bước này không còn trong kịch bản.",
        Fault.UNREACHABLE: "Không phím nào dẫn đến “{0}”.",
        Fault.ENDLESS: "Người gọi đến “{0}” sẽ không có lối kết thúc cuộc gọi.",
        Fault.TURNS_BACK: "Lối kết thúc cuộc gọi quá dài quay lại “{0}”.",
        Fault.SILENT_CIRCLE: "Cuộc gọi quay vòng ở “{0}” mà không nói gì.",
        Fault.UNANNOUNCED: "Người gọi bị ghi âm ở “{0}” trước khi nghe {1} (VN-5).",
        Fault.NO_KEY: "“{0}” dùng phím không có trên điện thoại: {1}.",
        Fault.TOO_LEAST: "“{0}” đòi nhiều số hơn mức cho phép bấm.",
        Fault.CODE_UNREAD: "“{0}” hứa mã phản ánh mà không đọc mã.",
        Fault.NO_QUEUE: "“{0}” chuyển vào hàng đợi “{1}”, hàng đợi này không có.",
        Fault.OVERFLOW: "Quy tắc “{2}” của hàng đợi “{1}” không có nơi chuyển đến phù hợp: “{3}”.",
        Fault.QUEUE_CIRCLE: "Người gọi bị chuyển vòng từ hàng đợi “{1}”.",
        Fault.NO_PROMPT: "“{0}” cần câu nói “{1}”, câu này chưa có ở trang Lời thoại.",
        Fault.TWICE: "“{0}”: phím {1} đặt cho hai mục. Vui lòng chọn phím khác cho một mục.",
        Fault.OTHER_KEY: "“{0}”: lời giới thiệu mục “{1}” nêu phím {2}, nên mục này chỉ dùng được phím {2}.",
        Fault.NEEDED: "“{0}” phải có mục “{1}”: người đang gặp nguy hiểm cần bấm được ngay (VN-8).",
    }
)
"""By fault: where ({0}) and about what ({1} …)."""


def named(step: str) -> str:
    """What a step is called."""
    return NAMES.get(step, step)


def refusal(mistake: Mistake) -> str:
    """The linter's word to whoever changes the menus."""
    if mistake.fault is None:
        return mistake.reason
    return SAID[mistake.fault].format(named(mistake.step), *map(named, mistake.about))
