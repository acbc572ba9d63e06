"""Which letters a case has, and which forms become one."""

from __future__ import annotations

from collections.abc import Iterator

from core.regulations.letters import RESULT
from core.service.reading.letters import OFFICIAL, SECRET
from core.service.reading.views import CaseView

ANSWERING = ("publish", "reply_privately", "answer_reporter", "edit_and_approve")
"""Commands whose form can be seen as a letter before it is sent."""

PUBLISHING = ("publish", "answer_reporter", "edit_and_approve", "decline")
"""Commands after which everybody may read something of the case."""


def letters_of(view: CaseView) -> list[tuple[str, str]]:
    """(name, what it is called) of the letters that a case has something to say in."""
    return list(_letters(view))


def _letters(view: CaseView) -> Iterator[tuple[str, str]]:
    if SECRET in {flag.id for flag in view.flags}:
        return
    if any(made.kind != "withheld" for made in view.answers):
        yield RESULT, "Văn bản trả lời"
    elif any(part.resolutions for part in view.dispatches):
        yield RESULT, "Dự thảo văn bản trả lời"
    if any(entry.kind == "letter_sent" for entry in view.timeline):
        yield OFFICIAL, "Công văn đã gửi"


def preview_of(command: str) -> str:
    """The letter that a command's form would become; empty for the others."""
    return RESULT if command in ANSWERING else OFFICIAL if command == "send_letter" else ""
