"""What a letter consists of, however it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
"""Quốc hiệu and tiêu ngữ, as Nghị định 30/2020/NĐ-CP, Phụ lục I, Mục II.1 prints them."""

TO = "Kính gửi"
"""How the line begins that says to whom a letter goes; it stands in the middle of the page."""


@dataclass(frozen=True)
class LetterFacts:
    """
    What fills in the placeholders of a form; what is not known stays empty.

    Args:
        reporter: as a sentence speaks of them: "ông/bà Nguyễn Văn An", "Công ty TNHH Hoa Sen".
        unit: who handled it. `addressee`: the agency an official letter goes to.
        answer: the words of the answer; may have several paragraphs. `content`: what was reported.
        code: with spaces (1234 5678 9012). `received`, `handled`, `date`: as written (23/11/2026).
        day, month, year: of the line of place and date.
    """

    reporter: str = ""
    unit: str = ""
    addressee: str = ""
    answer: str = ""
    content: str = ""
    code: str = ""
    category: str = ""
    place: str = ""
    received: str = ""
    handled: str = ""
    number: str = ""
    date: str = ""
    province: str = ""
    hotline: str = ""
    link: str = ""
    day: int = 0
    month: int = 0
    year: int = 0


@dataclass(frozen=True)
class Photo:
    """
    A picture that goes with a letter: a JPEG without metadata, and how it is called.

    It was chosen by somebody, one by one, when the answer was made.
    """

    data: bytes
    width: int
    height: int
    label: str = ""


@dataclass(frozen=True)
class Letter:
    """
    One letter, ready to be drawn.

    Args:
        name: which one of the pack's letters. `label`: what staff call it.
        authority, office, number, subject: the left of the heading, empty where the form has none.
        place_date: "Huế, ngày 23 tháng 11 năm 2026".
        body: paragraphs from "Kính gửi" to "Trân trọng".
        recipients: lines of "Nơi nhận", without dash and stop.
        short: one or two sentences for a short message. `link`: where all of it is read.
        files: names of what is attached besides pictures. `draft`: not signed or published yet.
    """

    name: str
    label: str
    authority: str
    office: str
    number: str
    subject: str
    place_date: str
    body: tuple[str, ...]
    signature: str
    recipients: tuple[str, ...]
    short: str
    link: str
    code: str
    files: tuple[str, ...] = ()
    draft: bool = False
    beyond_text: bool = False
