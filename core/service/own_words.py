"""
Which texts there are to put into other words, and what a wording of one has to keep. Pure.

A wording may leave holes out that only decorate, never those that carry what it is about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from core.contract.errors import NotFound
from core.intake.render import texts
from core.notify.letters import HOLE, staff_templates, templates

LONGEST_TEXT = 3000
LONGEST_SAID = 1000
LONGEST_SUBJECT = 120
_BRACE = re.compile(r"[{}]")
_DECORATION = frozenset({"office", "hotline", "link", "note", "several"})
"""Holes a wording may do without, or use where ours does not: `office`, `hotline` and `link` of a letter."""
_EVERYWHERE = frozenset({"office", "hotline", "link"})
_NOT_OURS = "buttons."
"""Titles of buttons are read back when somebody types them; they stay as they are."""


class Shelf(StrEnum):
    """What kind of text it is."""

    LETTER = "letter"
    STAFF = "staff"
    TALK = "talk"


@dataclass(frozen=True)
class Wording:
    """A text with holes; what the dialogue says has no subject."""

    text: str
    subject: str = ""

    @property
    def holes(self) -> frozenset[str]:
        """Names of what is filled in."""
        return frozenset(HOLE.findall(self.subject + self.text))


def shipped(shelf: Shelf) -> Mapping[str, Wording]:
    """Our texts of a kind, by name."""
    if shelf is Shelf.TALK:
        return {name: Wording(text) for name, text in texts().items() if not name.startswith(_NOT_OURS)}
    known = templates() if shelf is Shelf.LETTER else staff_templates()
    return {name: Wording(one.text.strip(), one.subject) for name, one in known.items()}


def ours_of(shelf: Shelf, name: str) -> Wording:
    """Our own wording. NotFound."""
    try:
        return shipped(shelf)[name]
    except KeyError:
        raise NotFound(name) from None


def places(shelf: Shelf, ours: Wording) -> frozenset[str]:
    """Holes that a wording of this text may have."""
    return ours.holes | (_EVERYWHERE if shelf is Shelf.LETTER else frozenset())


def objections(shelf: Shelf, ours: Wording, wording: Wording) -> list[str]:
    """Why a wording will not do, in sentences for whoever wrote it; empty: it will."""
    longest = LONGEST_SAID if shelf is Shelf.TALK else LONGEST_TEXT
    unknown = wording.holes - places(shelf, ours)
    missing = Wording(ours.text).holes - Wording(wording.text).holes - _DECORATION  # a chat shows no subject
    checks = (
        (not wording.text.strip() or (ours.subject and not wording.subject.strip()), "Vui lòng nhập đủ nội dung."),
        (len(wording.text) > longest, f"Nội dung dài nhất {longest} ký tự."),
        (len(wording.subject) > LONGEST_SUBJECT, f"Tiêu đề dài nhất {LONGEST_SUBJECT} ký tự."),
        (unknown, f"Không có chỗ điền tên này: {_named(unknown)}."),
        (missing, f"Không được bỏ chỗ điền: {_named(missing)}."),
        (
            _BRACE.search(HOLE.sub("", wording.subject + wording.text)),
            "Dấu { } chỉ dùng cho chỗ điền, như {code}.",
        ),
    )
    return [why for wrong, why in checks if wrong]


def _named(holes: frozenset[str]) -> str:
    return ", ".join(f"{{{hole}}}" for hole in sorted(holes))
