"""
The section `letter` of a pack: the forms in which people are answered on paper, word for word.

What a form leaves open stands in square brackets, in the words of the regulations' own forms; case of letters and
spaces do not matter, and what follows a colon is guidance for the writer: "[Nội dung trả lời xử lý: …]".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from pydantic import Field

from core.regulations.words import Id, PackModel, Words

PLACEHOLDERS: Mapping[str, str] = MappingProxyType(
    {
        "cá nhân, tổ chức": "reporter",
        "cá nhân/tổ chức": "reporter",
        "đơn vị xử lý": "unit",
        "đơn vị chủ trì xử lý": "unit",
        "cơ quan nhận": "addressee",
        "nội dung trả lời": "answer",
        "nội dung văn bản": "answer",
        "nội dung phản ánh": "content",
        "mã phản ánh": "code",
        "lĩnh vực": "category",
        "địa điểm": "place",
        "ngày gửi": "received",
        "thời điểm xử lý": "handled",
        "số": "number",
        "ngày": "date",
        "địa danh": "province",
        "tổng đài": "hotline",
        "trang tra cứu": "link",
    }
)
"""Everything a letter may leave open (TG-P2, QB-IV.3, DL-II.2.1.B3) → the fact that fills it in."""

ANSWER = "nội dung trả lời"
"""The forms go on with what the answer holds ("nội dung trả lời kết quả xử lý: …"); the beginning counts."""

RESULT = "result"
"""The letter that tells the result: the section itself."""

PLAIN = "plain"
"""The letter of a pack whose regulation has no form of its own."""

HOLE = re.compile(r"\[([^\[\]]*)\]|\{\{?([^{}]*)\}\}?")


class LetterForm(PackModel):
    """
    One letter.

    Args:
        label: what staff call it. `subject`: the "V/v" line under the number.
        authority: the body above ("UBND TỈNH …"); `office`: who issues it, both at the upper left.
        number: the line of the number, as the form prints it.
        body: the whole text with its [placeholders], from "Kính gửi" to "Trân trọng./."; paragraphs stand on lines.
        signature: the capacity of whoever signs; `recipients`: the lines of "Nơi nhận".
        short: for chat and SMS, one or two sentences; empty: a sentence with the code and the link.
    """

    label: str = "Thông báo kết quả xử lý"
    authority: str = ""
    office: str = "[đơn vị xử lý]"
    number: str = "Số:        /"
    subject: str = ""
    body: str = ""
    signature: str = "THỦ TRƯỞNG ĐƠN VỊ"
    recipients: Words = ("Như trên", "Lưu: VT")
    short: str = ""
    beyond_text: bool = Field(default=False, description="A form of the product, not of the regulation's text")
    cites: Words = ()

    def texts(self) -> Iterator[tuple[str, str]]:
        """Every text of the form that may hold placeholders, by field."""
        for name in ("authority", "office", "number", "subject", "body", "signature", "short"):
            yield name, getattr(self, name)
        for line in self.recipients:
            yield "recipients", line


class AnswerWording(PackModel):
    """
    When an answer says too little to be sent without a second look.

    Args:
        checked: off where the regulation leaves it to people. `least_words`: the product's own where it says nothing.
        hollow: more phrases that say nothing here. `allowed`: phrases of the product's list that are fine here.
    """

    checked: bool = True
    least_words: int | None = Field(default=None, ge=0)
    hollow: Words = ()
    allowed: Words = ()


class Letter(LetterForm):
    """
    The letters of a pack: the result letter here, and `others` by name ("official": of `send_letter`).

    `wording` says which answers are empty.
    """

    others: dict[Id, LetterForm] = Field(default_factory=dict)
    wording: AnswerWording = AnswerWording()

    def forms(self) -> dict[str, LetterForm]:
        """Every letter that can be written, by name; the plain one stands in for a missing result letter."""
        own = {RESULT: self} if self.body.strip() else {}
        plain = {RESULT: self.others[PLAIN]} if PLAIN in self.others else {}
        return {**plain, **own, **{name: form for name, form in self.others.items() if name != PLAIN}}


def holes(text: str) -> Iterator[str]:
    """The placeholders of a text as they are looked up: small letters, single spaces."""
    for match in HOLE.finditer(text):
        yield hole_in(match)


def hole_in(match: re.Match[str]) -> str:
    """The placeholder that `HOLE` found, as it is looked up."""
    return " ".join((match[1] or match[2] or "").casefold().split())


def fact_of(hole: str) -> str | None:
    """The fact that fills in this placeholder; None: nobody can."""
    if hole in PLACEHOLDERS:
        return PLACEHOLDERS[hole]
    return PLACEHOLDERS[ANSWER] if hole.startswith(ANSWER) else None
