"""
From a pack's form and the facts of a case to a letter.

The form's words stay as they are; only placeholders are replaced, in one pass, so that nothing a citizen or an officer
wrote is ever read as a placeholder. Heading by Nghị định 30/2020/NĐ-CP, Phụ lục I.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from core.letters.model import Letter, LetterFacts
from core.regulations.letters import HOLE, LetterForm, fact_of, hole_in

UNKNOWN = "…"
_SHORT = "Phản ánh mã {code}: đã có kết quả xử lý. Xem toàn văn tại {link}"
_MONTHS_WITH_ZERO = 2


def compose(
    form: LetterForm, facts: LetterFacts, *, name: str, files: Iterable[str] = (), draft: bool = False
) -> Letter:
    """
    The letter of this form about these facts.

    Raises: ValueError: a placeholder that nobody can fill in (the linter refuses such a pack).
    """
    short = fill(form.short, facts) or _SHORT.format(code=facts.code, link=facts.link)
    return Letter(
        name=name,
        label=form.label,
        authority=fill(form.authority, facts),
        office=fill(form.office, facts),
        number=_number(form.number, facts),
        subject=fill(form.subject, facts),
        place_date=place_date(facts),
        body=tuple(_paragraphs(fill(form.body, facts))),
        signature=fill(form.signature, facts),
        recipients=tuple(_bare(fill(line, facts)) for line in form.recipients),
        short=short,
        link=facts.link,
        code=facts.code,
        files=tuple(files),
        draft=draft,
        beyond_text=form.beyond_text,
    )


def fill(text: str, facts: LetterFacts) -> str:
    """A text with its placeholders filled in; what is not known reads "…"."""
    return HOLE.sub(lambda hole: _value(hole, facts), text)


def place_date(facts: LetterFacts) -> str:
    """The line on the right: days below 10 and the months 1 and 2 take a 0 (Phụ lục I, Mục II.4)."""
    day = f"{facts.day:02d}"
    month = f"{facts.month:02d}" if facts.month <= _MONTHS_WITH_ZERO else str(facts.month)
    return f"{facts.province or UNKNOWN}, ngày {day} tháng {month} năm {facts.year}"


def _value(hole: re.Match[str], facts: LetterFacts) -> str:
    fact = fact_of(hole_in(hole))
    if fact is None:
        raise ValueError(f"nobody can fill in {hole[0]}")
    value = str(getattr(facts, fact)).strip() or UNKNOWN
    first = next((letter for letter in hole[1] or hole[2] or "" if letter.isalpha()), "")
    return value[:1].upper() + value[1:] if first.isupper() and fact != "answer" else value


def _number(line: str, facts: LetterFacts) -> str:
    """The line of the number: the form's blank, or the number given (Phụ lục I, Mục II.3)."""
    filled = fill(line, facts)
    return f"Số: {facts.number}" if facts.number and "/" in line and facts.number not in filled else filled


def _paragraphs(text: str) -> Iterable[str]:
    return (line.strip() for line in text.splitlines() if line.strip())


def _bare(line: str) -> str:
    return line.strip().lstrip("-").rstrip(";. ").strip() if line.strip(". …") else line.strip()
