"""Why a message to a citizen did not go out, or waits, in words for staff; the outbox keeps a code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "call_over": "cuộc gọi đã kết thúc",
        "channel is off": "kênh đang tắt",
        "channel_misconfigured": "kênh chưa cấu hình đúng",
        "connection_failed": "không kết nối được nhà cung cấp",
        "expired": "đã quá lúc cần gửi",
        "file_elsewhere": "tệp nằm ở nơi hệ thống không lấy",
        "message_invalid": "nhà cung cấp không nhận nội dung này",
        "needs_reauth": "kênh cần được kết nối lại",
        "no answer in time": "nhà cung cấp không trả lời kịp",
        "not_answered": "gọi không ai nghe",
        "not_let_in": "nhà cung cấp không cho đăng nhập",
        "outcome_unknown": "nhà cung cấp không trả lời",
        "owner died while sending": "hệ thống dừng giữa lúc gửi",
        "permanent": "không gửi được",
        "provider_refused": "nhà cung cấp từ chối tin",
        "quiet hours": "chờ hết giờ nghỉ đêm",
        "quota_spent": "đã hết hạn mức gửi",
        "recipient was erased": "dữ liệu của người nhận đã được xóa",
        "recipient_opted_out": "người nhận không muốn nhận tin ở đây",
        "recipient_unreachable": "không đến được địa chỉ này",
        "send_error": "không gửi được",
        "temporary": "nhà cung cấp tạm thời chưa nhận",
        "the worker stopped": "hệ thống dừng giữa lúc gửi",
        "throttled": "nhà cung cấp hạn chế số tin",
        "window_closed": "nền tảng không còn cho nhắn tin",
    }
)


def in_words(reason: str) -> str:
    """The words of a code; what a provider gave as its reason stands as it is."""
    return ENDINGS.get(reason, reason)
