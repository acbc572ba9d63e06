"""How to reach the reporter: telephone numbers and mail addresses inside a message."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.identity import phones
from core.intake.patterns import vi
from core.intake.words import Text

MAIL = re.compile(
    r"(?<![A-Z0-9._%+-])[A-Z0-9][A-Z0-9._%+-]{0,63}@(?:[A-Z0-9-]{1,63}\.){1,5}[A-Z]{2,24}",
    re.IGNORECASE,
)
SPOKEN = re.compile(
    r"(?<![A-Z0-9._%+-])([A-Z0-9][A-Z0-9._%+-]{0,63})\s{0,3}(?:\(a còng\)|\[at\]|\(at\)|a còng)"
    r"\s*(gmail|yahoo|outlook|hotmail)"
    r"(?:\s*(?:\.|chấm)\s*(com(?:\.vn)?|vn))?",
    re.IGNORECASE,
)
SPOKEN_SIGNS = ("a còng", "[at]", "(at)")
SEVEN_DIGITS = re.compile(r"\d(?:[ .\-()]{0,2}\d){6}")
"""What every telephone number holds, and few texts do."""
OWNER = "(?: (?:của )?(?:tôi|em|mình|tui|anh|chị|cháu|con|nhà em))?(?: (?:là|số|qua|theo số|theo|ở số)){0,3} ?[:.-]? ?"
LABELS = (
    "(?:số điện thoại|số đt|sđt|đt|dt|sdt|điện thoại|tel|phone|di động|zalo|hotline|liên hệ|liên lạc|lh|gọi|alo|số|"
    "email|e-mail|mail|gmail|thư điện tử|địa chỉ email|hộp thư)"
)
LABEL_REACH = 45


@dataclass(frozen=True)
class ContactReading:
    """Numbers in E.164, mail addresses in lower case, and where they stood, labels included."""

    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    spans: tuple[tuple[int, int], ...] = ()


def read_contacts(text: Text) -> ContactReading:
    """All telephone numbers and mail addresses of a text; short codes such as 113 are nobody's number."""
    mails = read_mails(text)
    without_mails = text.without(tuple((start, end) for _, start, end in mails))
    numbers = phones.find(without_mails.raw) if SEVEN_DIGITS.search(text.raw) else ()
    spans = tuple((label_start(text, start), end) for _, start, end in (*mails, *numbers))
    return ContactReading(unique(number for number, *_ in numbers), unique(mail for mail, *_ in mails), spans)


def read_mails(text: Text) -> list[tuple[str, int, int]]:
    """All mail addresses, written or spelled out, and where they stood."""
    written = MAIL.finditer(text.raw) if "@" in text.raw else ()
    spelled = SPOKEN.finditer(text.raw) if any(sign in text.low for sign in SPOKEN_SIGNS) else ()
    mails = [(match.group().lower(), *match.span()) for match in written]
    return mails + [(spoken(match), *match.span()) for match in spelled]


def spoken(match: re.Match[str]) -> str:
    """ "an a còng gmail chấm com" as an address."""
    name, host, ending = match.groups()
    return f"{name}@{host}.{ending or 'com'}".lower()


def label_start(text: Text, start: int) -> int:
    """Where the words that introduce a number begin ("sđt của em là")."""
    window = text.part(max(0, start - LABEL_REACH), start)
    reached = len(window.raw.rstrip())
    labels = [match for match in vi(LABELS + OWNER).finditer(window) if match.end() >= reached]
    return start - len(window.raw) + labels[0].start() if labels else start


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """In order of appearance, each once."""
    return tuple(dict.fromkeys(values))
