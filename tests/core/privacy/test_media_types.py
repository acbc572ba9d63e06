"""Which files are taken, by content; and what is told where one is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.contract.errors import InboundError, PayloadTooLarge
from core.contract.schema import AttachmentKind
from core.privacy.errors import MediaRefused, MediaTooLarge
from core.privacy.media_types import ALLOWED, OFFICE, MediaLimits, accept_type, sniff
from tests.core.privacy.files import document, film, picture, recording

TAKEN = {
    "jpeg": (picture("JPEG"), "image/jpeg"),
    "png": (picture("PNG"), "image/png"),
    "webp": (picture("WEBP"), "image/webp"),
    "gif": (picture("GIF"), "image/gif"),
    "avif": (picture("AVIF"), "image/avif"),
    "mp4": (film(), "video/mp4"),
    "mp4 of an unknown brand": (film(b"zzzz"), "video/mp4"),
    "quicktime": (film(b"qt  "), "video/quicktime"),
    "wav": (recording(), "audio/wav"),
    "ogg": (b"OggS" + bytes(60), "audio/ogg"),
    "mp3": (b"ID3" + bytes(60), "audio/mpeg"),
    "pdf": (b"%PDF-1.7\n", "application/pdf"),
    "docx": (document(), OFFICE + "wordprocessingml.document"),
    "xlsx": (document("xl/workbook.xml"), OFFICE + "spreadsheetml.sheet"),
    "text": ("Danh sách hộ\nNguyễn Văn An\n".encode(), "text/plain"),
    "text with a byte order mark": ("\ufeffổ gà".encode(), "text/plain"),
}
REFUSED = {
    "nothing": (b"", "empty"),
    "program": (b"MZ" + bytes(200), "type"),
    "elf": (b"\x7fELF" + bytes(200), "type"),
    "archive": (document("anything.exe"), "type"),
    "rar": (b"Rar!\x1a\x07\x00" + bytes(20), "type"),
    "html": (b"  <html><script>", "type"),
    "svg": (b"<svg xmlns='x' onload='y'/>", "type"),
    "noise": (bytes(range(256)), "type"),
    "old encoding": ("Huế đẹp".encode("utf-16"), "type"),
    "macro": (document(macro=True), "macro"),
    "broken archive": (document()[:40], "broken"),
    "winmail.dat": (b"\x78\x9f\x3e\x22" + bytes(40), "packed"),
}


@pytest.mark.parametrize(("data", "media_type"), TAKEN.values(), ids=TAKEN)
def test_taken(data: bytes, media_type: str) -> None:
    assert sniff(data) == media_type
    assert accept_type(data, MediaLimits()) == (media_type, ALLOWED[media_type])


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused(data: bytes, reason: str) -> None:
    with pytest.raises(MediaRefused) as caught:
        accept_type(data, MediaLimits())

    assert caught.value.reason == reason
    assert caught.value.vi.endswith(".")
    assert isinstance(caught.value, InboundError)


@pytest.mark.parametrize(
    ("data", "limits", "told"),
    [
        (picture("PNG"), {"image": 10}, "Ảnh không được lớn hơn 0 MB"),
        (film(), {"video": 10}, "Video không được"),
        (recording(), {"audio": 10}, "Tệp ghi âm không được"),
        (b"%PDF-1.7\n", {"file": 5}, "Tài liệu không được"),
    ],
)
def test_cap_of_each_kind(data: bytes, limits: dict[str, int], told: str) -> None:
    with pytest.raises(MediaTooLarge, match="size") as caught:
        accept_type(data, replace(MediaLimits(), **limits))
    assert told in caught.value.vi
    assert isinstance(caught.value, PayloadTooLarge)


def test_cap_is_the_last_size_taken() -> None:
    data = b"%PDF-1.7\n"
    assert accept_type(data, MediaLimits(file=len(data)))[1] is AttachmentKind.FILE
    with pytest.raises(MediaTooLarge):
        accept_type(data, MediaLimits(file=len(data) - 1))
