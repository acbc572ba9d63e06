"""
Complaints, denunciations and reports of corruption: never a case here (VN-1, VN-2).

People say "tố cáo" and "khiếu nại" also of noise and rubbish; that stays a report. What counts is an official act, an
official or a named person with the wish to have them punished (A-DL-9), or corruption.
"""

from __future__ import annotations

from core.intake.lexicon import pattern, patterns_in
from core.intake.rules import DiversionKind
from core.intake.words import Text, noted


@noted
def read_diversion(text: Text) -> DiversionKind | None:
    """Which other way this text belongs to; None where it may become a report."""
    told = text.without(tuple(match.span() for match in pattern("diversion", "harmless").finditer(text)))
    for kind in (DiversionKind.CORRUPTION, DiversionKind.DENUNCIATION, DiversionKind.COMPLAINT):
        if pattern("diversion", kind.value).search(told) and not colloquial(told, kind):
            return kind
    return None


def colloquial(text: Text, kind: DiversionKind) -> bool:
    """ "Tố cáo quán karaoke ồn": a big word for an ordinary report."""
    if kind is DiversionKind.CORRUPTION or pattern("diversion", "weighty").search(text) is not None:
        return False
    return any(known.search(text) for known in patterns_in("diversion", "colloquial", marked=text.marked))


@noted
def hints_state_secret(text: Text) -> bool:
    """Whether something is called a state secret (VN-3): nothing of it may stay in an Internet system."""
    return pattern("signals", "state_secret").search(text) is not None
