"""What a whole message does: greets, thanks, refuses, cancels, asks for a person …"""

from __future__ import annotations

import re
from enum import StrEnum

from core.intake.lexicon import pattern
from core.intake.words import Text, blanked, noted

LONGER_WORD = re.compile(r"[^\W\d_]{2,}")
INNER = re.compile(r"\w.*\w|\w", re.DOTALL)
MANY = 5
"""Telling words are not counted any further: nobody asks for more."""
LONGEST_CANCEL = 16
LONGEST_REQUEST = 40
EMPTY_WORDS = ("secret_wish", "open_wish", "courtesy", "greeting", "thanks", "intent", "profanity", "correction")


class Payload(StrEnum):
    """
    Machine values of our own buttons; `rate:<level>:<report code>`, `none:<field>` and `code:<digits>` carry a value.

    `start`, and `start:<where they came from>`: the person opened the chat by a button or a link and said nothing yet.
    """

    CONFIRM = "confirm"
    CANCEL = "cancel"
    HUMAN = "human"
    CONFIDENTIAL = "confidential"
    OPEN = "open"
    REPORT = "report"
    STATUS = "status"
    START = "start"
    THERE = "there"
    NOT_THERE = "not_there"
    NOTICES = "notices"
    NOTICES_YES = "notices_yes"
    NOTICES_STOP = "notices_stop"


def wants_person(text: Text) -> bool:
    """ "Cho gặp nhân viên": a person must answer. Not: "đã gặp nhân viên", "nhân viên vệ sinh"."""
    for match in pattern("signals", "handover").finditer(text):
        around = text.part(max(0, match.start() - 14), min(len(text.raw), match.end() + 14))
        if not pattern("signals", "handover_not").search(around):
            return text.length <= LONGEST_REQUEST
    return False


def without_request(text: Text) -> Text:
    """The text without its "cho gặp nhân viên"."""
    return text.without(tuple(match.span() for match in pattern("signals", "handover").finditer(text)))


def cancels(text: Text) -> bool:
    """The report is no longer wanted; only short messages, since long ones may speak of a cancelled bus."""
    short = text.length <= LONGEST_CANCEL
    return short and pattern("signals", "cancel").search(text) is not None


@noted
def wishes_secrecy(text: Text) -> bool | None:
    """True: keep my identity secret; False: no need to; None: nothing said."""
    if pattern("signals", "open_wish").search(text):
        return False
    return True if pattern("signals", "secret_wish").search(text) else None


def says(heading: str, text: Text) -> bool:
    """Whether the whole message is of this kind (yes, no, none …)."""
    return pattern("signals", heading).fullmatch(text.part(*trimmed(text))) is not None


def mentions(heading: str, text: Text) -> bool:
    """Whether the message holds words of this kind."""
    return pattern("signals", heading).search(text) is not None


@noted
def trimmed(text: Text) -> tuple[int, int]:
    """The text without white space and signs at its borders."""
    inner = INNER.search(text.raw)
    return inner.span() if inner else (0, 0)


@noted
def telling_words(text: Text) -> int:
    """How many words tell something: not courtesy, not address, not abuse, not "ở đây". `MANY` means that or more."""
    count = end = 0
    for match in pattern("signals", *EMPTY_WORDS).finditer(text):
        count += len(LONGER_WORD.findall(text.raw, end, match.start()))
        if count >= MANY:
            return MANY
        end = match.end()
    return min(MANY, count + len(LONGER_WORD.findall(text.raw, end)))


def telling_text(text: Text) -> str:
    """The text with all words blanked out that tell nothing about a matter."""
    polite = pattern("signals", *EMPTY_WORDS)
    return blanked(text.raw, tuple(match.span() for match in polite.finditer(text)))


@noted
def opens_with_thanks(text: Text) -> bool:
    """Whether a message begins with thanks, a greeting before it allowed."""
    start = trimmed(text)[0]
    return pattern("signals", "thanks_first").match(text, start) is not None
