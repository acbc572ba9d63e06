"""A button or a quick reply was pressed."""

from __future__ import annotations

from core.intake import drafting
from core.intake.burst import Burst
from core.intake.effects import AskStatus
from core.intake.gathering import next_burst, start
from core.intake.parts import part_of
from core.intake.reporting import set_confidential
from core.intake.requests import answer_status, call_off
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload
from core.intake.turn import Turn

NONE_PAYLOAD = "none:"
CODE_PAYLOAD = "code:"


def press_button(turn: Turn, burst: Burst) -> bool:
    """A button or quick reply was pressed."""
    payload, report = burst.payload, turn.report
    if payload.startswith(NONE_PAYLOAD):
        return declare_none(turn, burst, payload.removeprefix(NONE_PAYLOAD))
    if payload.startswith(CODE_PAYLOAD):
        turn.do(AskStatus(payload.removeprefix(CODE_PAYLOAD)))
        return True
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
    return payload == Payload.CONFIRM and report is not None and turn.draft is None and confirmed(turn)


def confirmed(turn: Turn) -> bool:
    """The summary was right; nothing more to do than to thank."""
    turn.say("smalltalk.thanks")
    return True


def declare_none(turn: Turn, burst: Burst, field: str) -> bool:
    """ "Không có" was pressed for a field (A-8)."""
    draft = turn.draft
    if draft is None or field not in drafting.CAN_BE_NONE:
        return False
    part = part_of(burst.messages[-1], burst=next_burst(draft)).model_copy(
        update={"text": "", "declares_none": IntakeField(field)}
    )
    turn.put_draft(draft.model_copy(update={"parts": (*draft.parts, part)}))
    drafting.advance(turn)
    return True


def wish(turn: Turn, burst: Burst, *, value: bool) -> bool:
    """Keep secret, or no longer: in the draft, else for the report sent last."""
    if turn.draft is not None:
        part = part_of(burst.messages[-1], burst=next_burst(turn.draft))
        part = part.model_copy(update={"text": "", "confidential": value})
        turn.put_draft(turn.draft.model_copy(update={"parts": (*turn.draft.parts, part)}))
        turn.say("secrecy.noted" if value else "secrecy.unset", code="")
        return True
    if turn.report is None:
        return False
    set_confidential(turn, turn.report, value=value)
    return True
