"""An unfinished report: what it still lacks is asked for, one thing at a time; complete, it is submitted."""

from __future__ import annotations

from collections.abc import Sequence

from core.contract.schema import Instant, Reporter, Urgency
from core.intake import communes, photos
from core.intake.completeness import completeness, missing
from core.intake.effects import Button, HandOver, ReportDraft, Submit
from core.intake.facts import Facts
from core.intake.happenings import TimerKind
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload
from core.intake.state import Draft, Mode, OpenReport, Part
from core.intake.topics import seems_several
from core.intake.turn import Turn
from core.intake.understand import category_of, order

MOST_ASKED = 3
REMEMBERED_REPORTS = 5
CAN_BE_NONE = frozenset(
    {IntakeField.NAME, IntakeField.PHONE, IntakeField.EMAIL, IntakeField.TIME, IntakeField.ADDRESS, IntakeField.MEDIA}
)


def is_told(turn: Turn, draft: Draft) -> bool:
    """Whether a draft says already what is wrong."""
    return bool(draft.parts) and turn.facts(draft.parts).told


def advance(turn: Turn) -> None:
    """Submit what is complete, ask for the next thing that is not; where an emergency is comes before all else."""
    while turn.draft is not None:
        draft = photos.closed(turn, turn.draft)
        facts = turn.facts(draft.parts)
        lacking = missing(facts, turn.rules, draft.channel)
        if draft.emergency is not None and (facts.told or facts.as_sent):
            submit(turn, draft, facts)
            if ask_after_emergency(turn, facts):
                return
        elif point := photos.in_question(turn, draft, facts, lacking):
            asked = photos.ask_whether(turn, draft, point)
            wait(turn, asked) if lacking else turn.set_timer(TimerKind.REMINDER, turn.rules.reminder_after)
            return
        elif lacking:
            ask(turn, draft, lacking[0])
            return
        elif doubtful := communes.in_question(turn, draft, facts):
            communes.ask_which(turn, draft, doubtful)
            turn.set_timer(TimerKind.REMINDER, turn.rules.reminder_after)
            return
        else:
            submit(turn, draft, facts)


def ask(turn: Turn, draft: Draft, field: IntakeField) -> None:
    """Put one question; after three without an answer a person takes over. A letter begins with whose it is."""
    times = draft.asked.count(field)
    if times >= MOST_ASKED:
        hand_over(turn, "not_understood")
        return
    turn.put_draft(draft.model_copy(update={"asked": (*draft.asked, field)}))
    turn.change(asking=field)
    none = (Button(f"none:{field}"),) if field in CAN_BE_NONE else ()
    if turn.traits.sender_is is IntakeField.EMAIL and not draft.asked and field is not IntakeField.CONTENT:
        turn.say("letter")
    turn.say(f"{'ask_again' if times else 'ask'}.{field}", *none, Button(Payload.HUMAN))
    wait(turn, draft)


def wait(turn: Turn, draft: Draft) -> None:
    """Wait for an answer: one gentle reminder, and the end of a draft that stays silent (A-7)."""
    if turn.traits.reminds and not draft.reminded:
        turn.set_timer(TimerKind.REMINDER, turn.rules.reminder_after)
    turn.set_timer(TimerKind.SILENCE, turn.rules.silence)


def ask_after_emergency(turn: Turn, facts: Facts) -> bool:
    """An emergency is submitted as it is; where it happens is asked right after. Whether it had to be asked."""
    report = turn.report
    if report is None or facts.place.known:
        return False
    turn.put_report(report.model_copy(update={"asking": IntakeField.PLACE, "supplement": (IntakeField.PLACE,)}))
    turn.say(f"ask.{IntakeField.PLACE}")
    return True


def asks_where_to_help(turn: Turn) -> bool:
    """Whether it is still to be answered where the emergency reported last is."""
    report = turn.report
    return report is not None and report.draft.emergency is not None and report.asking is IntakeField.PLACE


def submit(turn: Turn, draft: Draft, facts: Facts) -> None:
    """Hand the draft over as a report; its code is told when it is opened."""
    turn.do(Submit(as_report(turn, draft, facts)))
    turn.drop_draft(draft.id)
    opened = OpenReport(draft=draft, submitted_at=turn.now)
    turn.change(reports=(*turn.state.reports, opened)[-REMEMBERED_REPORTS:], misses=0)


def as_report(turn: Turn, draft: Draft, facts: Facts) -> ReportDraft:
    """The draft in the form of the report schema."""
    content = facts.content
    states = completeness(facts, turn.rules, draft.channel)
    return ReportDraft(
        id=draft.id,
        channel=draft.channel,
        reporter=Reporter(
            name=facts.name,
            phones=facts.phones,
            emails=facts.emails,
            address=facts.address,
            organisation=facts.organisation,
            identity_number=facts.identity,
        ),
        content_as_sent="\n".join(facts.as_sent),
        content=content or "\n".join(facts.as_sent),
        place=communes.located(turn, facts),
        occurred=facts.occurred,
        category_hint=category_of(facts, turn.text(content), turn.rules),
        urgency=Urgency.EMERGENCY if draft.emergency else Urgency.NORMAL,
        emergency=draft.emergency,
        confidential=bool(facts.confidential),
        consent=facts.form.consent if facts.form else None,
        attachments=facts.attachments,
        language=draft.language,
        completeness={field.value: state for field, state in states.items()},
        declared_none=facts.declared_none,
        message_ids=tuple(dict.fromkeys(part.message_id for part in sorted(draft.parts, key=order))),
        several_topics=seems_several(turn.text(content), turn.rules),
        code=facts.form.code if facts.form else "",
        pin_hash=facts.form.pin_hash if facts.form else "",
        proved=facts.form.proved if facts.form else (),
        call_back=facts.form.call_back if facts.form else False,
        received_at=received_at(turn, draft),
    )


def received_at(turn: Turn, draft: Draft) -> Instant:
    """When the last message that made it submittable was received; the first sign of an emergency (A-7)."""
    if draft.emergency_at is not None:
        return draft.emergency_at
    parts = sorted(draft.parts, key=order)
    for count in range(1, len(parts)):
        if not missing(turn.facts(parts[:count]), turn.rules, draft.channel):
            return latest(parts[:count])
    return latest(parts)


def latest(parts: Sequence[Part]) -> Instant:
    """The last moment at which one of these parts was received."""
    return max(part.received_at for part in parts)


def hand_over(turn: Turn, reason: str) -> None:
    """Ask a person to take over; the bot keeps silent until one did and handed back."""
    turn.change(mode=Mode.WAITING_FOR_PERSON, asking=None)
    turn.clear_waiting()
    turn.do(HandOver(reason))
    turn.say(f"handover.{reason}")
