"""Letters to look at: a form like those of the regulations, facts of an invented case, pictures."""

from __future__ import annotations

import io
import re
import zlib

from PIL import Image

from core.letters import LetterFacts, Photo
from core.regulations.letters import LetterForm

FORM = LetterForm(
    authority="UBND TỈNH HOA SEN",
    body=(
        "Kính gửi: Quý [cá nhân, tổ chức]\n"
        "[Đơn vị xử lý] xin thông báo kết quả xử lý phản ánh, kiến nghị của [cá nhân, tổ chức] như sau:\n"
        "[Nội dung trả lời xử lý: đã xong hoặc hẹn ngày]\n"
        "Trân trọng./."
    ),
    recipients=("Như trên", "…", "Lưu: VT"),
)
ANSWER = "Ngày 23/11/2026, đơn vị đã thay ba bóng đèn trước số 12 Lê Lợi.\nĐề nghị tiếp tục giám sát."
FACTS = LetterFacts(
    reporter="ông/bà Nguyễn Thị Ngọc Ánh",
    unit="Sở Giao thông vận tải",
    answer=ANSWER,
    code="1234 5678 9012",
    province="Hoa Sen",
    link="https://example.vn/tra-cuu",
    day=3,
    month=2,
    year=2026,
)


def photo(colour: str = "green", size: tuple[int, int] = (400, 300)) -> Photo:
    """A picture as letters take it."""
    written = io.BytesIO()
    Image.new("RGB", size, colour).save(written, "JPEG")
    return Photo(written.getvalue(), *size, label=f"Ảnh {colour}")


def streams(pdf: bytes) -> list[bytes]:
    """Every stream of a PDF, inflated where it was deflated."""
    found = []
    for match in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(match[1]))  # its last byte may have looked like a line's end
        except zlib.error:
            found.append(match[1])
    return found


def letters_of(pdf: bytes) -> str:
    """Every letter that the PDF's fonts can show, from their tables of Unicode."""
    tables = b"\n".join(stream for stream in streams(pdf) if b"beginbfchar" in stream)
    pairs = re.findall(rb"<[0-9a-fA-F]+>\s*<([0-9a-fA-F]+)>", tables)
    return "".join(bytes.fromhex(pair.decode()).decode("utf-16-be") for pair in pairs)


def pages_of(pdf: bytes) -> int:
    """How many pages it has, from its page tree."""
    found = re.search(rb"/Type/Pages/Count (\d+)", b"".join([pdf, *streams(pdf)]))
    assert found is not None
    return int(found[1])
