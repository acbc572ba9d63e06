"""A button or a quick reply was pressed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from core.intake import communes, drafting, photos
from core.intake.burst import Burst
from core.intake.effects import AskStatus, Button
from core.intake.gathering import new_parts, next_burst, start
from core.intake.parts import part_of
from core.intake.reporting import set_confidential
from core.intake.requests import answer_status, call_off
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload
from core.intake.state import Draft
from core.intake.turn import Turn


def press_button(turn: Turn, burst: Burst) -> bool:
    """A button or quick reply was pressed."""
    payload, report = burst.payload, turn.report
    carrying = next((prefix for prefix in CARRYING if payload.startswith(prefix)), None)
    if carrying is not None:
        return CARRYING[carrying](turn, burst, payload.removeprefix(carrying))
    if payload in (Payload.CONFIDENTIAL, Payload.OPEN):
        return wish(turn, burst, value=payload == Payload.CONFIDENTIAL)
    if payload == Payload.HUMAN:
        drafting.hand_over(turn, "asked")
        return True
    if payload == Payload.CANCEL:
        return call_off(turn, burst)
    if payload == Payload.REPORT and turn.draft is None:
        start(turn, burst)
        return True
    if payload == Payload.STATUS:
        return answer_status(turn, report.code if report else "")
    if payload == Payload.START:
        return begin(turn, burst)
    return payload == Payload.CONFIRM and report is not None and turn.draft is None and confirmed(turn)


def begin(turn: Turn, _burst: Burst, _reference: str = "") -> bool:
    """The chat was opened: a greeting, or once more what an unfinished report still lacks."""
    if turn.draft is None:
        greet(turn)
    else:
        drafting.advance(turn)
    return True


def greet(turn: Turn) -> None:
    """Who we are, and what can be done here."""
    notices = (Button(Payload.NOTICES),) if turn.traits.notices else ()
    turn.say("smalltalk.greeting", Button(Payload.REPORT), Button(Payload.STATUS), Button(Payload.HUMAN), *notices)


def confirmed(turn: Turn) -> bool:
    """The summary was right; nothing more to do than to thank."""
    turn.say("smalltalk.thanks")
    return True


def ask_status(turn: Turn, _burst: Burst, code: str) -> bool:
    """How far the report of this code is."""
    turn.do(AskStatus(code))
    return True


def declare_none(turn: Turn, burst: Burst, field: str) -> bool:
    """ "Không có" was pressed for a field (A-8)."""
    if turn.draft is None or field not in drafting.CAN_BE_NONE:
        return False
    press(turn, turn.draft, burst, declares_none=IntakeField(field))
    drafting.advance(turn)
    return True


def choose_commune(turn: Turn, burst: Burst, code: str) -> bool:
    """One of the communes in question was chosen, or none of them; an old button chooses nothing."""
    if turn.draft is not None:
        press(turn, turn.draft, burst, commune=code)
        drafting.advance(turn)
    return True


def leave_commune(turn: Turn, burst: Burst) -> bool:
    """The question which commune was answered in words with "không rõ": the report goes out without them."""
    draft = turn.draft
    if burst.payload or draft is None or not communes.left_open(turn, draft, burst.text):
        return False
    parts = [part.model_copy(update={"text": ""}) for part in new_parts(turn, draft, burst.messages)]
    turn.put_draft(draft.model_copy(update={"parts": (*draft.parts, *parts)}))
    drafting.advance(turn)
    return True


def confirm_place(turn: Turn, burst: Burst) -> bool:
    """Whether it happened where a photo was taken; an old button says nothing, and words answer only at once."""
    confirmed = photos.answer(turn, turn.draft, burst)
    if turn.draft is not None and turn.draft.shown is not None:
        draft = photos.closed(turn, turn.draft)
        if confirmed is not None:
            press(turn, draft, burst, **({"point": draft.shown} if confirmed else {}))
            drafting.advance(turn)
    return confirmed is not None


def press(turn: Turn, draft: Draft, burst: Burst, **meaning: object) -> None:
    """
    A button belongs to the draft as what it means, without its words; what was written just before it, as it is.

    A question that was answered in words has no button: then the last message is the answer.
    """
    pressed = next((one for one in burst.messages if one.payload), burst.messages[-1])
    written = new_parts(turn, draft, [one for one in burst.messages if one is not pressed])
    part = part_of(pressed, burst=next_burst(draft)).model_copy(update={"text": "", **meaning})
    turn.put_draft(draft.model_copy(update={"parts": (*draft.parts, *written, part)}))


def wish(turn: Turn, burst: Burst, *, value: bool) -> bool:
    """Keep secret, or no longer: in the draft, else for the report sent last."""
    if turn.draft is not None:
        press(turn, turn.draft, burst, confidential=value)
        turn.say("secrecy.noted" if value else "secrecy.unset", code="")
        if len(burst.messages) > 1:  # something was told as well, perhaps what was still lacking
            drafting.advance(turn)
        return True
    if turn.report is None:
        return False
    set_confidential(turn, turn.report, value=value)
    return True


CARRYING: Mapping[str, Callable[[Turn, Burst, str], bool]] = MappingProxyType(
    {f"{Payload.START}:": begin, "none:": declare_none, "code:": ask_status, communes.CHOICE: choose_commune}
)
"""What buttons do that carry a value behind a word."""
