"""
Does somebody need help this minute?

Fire, drowning, injuries, weapons, landslides, live wires. Figures of speech ("cháy túi"), fear ("sợ cháy"), habit and
the past ("hôm qua cháy") are none. A false alarm costs a phone call, a missed one a life: in doubt it is one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.intake.fold import fold
from core.intake.lexicon import pattern, patterns_in
from core.intake.rules import EmergencyKind
from core.intake.words import Text, noted

REACH = 120
BURNS = "chay"
SENTENCE = re.compile(r"[.!?;\n]")


@dataclass(frozen=True)
class EmergencySign:
    """What kind of help, and the words that told it."""

    kind: EmergencyKind
    start: int
    end: int


@noted
def read_emergency(text: Text) -> EmergencySign | None:
    """The first sign that holds, in the order of the text; None where nothing is urgent."""
    signs = [
        EmergencySign(kind, *match.span())
        for kind in EmergencyKind
        for known in patterns_in("emergency", kind.value, marked=text.marked)
        for match in known.finditer(text)
    ]
    return min((sign for sign in signs if holds(text, sign)), key=lambda sign: (sign.start, sign.kind), default=None)


def holds(text: Text, sign: EmergencySign) -> bool:
    """Whether the words around a sign leave it an emergency; a cry for help always does."""
    if pattern("emergency", "distress").search(text):
        return not figure_of_speech(text, sign)
    return not (
        harmless_before(text, sign)
        or figure_of_speech(text, sign)
        or pattern("emergency", "past").match(after(text, sign))
    )


def figure_of_speech(text: Text, sign: EmergencySign) -> bool:
    """ "Cháy túi", "cháy hàng", "bình chữa cháy" …: said of fires alone, and "cháy nhà hàng xóm" is none."""
    said = fold(text.raw[sign.start : sign.end])
    if BURNS not in said:
        return False
    behind = pattern("emergency", "figure_after" if said.endswith(BURNS) else "driving_after")
    if behind.match(after(text, sign)) is not None:
        return True
    known = patterns_in("emergency", "burning_before", marked=text.marked)
    if said.startswith(BURNS):
        known = (pattern("emergency", "thing_before"), *known)
    return any(one.search(before(text, sign)) for one in known)


def harmless_before(text: Text, sign: EmergencySign) -> bool:
    """Fear, habit, hearsay or the past in front of a sign."""
    words = before(text, sign)
    known = patterns_in("emergency", "before", marked=text.marked)
    return any(one.search(words) for one in known) or out_of_breath(text, sign)


def out_of_breath(text: Text, sign: EmergencySign) -> bool:
    """ "Hôi không thở được": said of smell and dust, it is no more than that."""
    if pattern("emergency", "breath").match(text, sign.start) is None:
        return False
    return pattern("emergency", "smell").search(before(text, sign)) is not None


def before(text: Text, sign: EmergencySign) -> Text:
    """The sentence up to the sign."""
    begin = max(0, sign.start - REACH)
    borders = [match.end() for match in SENTENCE.finditer(text.raw, begin, sign.start)]
    return text.part(borders[-1] if borders else begin, sign.start)


def after(text: Text, sign: EmergencySign) -> Text:
    """The text behind the sign."""
    return text.part(sign.end, sign.end + REACH)
