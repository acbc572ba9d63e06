"""
A letter as PDF, its fonts embedded: drawn by typst from a template of ours.

What people wrote goes in as data (`sys.inputs`) and is set as text, never read as markup; the compiler sees one file,
ours, no fonts of the machine, no other folder and no network. Slow (0.05–0.5 s): use `core.letters.printing`.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.contract.errors import GatewayError
from core.letters.model import MOTTO, NATION, TO, Letter, Photo
from core.letters.page import DRAFT
from core.letters.plain import recipient_lines

_FOLDER = Path(__file__).parent
_TEMPLATE = "letter.typ"
_NO_TIME = datetime(2020, 1, 1, tzinfo=UTC)
"""The file says nothing about when it was drawn: the same letter gives the same bytes."""


class LetterNotDrawn(GatewayError):
    """The PDF could not be made; the letter itself is there as page and text."""

    code = "letter_not_drawn"
    vi = "Chưa tạo được bản PDF. Bản xem trên trang và bản chữ vẫn dùng được; vui lòng thử lại sau ít phút."


def draw(letter: Letter, photos: Sequence[Photo] = ()) -> bytes:
    """
    The PDF.

    Raises: LetterNotDrawn: typst refused.
    """
    import typst

    data = json.dumps(_data(letter, photos), ensure_ascii=False)
    try:
        drawn: object = typst.compile(
            _FOLDER / _TEMPLATE,
            root=_FOLDER,
            format="pdf",
            ignore_system_fonts=True,
            sys_inputs={"letter": data},
            timestamp=_NO_TIME,
        )
    except RuntimeError as error:
        raise LetterNotDrawn(type(error).__name__) from error
    if not isinstance(drawn, bytes):
        raise LetterNotDrawn("no pages")
    return drawn


def _data(letter: Letter, photos: Sequence[Photo]) -> Mapping[str, Any]:
    files = [f"Tệp kèm theo: {', '.join(letter.files)}."] if letter.files else []

    def together(text: str) -> str:
        """The report code on one line."""
        return text.replace(letter.code, letter.code.replace(" ", "\u00a0")) if letter.code else text

    return {
        "title": f"{letter.label} {letter.code}".strip(),
        "draft": DRAFT if letter.draft else "",
        "authority": letter.authority.upper(),
        "office": letter.office.upper(),
        "number": letter.number,
        "subject": together(f"V/v {letter.subject}") if letter.subject else "",
        "nation": NATION,
        "motto": MOTTO,
        "place_date": letter.place_date,
        "body": [{"text": together(text), "to": text.startswith(TO)} for text in [*letter.body, *files]],
        "signature": letter.signature,
        "recipients": recipient_lines(letter),
        "photos": [{"label": photo.label, "svg": _framed(photo)} for photo in photos],
    }


def _framed(photo: Photo) -> str:
    """A picture inside an SVG: inputs are text, and no picture has to lie in a folder for it."""
    size = f'width="{photo.width}" height="{photo.height}"'
    source = f"data:image/jpeg;base64,{b64encode(photo.data).decode('ascii')}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><image {size} href="{source}"/></svg>'
