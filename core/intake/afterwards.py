"""After a report was submitted: what more is said about it, and which of several is meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from core.contract.schema import FieldState, InboundMessage, Place
from core.intake.communes import located
from core.intake.completeness import state_of
from core.intake.effects import Supply
from core.intake.facts import Facts
from core.intake.fold import fold
from core.intake.parts import part_of
from core.intake.reading.message import read
from core.intake.reading.told import Reading
from core.intake.reporting import set_confidential
from core.intake.rules import IntakeField
from core.intake.signals.acts import mentions, says
from core.intake.signals.status import read_code
from core.intake.state import Draft, OpenReport
from core.intake.turn import Turn
from core.intake.understand import category_of
from core.intake.words import Text

SAME_MATTER = timedelta(hours=24)
AT_ONCE_AFTER = timedelta(minutes=15)


def standing(turn: Turn) -> tuple[OpenReport, ...]:
    """The reports of this conversation that have no result yet, the last one sent last."""
    return tuple(report for report in turn.state.reports if not report.published)


def named_among(turn: Turn, reports: Sequence[OpenReport], text: Text) -> tuple[OpenReport, ...] | None:
    """Those of several that words name, by code, matter or place; None: they name none."""
    if code := read_code(text):
        return tuple(report for report in reports if report.code == code)
    reading = read(text, turn.rules)
    if len(reports) < 2 or not (reading.pieces or reading.categories):
        return None
    return tuple(report for report in reports if is_named(turn, report, reading))


def is_named(turn: Turn, report: OpenReport, reading: Reading) -> bool:
    """Whether the place and the matter that were told, as far as any were, are this report's."""
    known = turn.facts(report.draft.parts)
    category = category_of(known, turn.text(known.content), turn.rules)
    here = not reading.pieces or same_place(known, reading)
    return here and (not reading.categories or category in dict(reading.categories))


def chatter(text: Text) -> bool:
    """Yes, thanks, hello and nothing else."""
    return any(says(heading, text) for heading in ("yes", "thanks", "greeting"))


def polite(text: Text) -> bool:
    """Courtesy, thanks somewhere in it included."""
    return chatter(text) or mentions("thanks", text)


def idle(reading: Reading, *, shows: bool) -> bool:
    """Whether nothing is told, shown or put right."""
    return not (reading.tells or reading.lines or reading.facts_only or reading.correction or shows)


def belongs(turn: Turn, text: Text, reading: Reading, *, shows: bool) -> bool:
    """Whether a burst is about the report sent last, not about a new matter. What was asked for has no time limit."""
    report = turn.report
    if report is None:
        return False
    if reading.confidential is not None and not (reading.tells or shows):
        return True
    if report.published:
        return False
    courteous = idle(reading, shows=shows) and polite(text)
    if reading.correction is not None or (report.asking is not None and not courteous):
        return True
    if mentions("new_matter", text) or (turn.now - report.submitted_at > SAME_MATTER and not turn.traits.one_matter):
        return False
    if not reading.tells:
        return reading.facts_only or shows or bool(reading.lines)
    return not is_new(turn, report, text, reading)


def is_new(turn: Turn, report: OpenReport, text: Text, reading: Reading) -> bool:
    """Another place, or another category, is another matter; so is the same an hour later with a place of its own."""
    known = turn.facts(report.draft.parts)
    elsewhere = bool(reading.pieces) and not same_place(known, reading)
    category = category_of(known, turn.text(known.content), turn.rules)
    other_kind = bool(reading.categories) and bool(category) and category not in dict(reading.categories)
    if report.draft.emergency is not None:
        return elsewhere and other_kind
    soon = turn.traits.one_matter or turn.now - report.submitted_at <= AT_ONCE_AFTER
    adds = mentions("addition", text)
    return (elsewhere and known.place.known) or (other_kind and not adds) or not (soon or adds)


def same_place(known: Facts, reading: Reading) -> bool:
    """Whether one of the places told now is part of the known one, or the other way round."""
    place = fold(known.place.text)
    return any(fold(piece.text) in place or (place and place in fold(piece.text)) for piece in reading.pieces)


def supply(turn: Turn, messages: Sequence[InboundMessage], reading: Reading) -> None:
    """Pass on what was added or corrected."""
    report = turn.report
    if report is None:
        return
    if reading.confidential is not None and not (reading.tells or reading.facts_only or reading.correction):
        set_confidential(turn, report, value=reading.confidential)
        return
    change_report(turn, report, grown(report, messages), messages, corrects=reading.correction is not None)
    if reading.confidential is not None:
        set_confidential(turn, report, value=reading.confidential)


def change_report(
    turn: Turn, report: OpenReport, draft: Draft, messages: Sequence[InboundMessage], *, corrects: bool = True
) -> None:
    """Pass on what a report's draft says now and did not say before."""
    before, after = turn.facts(report.draft.parts), turn.facts(draft.parts)
    text = "\n".join(message.text for message in messages if message.text)
    wanted = still_wanted(turn, report, before, after)
    turn.do(supplied(turn, report, before, after, text, messages, awaited=wanted))
    asking = wanted[0] if wanted else None
    turn.put_report(report.model_copy(update={"draft": draft, "asking": asking, "supplement": wanted}))
    turn.say("supplied.corrected" if corrects else "supplied.added", code=report.code)
    if asking is not None:
        turn.say(f"ask.{asking}" if asking is not report.asking else f"ask_again.{asking}")


def still_wanted(turn: Turn, report: OpenReport, before: Facts, after: Facts) -> tuple[IntakeField, ...]:
    """
    What was asked for and is asked for again: the rest, after some of it came.

    An answer that holds none of it is an answer all the same: whoever asked reads it, and nobody is asked twice. Only
    where an emergency is must be known.
    """
    missing = tuple(field for field in report.supplement if not is_supplied(field, before, after, turn))
    progress = len(missing) < len(report.supplement)
    return missing if progress or report.draft.emergency is not None else ()


def is_supplied(field: IntakeField, before: Facts, after: Facts, turn: Turn) -> bool:
    """Whether a field staff or the dialogue asked for was answered: it changed, or is declared none."""
    if field is IntakeField.MEDIA:
        return len(after.attachments) > len(before.attachments)
    if field in (IntakeField.CONTACT, IntakeField.PLACE):
        return state_of(field, after, turn.traits) is not FieldState.MISSING and after != before
    return values(before).get(field.value) != values(after).get(field.value) or field.value in after.declared_none


def grown(report: OpenReport, messages: Sequence[InboundMessage]) -> Draft:
    """The report's draft with the new messages, so that the next correction knows them."""
    number = max((part.burst + 1 for part in report.draft.parts), default=0)
    parts = tuple(part_of(message, burst=number, asked=report.asking) for message in messages)
    return report.draft.model_copy(update={"parts": (*report.draft.parts, *parts)})


def supplied(
    turn: Turn,
    report: OpenReport,
    before: Facts,
    after: Facts,
    text: str,
    messages: Sequence[InboundMessage],
    *,
    awaited: tuple[IntakeField, ...],
) -> Supply:
    """The effect: only what changed."""
    files = after.attachments[len(before.attachments) :]
    was, now = values(before), values(after)
    changed = {field: value for field, value in now.items() if value and value != was[field]}
    moved: Place | None = located(turn, after) if after.place != before.place else None
    ids = tuple(message.provider_message_id for message in messages)
    none = {field: why for field, why in after.declared_none.items() if field not in before.declared_none}
    return Supply(report.report_id, changed, text, report.draft.id, moved, files, ids, awaited, none)


def values(facts: Facts) -> dict[str, str]:
    """Facts by field name, as text."""
    return {
        IntakeField.CONTENT.value: facts.content,
        IntakeField.PLACE.value: facts.place.text,
        IntakeField.TIME.value: facts.occurred,
        IntakeField.NAME.value: facts.name,
        IntakeField.PHONE.value: ", ".join(facts.phones),
        IntakeField.EMAIL.value: ", ".join(facts.emails),
        IntakeField.ADDRESS.value: facts.address,
        IntakeField.IDENTITY.value: facts.identity,
    }


__all__ = ["belongs", "says", "standing", "supply"]
