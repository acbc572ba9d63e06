"""Questions about a report that was sent before, and the code in them."""

from __future__ import annotations

import re

from core.identity import phones
from core.intake.lexicon import pattern
from core.intake.words import Text, noted

CODE = re.compile(
    r"(?<![\w/.,+])(?:[A-Z]{1,4}[- ]?)?(\d{2,6}(?:[-. ]\d{2,6}){1,4}|\d{5,14})(?![\w/,]|\.\d)", re.IGNORECASE
)
FIVE_DIGITS = re.compile(r"\d(?:[-. ]?\d){4}")
"""What every code holds, and few texts do."""


def asks_status(text: Text) -> bool:
    """Whether the message asks how far a report is."""
    return pattern("signals", "status").search(text) is not None


@noted
def read_code(text: Text) -> str:
    """The digits of a report code in a text; empty where there is none. A phone number is no code unless called one."""
    if FIVE_DIGITS.search(text.raw) is None:
        return ""
    called = [match.end() for match in pattern("signals", "code_words").finditer(text)]
    for match in CODE.finditer(text.raw):
        digits = re.sub(r"\D", "", match.group(1))
        named = any(0 <= match.start() - end <= 8 for end in called)
        if len(digits) >= 5 and (named or phones.normalise(match.group(1)) is None):
            return digits
    return ""


def only_code(text: Text) -> str:
    """The code, where the message is nothing else."""
    code = read_code(text)
    return code if code and len(re.sub(r"[\d\W_]", "", text.raw)) <= 6 else ""
