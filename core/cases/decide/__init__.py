"""
`decide`: what follows from a command, or why it is refused.

1. The guard asks the pack whether this person may do this, here and now (`guard`).
2. The command's own function checks what it carries and tells the fact (`intake`, `distribution`, `answering`,
   `linking`); most commands have nothing to check, their fact says just what they carry.
3. The stages that the pack names are entered, and joined where all dispatches have come far enough (`transitions`).
4. Every clock hears what happened (`clocks`).

Pure: the same case, command and context give the same events for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from core.cases.commands import Command, CorrectPlace, FireClock, HandOverWork, NoteRequest, ReceiveReport
from core.cases.decide import answering, clocks, distribution, handing, intake, linking, transitions
from core.cases.decide.context import SYSTEM, Actor, Context, Decision, Refusal, Refused
from core.cases.decide.guard import permit
from core.cases.decide.refusals import refuse
from core.cases.decide.story import Scene, Story
from core.cases.events import EVENT_TYPES, Fact
from core.cases.model import Case

__all__ = ["Actor", "Context", "Decision", "Refusal", "decide"]

Handler = Callable[[Scene, Any], Story | None]
"""Checks what a command carries and tells its fact; may return the story of another case."""

HANDLERS: Mapping[str, Handler] = MappingProxyType(
    {
        "accept": intake.accept,
        "classify": intake.classify,
        "declare_none": intake.declare_none,
        "request_supplement": intake.request_supplement,
        "decline": intake.decline,
        "cancel": intake.cancel,
        "divert": intake.divert,
        "clear_flag": intake.clear_flag,
        "set_confidential": intake.set_confidential,
        "dispatch": distribution.dispatch,
        "escalate": distribution.escalate,
        "send_back": distribution.send_back,
        "assign_unit": distribution.assign_unit,
        "send_letter": distribution.send_letter,
        "request_coordination": distribution.request_coordination,
        "consult": distribution.consult,
        "decide_lead": distribution.decide_lead,
        "raise_emergency": distribution.raise_emergency,
        "hand_over_emergency": distribution.hand_over_emergency,
        "downgrade_emergency": distribution.downgrade_emergency,
        "submit_result": answering.submit_result,
        "commit_interim": answering.commit_interim,
        "publish": answering.publish,
        "answer_reporter": answering.answer_reporter,
        "reply_privately": answering.reply_privately,
        "rate": answering.rate,
        "give_feedback": answering.give_feedback,
        "explain_lateness": answering.explain_lateness,
        "link_report": linking.link_report,
        "unlink_report": linking.unlink_report,
    }
)
"""Commands with something to check; the rest are only recorded."""

FACTS: Mapping[str, type[Fact]] = MappingProxyType(
    {kind.command: kind for kind in EVENT_TYPES if issubclass(kind, Fact)}
)
"""Command → the fact that says it was carried out."""


def decide(ctx: Context, case: Case | None, command: Command) -> Decision | Refusal:
    """
    What follows from this command.

    Args:
        case: as it stands; None only for `ReceiveReport`.
    Returns: the events to append, also to other cases; or the refusal, a value with code, rules and a sentence.
    """
    try:
        return _decide(ctx, case, command)
    except Refused as refused:
        return refused.refusal


def _decide(ctx: Context, case: Case | None, command: Command) -> Decision:
    if isinstance(command, ReceiveReport):
        return _receive(ctx, case, command)
    if case is None:
        raise refuse("case_unknown", 409, "Không tìm thấy hồ sơ.")
    if isinstance(command, FireClock):
        return _fire(ctx, case, command)
    if isinstance(command, HandOverWork):
        return Decision(tuple(handing.hand_over(ctx, case, command).events))
    if isinstance(command, NoteRequest | CorrectPlace):
        return _note(ctx, case, command)
    allowed = permit(ctx, case, command)
    story = Story(ctx, allowed.role, case, rules=allowed.move.cites)
    scene = Scene(story, allowed)
    theirs = _carry_out(scene, command)
    transitions.follow(scene)
    clocks.react(story, command)
    elsewhere = {theirs.case.id: tuple(theirs.events)} if theirs else {}
    return Decision(tuple(story.events), elsewhere)


def _carry_out(scene: Scene, command: Command) -> Story | None:
    handler = HANDLERS.get(command.name)
    if handler is not None:
        return handler(scene, command)
    scene.record(FACTS[command.name], command)
    return None


def _receive(ctx: Context, case: Case | None, command: ReceiveReport) -> Decision:
    if case is not None:
        raise refuse("already_received", 409, "Phản ánh này đã được nhận.")
    role = next(iter(sorted(ctx.actor.roles)), SYSTEM)
    story = Story(ctx, role, None)
    intake.receive(story, command)
    clocks.react(story, command)
    return Decision(tuple(story.events))


def _note(ctx: Context, case: Case, command: NoteRequest | CorrectPlace) -> Decision:
    """What the product notes by itself, in whatever stage the case stands."""
    if SYSTEM not in ctx.actor.roles:
        raise refuse("role_not_allowed", 403, "Chỉ hệ thống mới thực hiện việc này.")
    story = Story(ctx, SYSTEM, case)
    if isinstance(command, NoteRequest):
        intake.note_request(story, command)
    else:
        intake.correct_place(story, command)
    clocks.react(story, command)
    return Decision(tuple(story.events))


def _fire(ctx: Context, case: Case, command: FireClock) -> Decision:
    if SYSTEM not in ctx.actor.roles:
        raise refuse("role_not_allowed", 403, "Chỉ hệ thống mới báo đến hạn.")
    story = Story(ctx, SYSTEM, case)
    clocks.fire(story, command)
    clocks.react(story, command)
    return Decision(tuple(story.events))
