"""
What can go wrong with secrets.

GatewayError
├── Erased           the key of this subject was destroyed on request: nothing can bring it back (410)
├── Tampered         the stored bytes are not what was sealed, or belong to something else
└── InboundError
    └── MediaRefused    a file that is not taken; `vi` says why · MediaTooLarge → 413
"""

from __future__ import annotations

from core.contract.errors import GatewayError, InboundError, PayloadTooLarge


class Erased(GatewayError):
    """The subject's key is gone, and with it everything sealed under it (VN-4, VN-15)."""

    code = "erased"
    vi = "Dữ liệu cá nhân này đã được xóa theo yêu cầu."


class Tampered(GatewayError):
    """The bytes do not authenticate: changed, cut, swapped with another row, or read with another master key."""

    code = "tampered"
    vi = "Dữ liệu lưu trữ không còn nguyên vẹn. Vui lòng báo quản trị hệ thống."


class MediaRefused(InboundError):
    """A file is not stored. `reason` is from a closed set and counted; `vi` is told to the sender."""

    code = "media_refused"
    vi = "Không nhận được tệp này. Vui lòng gửi ảnh, video hoặc tài liệu khác."

    def __init__(self, reason: str, vi: str) -> None:
        super().__init__(reason)
        self.reason, self.vi = reason, vi


class MediaTooLarge(MediaRefused, PayloadTooLarge):
    """A file over the size cap of its kind (413)."""

    code = "media_too_large"
