"""A message arrives: it waits for the rest of its burst, replaces what it edits, or is no message to answer."""

from __future__ import annotations

from datetime import timedelta

from core.contract.schema import InboundMessage, MessageKind
from core.intake import afterwards, bursts, drafting, requests
from core.intake.effects import HandOver, Phrase, RaiseEmergency
from core.intake.happenings import TimerKind
from core.intake.parts import draft_id, message_text, part_of
from core.intake.rules import EmergencyKind
from core.intake.signals.help import hear_help
from core.intake.state import Draft, Mode, Part
from core.intake.turn import Turn
from core.intake.words import Texts

NEVER_ANSWERED = frozenset({MessageKind.AUTO_REPLY, MessageKind.BOUNCE, MessageKind.CALL})
AT_ONCE = frozenset({MessageKind.FORM, MessageKind.POSTBACK, MessageKind.RATING})
REMEMBERED_IDS = 60
SAME_EMERGENCY = timedelta(hours=2)


def arrive(turn: Turn, message: InboundMessage, *, doubted: bool = False) -> None:
    """Take one message in."""
    if message.kind in NEVER_ANSWERED or (message.provider_message_id in turn.state.seen and not edits(message)):
        return
    seen = (*turn.state.seen, message.provider_message_id)[-REMEMBERED_IDS:]
    turn.change(channel=message.channel, language=message.language, seen=seen)
    if doubted or turn.state.mode is Mode.DOUBTED:
        weigh(turn, message, doubted=doubted)
    if message.kind is MessageKind.WITHDRAWAL:
        withdraw(turn, message)
    elif not (edits(message) and edit(turn, message)):
        hold(turn, message)


def weigh(turn: Turn, message: InboundMessage, *, doubted: bool) -> None:
    """Likely spam waits for a person and is not answered; a call for help is one whatever else is thought of it."""
    if hear_help(turn.text(message_text(message))) is not None:
        turn.change(mode=Mode.BOT if turn.state.mode is Mode.DOUBTED else turn.state.mode)
    elif doubted and turn.state.mode is Mode.BOT:
        turn.change(mode=Mode.DOUBTED, asking=None)
        turn.clear_waiting()
        turn.do(HandOver("spam"))


def edits(message: InboundMessage) -> bool:
    """Whether it replaces an earlier message."""
    return message.kind is MessageKind.EDIT


def hold(turn: Turn, message: InboundMessage) -> None:
    """Keep it until its burst is over; an emergency is raised at the first sign of it, before any waiting."""
    raise_emergency(turn, message)
    since = min(turn.state.pending_since or turn.now, turn.now)  # it may have begun on a clock that was set back since
    turn.change(pending=(*turn.state.pending, message), pending_since=since)
    wait = wait_after(turn, message)
    if wait <= timedelta(0):
        bursts.read_burst(turn)
    else:
        latest = since + turn.rules.burst_limit - turn.now
        turn.set_timer(TimerKind.BURST, max(min(wait, latest), timedelta(0)))


def wait_after(turn: Turn, message: InboundMessage) -> timedelta:
    """How long to wait for more after this message."""
    if message.kind in AT_ONCE:
        return timedelta(0)
    album = turn.traits.album_seconds if message.group else 0
    seconds = max(album, turn.traits.burst_seconds)
    running = turn.state.burst_due
    return max(timedelta(seconds=seconds), running - turn.now if running and seconds else timedelta(0))


def raise_emergency(turn: Turn, message: InboundMessage) -> None:
    """Call for help once per draft, with the moment of the first sign (A-7)."""
    kind = emergency_in(turn, message)
    if kind is None or already_raised(turn, kind):
        return
    draft = turn.draft
    if draft is None or drafting.is_told(turn, draft):
        draft = Draft(id=draft_id(message), channel=message.channel, language=message.language)
    turn.put_draft(draft.model_copy(update={"emergency": kind, "emergency_at": message.received_at}))
    turn.do(RaiseEmergency(turn.rules.line_for(kind), kind, draft.id, message.received_at))
    if turn.state.mode is not Mode.PERSON:
        turn.say("emergency.call", number=turn.rules.line_for(kind), kind=Phrase(f"emergency.kinds.{kind}"))


def emergency_in(turn: Turn, message: InboundMessage) -> EmergencyKind | None:
    """The help that a message calls for."""
    return calls_for_help(message, turn.texts)


def calls_for_help(message: InboundMessage, texts: Texts) -> EmergencyKind | None:
    """Which help: chosen by a key, else read in its words."""
    if message.form is not None and message.form.emergency:
        return EmergencyKind(message.form.emergency)
    sign = hear_help(texts[message_text(message)])
    return None if sign is None else sign.kind


def already_raised(turn: Turn, kind: EmergencyKind) -> bool:
    """Whether help was called for this already: in an open draft, or in a report of the last two hours."""
    in_draft = any(draft.emergency is not None for draft in turn.state.drafts)
    recent = (report for report in turn.state.reports if turn.now - report.submitted_at <= SAME_EMERGENCY)
    return in_draft or any(report.draft.emergency is kind for report in recent)


def withdraw(turn: Turn, message: InboundMessage) -> None:
    """
    A message was taken back: as if never said, while its report is not submitted.

    One that names no message takes everything back: the provider passes on that the person wants to be erased (VN-4).
    """
    if not message.thread_hints:
        requests.wants_to_be_erased(turn)
        return
    gone = {message.provider_message_id, *message.thread_hints}
    kept = tuple(known for known in turn.state.pending if known.provider_message_id not in gone)
    turn.change(pending=kept)
    for draft in turn.state.drafts:
        parts = tuple(part for part in draft.parts if part.message_id not in gone)
        if not parts and draft.parts:
            turn.drop_draft(draft.id)
        elif len(parts) < len(draft.parts):
            turn.put_draft(draft.model_copy(update={"parts": parts}))


def edit(turn: Turn, message: InboundMessage) -> bool:
    """Replace the edited message wherever it is kept; False where it is not known here any more."""
    return edit_pending(turn, message) or edit_draft(turn, message) or edit_report(turn, message)


def edit_pending(turn: Turn, message: InboundMessage) -> bool:
    """Replace it in the burst that is still waiting."""
    known = {pending.provider_message_id: pending for pending in turn.state.pending}
    target = named_or_last(message, tuple(known))
    if not target:
        return False
    changed = known[target].model_copy(update={"text": message.text, "full_text": message.full_text})
    turn.change(pending=tuple(changed if item.provider_message_id == target else item for item in turn.state.pending))
    raise_emergency(turn, changed)
    return True


def edit_draft(turn: Turn, message: InboundMessage) -> bool:
    """Replace it in the unfinished report, and go on from what is known then."""
    draft = turn.draft
    target = named_or_last(message, tuple(part.message_id for part in draft.parts)) if draft else ""
    if draft is None or not target:
        return False
    raise_emergency(turn, message)
    turn.put_draft(draft.model_copy(update={"parts": tuple(edited(part, message, target) for part in draft.parts)}))
    if turn.state.mode is Mode.BOT:
        drafting.advance(turn)
    return True


def edit_report(turn: Turn, message: InboundMessage) -> bool:
    """Replace it in the report sent last, and pass on what that changes."""
    report = turn.report
    target = named_or_last(message, tuple(part.message_id for part in report.draft.parts)) if report else ""
    if report is None or not target or report.published:
        return False
    raise_emergency(turn, message)
    parts = tuple(edited(part, message, target) for part in report.draft.parts)
    afterwards.change_report(turn, report, report.draft.model_copy(update={"parts": parts}), (message,))
    return True


def edited(part: Part, message: InboundMessage, target: str) -> Part:
    """The part with the new words, if it is the one meant."""
    if part.message_id != target:
        return part
    fresh = part_of(message, burst=part.burst, asked=part.asked)
    return part.model_copy(update={"text": fresh.text, "subject": fresh.subject or part.subject})


def named_or_last(message: InboundMessage, known: tuple[str, ...]) -> str:
    """The id of the edited message: the one it names, else, where it names none that we know, the last one."""
    named = [name for name in (message.provider_message_id, *message.thread_hints) if name in known]
    return named[0] if named else (known[-1] if known else "")
