"""A letter as words alone: for a chat, a mail, or a text file."""

from __future__ import annotations

from core.letters.model import MOTTO, NATION, TO, Letter


def as_text(letter: Letter) -> str:
    """The body and who signs it: what a conversation shows."""
    files = [f"Tệp kèm theo: {', '.join(letter.files)}."] if letter.files else []
    return "\n\n".join([*letter.body, *files, *filter(None, [letter.office])])


def as_short(letter: Letter) -> str:
    """One or two sentences and where to read the rest: for a short message."""
    return letter.short if letter.link in letter.short else f"{letter.short} Xem tại {letter.link}"


def as_file(letter: Letter) -> str:
    """The whole letter with its heading, as a text file."""
    head = [letter.authority, letter.office, letter.number, letter.subject and f"V/v {letter.subject}", ""]
    nation = [NATION, MOTTO, "", letter.place_date, ""]
    body = [line if not line.startswith(TO) else f"    {line}" for line in letter.body]
    files = [f"Tệp kèm theo: {', '.join(letter.files)}."] if letter.files else []
    foot = ["", letter.signature, "", "Nơi nhận:", *recipient_lines(letter)]
    lines = [*(line for line in head if line), *nation, "\n\n".join([*body, *files]), *foot]
    return "\n".join(lines) + "\n"


def recipient_lines(letter: Letter) -> list[str]:
    """ "- Như trên;" and the last with a full stop (Nghị định 30/2020/NĐ-CP, Phụ lục I, Mục II.9)."""
    last = len(letter.recipients) - 1
    return [f"- {line}{'.' if number == last else ';'}" for number, line in enumerate(letter.recipients)]
