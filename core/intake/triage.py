"""What staff may want to know at first sight of a report: categories, urgency, what to look at. Proposals only."""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.schema import Urgency
from core.intake.category import read_categories
from core.intake.rules import EmergencyKind, IntakeRules
from core.intake.signals.diversion import hints_state_secret, read_diversion
from core.intake.signals.emergency import read_emergency
from core.intake.words import Text

PROPOSED = 3


@dataclass(frozen=True)
class Triage:
    """Proposals for a text. `categories`: ids, likeliest first; `hints`: divert_<kind>, secret_suspected."""

    categories: tuple[str, ...]
    urgency: Urgency
    emergency: EmergencyKind | None
    hints: tuple[str, ...]


def triage(content: str, rules: IntakeRules) -> Triage:
    """Read a content typed by anybody (a form, an agent during a call) for what the dialogue would have noticed."""
    text = Text.of(content)
    sign, diversion = read_emergency(text), read_diversion(text)
    hints = [f"divert_{diversion}"] if diversion else []
    hints += ["secret_suspected"] if hints_state_secret(text) else []
    categories = tuple(name for name, _ in read_categories(text, rules.categories)[:PROPOSED])
    urgency = Urgency.EMERGENCY if sign else Urgency.NORMAL
    return Triage(categories, urgency, sign.kind if sign else None, tuple(hints))
