"""
Which files are taken: by content, never by name or by what the sender says; with a size cap for each kind.

Everything refused is refused with a sentence the sender can act on.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import filetype  # type: ignore[import-untyped]

from core.contract.schema import AttachmentKind
from core.privacy.errors import MediaRefused, MediaTooLarge

MEGABYTE = 1024 * 1024
TEXT = "text/plain"
OFFICE = "application/vnd.openxmlformats-officedocument."

ALLOWED: Mapping[str, AttachmentKind] = MappingProxyType(
    {
        **dict.fromkeys(
            ("image/jpeg", "image/png", "image/webp", "image/gif", "image/avif", "image/heic"), AttachmentKind.IMAGE
        ),
        **dict.fromkeys(("video/mp4", "video/quicktime", "video/3gpp", "video/webm"), AttachmentKind.VIDEO),
        **dict.fromkeys(
            ("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "audio/amr", "audio/aac"), AttachmentKind.AUDIO
        ),
        **dict.fromkeys(
            (
                "application/pdf",
                "application/msword",
                "application/vnd.ms-excel",
                OFFICE + "wordprocessingml.document",
                OFFICE + "spreadsheetml.sheet",
                OFFICE + "presentationml.presentation",
                TEXT,
            ),
            AttachmentKind.FILE,
        ),
    }
)

_SYNONYMS = MappingProxyType({"image/apng": "image/png", "audio/x-wav": "audio/wav", "video/x-m4v": "video/mp4"})
_OFFICE_PARTS = MappingProxyType(
    {
        "word/document.xml": OFFICE + "wordprocessingml.document",
        "xl/workbook.xml": OFFICE + "spreadsheetml.sheet",
        "ppt/presentation.xml": OFFICE + "presentationml.presentation",
    }
)
_KIND_VI = MappingProxyType(
    {
        AttachmentKind.IMAGE: "Ảnh",
        AttachmentKind.VIDEO: "Video",
        AttachmentKind.AUDIO: "Tệp ghi âm",
        AttachmentKind.FILE: "Tài liệu",
    }
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")

UNKNOWN_VI = "Loại tệp này chưa được hỗ trợ. Vui lòng gửi ảnh (JPEG, PNG), video (MP4), ghi âm, PDF hoặc Word, Excel."
EMPTY_VI = "Tệp gửi đến không có nội dung. Vui lòng gửi lại."
MACRO_VI = "Tài liệu có chứa mã lệnh (macro) nên không được nhận. Vui lòng gửi bản PDF."
BROKEN_VI = "Tệp bị lỗi, không mở được. Vui lòng gửi lại."
PACKED_VI = (
    "Tệp winmail.dat do Outlook đóng gói nên không mở được. "
    "Vui lòng gửi thư dạng HTML hoặc văn bản thuần và đính kèm từng tệp như bình thường."
)
_PACKED = b"\x78\x9f\x3e\x22"
"""How winmail.dat begins (MS-OXTNEF 2.1.3.1)."""

WHY_NOT: Mapping[str, str] = MappingProxyType(
    {
        "empty": "không có nội dung",
        "type": "loại tệp không được hỗ trợ",
        "macro": "tài liệu có mã lệnh (macro)",
        "broken": "tệp bị lỗi",
        "packed": "tệp do Outlook đóng gói (winmail.dat)",
        "size": "dung lượng lớn hơn mức cho phép",
        "virus": "tệp có mã độc",
        "pixels": "kích thước ảnh quá lớn",
    }
)
"""Why a file was not taken, for whoever looks for it later: reason of `MediaRefused` → a few words."""


@dataclass(frozen=True)
class MediaLimits:
    """Caps in bytes for each kind, and in pixels for a decoded picture (all frames together)."""

    image: int = 20 * MEGABYTE
    video: int = 100 * MEGABYTE
    audio: int = 50 * MEGABYTE
    file: int = 25 * MEGABYTE
    pixels: int = 60_000_000

    def of(self, kind: AttachmentKind) -> int:
        """The cap of one kind, in bytes."""
        return {"image": self.image, "video": self.video, "audio": self.audio, "file": self.file}[kind.value]


def accept_type(data: bytes, limits: MediaLimits) -> tuple[str, AttachmentKind]:
    """
    Media type and kind of a file we take.

    Raises: MediaRefused (empty, packed, unknown type, macro, broken), MediaTooLarge.
    """
    if not data:
        raise MediaRefused("empty", EMPTY_VI)
    if data.startswith(_PACKED):
        raise MediaRefused("packed", PACKED_VI)
    media_type = sniff(data)
    kind = ALLOWED.get(media_type)
    if kind is None:
        raise MediaRefused("type", UNKNOWN_VI)
    cap = limits.of(kind)
    if len(data) > cap:
        raise MediaTooLarge(
            "size", f"{_KIND_VI[kind]} không được lớn hơn {cap // MEGABYTE} MB. Vui lòng giảm dung lượng và gửi lại."
        )
    return media_type, kind


def sniff(data: bytes) -> str:
    """Media type by content; "" where it is none we know. Raises MediaRefused for a document with macros."""
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if data[4:10] == b"ftyp3g":  # brands of 3GPP TS 26.244: often with sound and pictures that no browser plays
        return "video/3gpp"
    guess = filetype.guess(data)
    if guess is not None:
        return _SYNONYMS.get(str(guess.mime), str(guess.mime))
    if data[4:8] == b"ftyp":
        return "video/mp4"
    return TEXT if _is_plain_text(data) else ""


def _office(data: bytes) -> str:
    """An Office document by the parts inside it; any other archive is unknown."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise MediaRefused("broken", BROKEN_VI) from error
    if any(name.endswith("vbaProject.bin") for name in names):
        raise MediaRefused("macro", MACRO_VI)
    return next((media_type for part, media_type in _OFFICE_PARTS.items() if part in names), "")


def _is_plain_text(data: bytes) -> bool:
    """UTF-8 without control characters; markup is refused, a browser might run it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not _CONTROL.search(text) and not text.lstrip().startswith("<")
