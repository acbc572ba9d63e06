"""
Does somebody call for help? The dialogue's ear: what `emergency` is sure of, and what triage would put before a person.

The second only raises: one sign of triage that weighs enough by itself, of which the words around make nothing
harmless. Signs that only add up are left to the desk (QB-II.2h, VN-8).
"""

from __future__ import annotations

from core.intake.signals.emergency import EmergencySign, holds, read_emergency
from core.intake.words import Text, noted
from core.triage.urgency import cries


@noted
def hear_help(text: Text) -> EmergencySign | None:
    """Which help is needed, and the words that told it; None where nobody calls for any."""
    found = read_emergency(text)
    if found is not None:
        return found
    signs = (EmergencySign(cry.kind, cry.start, cry.end) for cry in cries(text))
    return next((sign for sign in signs if holds(text, sign)), None)
