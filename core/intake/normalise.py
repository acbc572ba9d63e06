"""The working text of a report: what was sent, tidied, never less."""

from __future__ import annotations

import re

from core.intake.fold import compose

SIGNS = "!?.,"
REPEATED_SIGN = re.compile(r"([!?.,])\1{2,}")


def working_text(text: str) -> str:
    """
    Composed letters, single spaces, no empty lines, three repeated signs at most.

    Words stay as written: an officer must read what the citizen said, slips included (QB-III.2a, A-QB-3).
    """
    lines = (" ".join(line.split()) for line in compose(text).splitlines())
    tidied = "\n".join(line for line in lines if line)
    return REPEATED_SIGN.sub(r"\1\1\1", tidied) if any(sign * 4 in tidied for sign in SIGNS) else tidied
