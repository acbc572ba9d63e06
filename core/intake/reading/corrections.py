"""
"À nhầm, ở đường Lê Lợi", "không phải 12 mà là 21", "15 chứ không phải 12": what was wrong and what is right.

A text is cut into stretches: told plainly, or told to correct what was said before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.intake.lexicon import pattern
from core.intake.words import Text, noted

CLAUSE_END = re.compile(r"[,.;!?\n]")
STARRED = re.compile(r"\s*\*\s*(?=\w[^\n*]{0,80}$)")
"""How people in chats put a slip right: "*15", "*Trần Phú"; not a list, not what is between two stars."""
NOT = "phai"
"""What every "không phải" holds; looked for first, since that pattern may begin anywhere."""
LONGEST_WRONG = 60
LONGEST_RIGHT = 80


@dataclass(frozen=True)
class Stretch:
    """A piece of a text. `correcting`: it replaces what was said; `wrong`: the words that no longer hold."""

    text: Text
    correcting: bool = False
    wrong: str = ""


def cut_at_corrections(text: Text) -> tuple[Stretch, ...]:
    """The text's stretches in order; one plain stretch where nothing is corrected."""
    return _cut(text) or (Stretch(text),)


@noted
def _cut(text: Text) -> tuple[Stretch, ...]:
    """None where nothing is corrected: what is noted beside a text may not hold it, or it would outlive its use."""
    negated = not_this_but_that(text) or that_not_this(text)
    if negated:
        return negated
    starred = STARRED.match(text.raw)
    if starred is not None:
        return (Stretch(text.part(starred.end(), len(text.raw)), correcting=True),)
    marker = pattern("signals", "correction").search(text)
    if marker is None:
        return ()
    before, after = text.part(0, marker.start()), text.part(marker.end(), len(text.raw))
    plain = (Stretch(before),) if before.raw.strip() else ()
    return (*plain, Stretch(after, correcting=True))


def not_this_but_that(text: Text) -> tuple[Stretch, ...]:
    """ "không phải X mà là Y"."""
    negation = pattern("signals", "wrong_then_right").search(text)
    if negation is None:
        return ()
    right = pattern("signals", "right_after").search(text.part(negation.end(), len(text.raw)))
    if right is None or right.start() > LONGEST_WRONG:
        return ()
    wrong = text.raw[negation.end() : negation.end() + right.start()].strip(" ,.;:-\n")
    after = text.part(negation.end() + right.end(), len(text.raw))
    before = text.part(0, negation.start())
    plain = (Stretch(before),) if before.raw.strip() and not is_marker(before) else ()
    return (*plain, Stretch(after, correcting=True, wrong=wrong)) if wrong else ()


def that_not_this(text: Text) -> tuple[Stretch, ...]:
    """ "Y chứ không phải X": Y is the clause before, X the clause behind."""
    negation = pattern("signals", "right_then_wrong").search(text) if NOT in text.folded else None
    if negation is None or not text.raw[: negation.start()].strip():
        return ()
    wrong = CLAUSE_END.split(text.raw[negation.end() :].strip(), maxsplit=1)[0]
    right = text.part(0, negation.start())
    short = wrong and len(wrong) <= LONGEST_WRONG and len(right.raw) <= LONGEST_RIGHT
    return (Stretch(right, correcting=True, wrong=wrong.strip()),) if short else ()


def is_marker(text: Text) -> bool:
    """Nothing but "à nhầm"."""
    return pattern("signals", "correction").sub_all(text).strip(" ,.!\n") == ""
