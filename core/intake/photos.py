"""
Where a photo says that it was taken: a guess at where it happened, for the citizen to confirm (A-3, VN-1).

It is asked about once, in place of the question where, or, where buttons make that easy, before a report goes out that
lacks nothing else. Only a yes makes it the report's point; a no, another answer or silence leaves it unused.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.contract.schema import GeoPoint
from core.intake.burst import Burst
from core.intake.effects import Button
from core.intake.facts import Facts
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload, cancels, says
from core.intake.state import Draft
from core.intake.turn import Turn
from core.intake.understand import cut_signature, without_quotes

ANSWERS = {Payload.THERE: True, Payload.NOT_THERE: False}


def in_question(turn: Turn, draft: Draft, facts: Facts, lacking: Sequence[IntakeField]) -> GeoPoint | None:
    """Where the first photo that tells was taken, if that is the next thing to ask; forms are never asked back."""
    if draft.shown is not None or facts.form is not None or facts.place.point is not None:
        return None
    fits = lacking[0] is IntakeField.PLACE if lacking else turn.traits.buttons
    return next((file.taken for file in facts.attachments if file.taken is not None), None) if fits else None


def ask_whether(turn: Turn, draft: Draft, point: GeoPoint) -> Draft:
    """Put the question; the draft as it is then."""
    asked = draft.model_copy(update={"shown": point, "shown_open": True})
    turn.put_draft(asked)
    turn.change(asking=IntakeField.PLACE)
    buttons = (Button(Payload.THERE), Button(Payload.NOT_THERE), Button(Payload.HUMAN))
    turn.say("ask_photo_place", *buttons, place=f"{point.latitude:.5f}, {point.longitude:.5f}")
    return asked


def closed(turn: Turn, draft: Draft) -> Draft:
    """The draft once anything else is said or asked: a mere yes is not about the photo any more."""
    if draft.shown_open:
        draft = draft.model_copy(update={"shown_open": False})
        turn.put_draft(draft)
    return draft


def answer(turn: Turn, draft: Draft | None, burst: Burst) -> bool | None:
    """Yes or no to the question, by a button or, while it stands open, in words; None: neither."""
    pressed = next((meant for payload, meant in ANSWERS.items() if burst.payload == payload), None)
    if pressed is not None or burst.payload or draft is None or not draft.shown_open:
        return pressed
    if burst.shows and (len(burst.messages) > 1 or burst.messages[0].place is not None):
        return None
    said, _signature = cut_signature(turn.text(without_quotes("\n".join(one.text for one in burst.messages)).strip()))
    if cancels(said):
        return None
    return True if says("yes", said) else (False if says("no", said) or says("not_so", said) else None)
