"""
The intake dialogue: a pure function from what happened to what should be done.

`step` never reads a clock, never sends and never stores. It asks one thing at a time and never what was already said.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.intake.effects import Effect
from core.intake.state import Dialogue


@dataclass(frozen=True)
class Step:
    """What `step` answers: the new state, and the effects to carry out in order."""

    state: Dialogue
    effects: tuple[Effect, ...] = ()
