"""
The intake dialogue: a pure function from what happened to what should be done.

`step` never reads a clock, never sends and never stores. It asks one thing at a time and never what was already said.
A conversation is a fold of `step` over its happenings; a burst of messages is read as one, by the provider's time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core.intake import arriving, fetched, proving, reporting, waiting, wishes
from core.intake.effects import Effect
from core.intake.happenings import (
    HandedBack,
    Happening,
    MessageArrived,
    NumberProof,
    PhotoPlaced,
    ReportOpened,
    ResultPublished,
    Settled,
    StaffTookOver,
    SupplementAsked,
    TimerFired,
    WishAnswered,
)
from core.intake.lexicon import Same
from core.intake.rules import IntakeRules
from core.intake.state import Dialogue
from core.intake.turn import Turn
from core.intake.words import Texts
from core.places import Ground

NOWHERE = Ground()


@dataclass(frozen=True)
class Step:
    """What `step` answers: the new state, and the effects to carry out in order."""

    state: Dialogue
    effects: tuple[Effect, ...] = ()


def step(
    state: Dialogue,
    happening: Happening,
    *,
    rules: IntakeRules,
    now: datetime,
    texts: Texts | None = None,
    ground: Ground = NOWHERE,
) -> Step:
    """
    What a conversation does about one happening.

    `now` is aware; where a clock was set back it may be earlier than in the step before. The same arguments always
    give the same answer; the state survives being written as JSON and read back. Nothing is refused: what cannot be
    understood is asked about, or handed to a person. `texts`: what steps about the same message have read already, so
    that it is not read again; it holds citizens' words and must be dropped with the message. The answer is the same
    with and without. `ground`: the communes that may be meant; without any, a place stays words.
    """
    known = at_home(Same(rules), Same(ground))
    turn = Turn(state, known, now, texts=Texts() if texts is None else texts, ground=ground)
    dispatch(turn, happening)
    return Step(turn.state, tuple(turn.effects))


@lru_cache(maxsize=8)
def at_home(rules: Same[IntakeRules], ground: Same[Ground]) -> IntakeRules:
    """The rules with the names of our communes: "p hai thanh" is a place, though "thành" is an everyday word too."""
    names = (*rules.value.place_names, *ground.value.names)
    return rules.value.model_copy(update={"place_names": names}) if ground.value.names else rules.value


def dispatch(turn: Turn, happening: Happening) -> None:
    """Give the happening to the part of the dialogue that knows it."""
    match happening:
        case MessageArrived(message, doubted):
            arriving.arrive(turn, message, doubted=doubted)
        case TimerFired(kind):
            waiting.fire(turn, kind)
        case StaffTookOver():
            waiting.take_over(turn)
        case HandedBack():
            waiting.hand_back(turn)
        case Settled():
            waiting.settle(turn)
        case ReportOpened():
            reporting.opened(turn, happening)
        case SupplementAsked():
            reporting.supplement_asked(turn, happening)
        case ResultPublished():
            reporting.published(turn, happening)
        case WishAnswered():
            wishes.answered(turn, happening)
        case NumberProof():
            proving.answered(turn, happening)
        case PhotoPlaced():
            fetched.placed(turn, happening)


__all__ = ["Dialogue", "Happening", "Step", "Texts", "step"]
