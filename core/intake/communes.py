"""
In which commune it happened, as far as the citizen's words tell (LS-7.2a, VN-10).

One that is clear is written into the report, beside the day its code is read for. Where one name belongs to several,
who can press buttons is asked which, once; "không rõ", an answer nobody understands, or none, leaves it to the desk.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.clock import local
from core.contract.schema import Place
from core.intake.effects import Button
from core.intake.facts import Facts
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload, says
from core.intake.state import Draft
from core.intake.turn import Turn
from core.intake.words import Text
from core.places import Suggestion, only

CHOICE = "commune:"
UNSURE = ""
MOST_OFFERED = 6


def located(turn: Turn, facts: Facts) -> Place:
    """The place with its commune, where a form, a button or the words make that clear; nothing is guessed."""
    place = facts.place
    if place.commune_code is not None:
        return place
    found = named(turn, facts)
    chosen = next((one for one in found if one.commune.code == facts.commune), None) or only(found)
    if chosen is None:
        return place
    return place.model_copy(update={"commune_code": chosen.commune.code, "commune_as_of": today(turn)})


def named(turn: Turn, facts: Facts) -> tuple[Suggestion, ...]:
    """Communes of today that the words of the place name."""
    return turn.ground.named_in(facts.place.text, local(turn.now).date())


def today(turn: Turn) -> str:
    """The day for which codes are read."""
    return local(turn.now).date().isoformat()


def in_question(turn: Turn, draft: Draft, facts: Facts) -> tuple[Suggestion, ...]:
    """Communes to ask about before this draft is sent: several, few enough to choose from, and not asked before."""
    if draft.which_commune or not turn.traits.buttons or located(turn, facts).commune_code is not None:
        return ()
    found = named(turn, facts)
    return found if 1 < len(found) <= MOST_OFFERED else ()


def ask_which(turn: Turn, draft: Draft, found: Sequence[Suggestion]) -> None:
    """Put the question; whatever comes next, the report goes out."""
    turn.put_draft(draft.model_copy(update={"which_commune": True}))
    turn.change(asking=IntakeField.PLACE)
    buttons = [Button(f"{CHOICE}{one.commune.code}", one.short) for one in found]
    listed = "; ".join(one.short for one in found)
    turn.say("ask_commune", *buttons, Button(f"{CHOICE}{UNSURE}"), Button(Payload.HUMAN), communes=listed)


def left_open(turn: Turn, draft: Draft, said: Text) -> bool:
    """Whether "không rõ" was written instead of pressed: no word of the report, and nothing to call it off for."""
    return draft.which_commune and turn.state.asking is IntakeField.PLACE and (says("no", said) or says("unsure", said))
