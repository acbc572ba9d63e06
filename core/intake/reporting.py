"""What happened to a report outside the conversation: it was opened, more is wanted, its result is out."""

from __future__ import annotations

from core.identity import phones
from core.intake.effects import Button, HandOver, Phrase, SetConfidential
from core.intake.facts import Facts
from core.intake.happenings import ReportOpened, ResultPublished, SupplementAsked
from core.intake.signals.acts import Payload
from core.intake.signals.ratings import rating_payload
from core.intake.state import OpenReport
from core.intake.topics import seems_several
from core.intake.turn import Turn


def opened(turn: Turn, happening: ReportOpened) -> None:
    """Tell the code, what was understood, and that the name can be kept secret; a PIN unless a page showed it."""
    report = waiting_report(turn, happening.draft_id)
    if report is None:
        return
    turn.put_report(report.model_copy(update={"report_id": happening.report_id, "code": happening.code}))
    facts = turn.facts(report.draft.parts)
    content = facts.content
    template = "opened.emergency" if report.draft.emergency else "opened.report"
    buttons = () if facts.confidential or not turn.rules.confidentiality else (Button(Payload.CONFIDENTIAL),)
    turn.say(
        template,
        *buttons,
        code=happening.code,
        access=Phrase("opened.pin", {"pin": happening.pin}) if happening.pin else "",
        place=place_words(facts),
        summary=shorten(content),
        secrecy=secrecy(turn, facts),
        several=several(turn, content),
        terms="" if facts.form else turn.rules.terms,
    )
    if facts.form and facts.form.call_back and not report.draft.emergency:
        turn.say("prove.call_back", phone=phones.masked(next(iter(facts.phones), "")))


def place_words(facts: Facts) -> str | Phrase:
    """The place in the citizen's words, or ours where there are none."""
    if facts.place.text.strip():
        return facts.place.text
    return Phrase("opened.place_by_pin" if facts.place.known else "opened.place_unknown")


def several(turn: Turn, content: str) -> str | Phrase:
    """A word to those whose report seems to hold two matters."""
    return Phrase("opened.several") if seems_several(turn.text(content), turn.rules) else ""


def waiting_report(turn: Turn, draft_id: str) -> OpenReport | None:
    """The submitted report that this code is for; the oldest without one where no draft is named."""
    named = [report for report in turn.state.reports if report.draft.id == draft_id]
    waiting = [report for report in turn.state.reports if not report.report_id]
    return next(iter(named or ([] if draft_id else waiting)), None)


def secrecy(turn: Turn, facts: Facts) -> str | Phrase:
    """Which sentence about secrecy belongs here (TG-5.4)."""
    if not turn.rules.confidentiality:
        return ""
    return Phrase("secrecy.kept" if facts.confidential else "secrecy.offer")


def shorten(content: str, limit: int = 90) -> str:
    """The matter in one short line."""
    lines = [" ".join(line.split()) for line in content.splitlines()]
    line = " ".join(f"{said}." if said[-1:].isalnum() else said for said in lines[:-1] if said)
    line = f"{line} {lines[-1]}".strip() if lines else ""
    return line if len(line) <= limit else f"{line[:limit].rsplit(' ', 1)[0]}…"


def report_named(turn: Turn, report_id: str) -> OpenReport | None:
    """The open report of this id."""
    return next((report for report in turn.state.reports if report.report_id == report_id), None)


def supplement_asked(turn: Turn, happening: SupplementAsked) -> None:
    """The next answer belongs to this report (request_supplement)."""
    report = report_named(turn, happening.report_id)
    if report is None:
        return
    first = happening.fields[0] if happening.fields else None
    changed = report.model_copy(update={"supplement": happening.fields, "asking": first})
    others = tuple(known for known in turn.state.reports if known.draft.id != report.draft.id)
    turn.change(reports=(*others, changed))
    if happening.announce:
        wanted = Phrase(f"short.{first or 'content'}")
        turn.say("supplement", code=report.code, wanted=wanted, note=happening.note)


def published(turn: Turn, happening: ResultPublished) -> None:
    """Ratings and words of this person are about this result from now on."""
    report = report_named(turn, happening.report_id)
    if report is not None:
        result = {"published": True, "published_at": turn.now, "rated": False, "rated_at": None}
        changed = report.model_copy(update={**result, "supplement": (), "asking": None})
        others = tuple(known for known in turn.state.reports if known.draft.id != report.draft.id)
        turn.change(reports=(*others, changed))
    if happening.announce:
        code = happening.code or (report.code if report else "")
        buttons = tuple(Button(rating_payload(level.id, code), level.label) for level in turn.rules.ratings)
        labels = "; ".join(f"{number}. {level.label}" for number, level in enumerate(turn.rules.ratings, 1))
        turn.say("result", *buttons, code=code, levels=labels)


def set_confidential(turn: Turn, report: OpenReport, *, value: bool) -> None:
    """The wish changes until publication; afterwards a person explains what can still be done."""
    if report.published:
        turn.do(HandOver("secrecy_too_late"))
        turn.say("secrecy.too_late")
        return
    turn.do(SetConfidential(value, report.report_id, report.draft.id))
