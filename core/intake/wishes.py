"""What became of a reporter's wish: said as it is, never before the case has decided."""

from __future__ import annotations

from core.intake.happenings import Wish, WishAnswered
from core.intake.reporting import report_named
from core.intake.state import OpenReport
from core.intake.turn import Turn

GRANTED = {
    Wish.SECRECY: "secrecy.set",
    Wish.OPENNESS: "secrecy.unset",
    Wish.RATING: "rated.thanks",
    Wish.FEEDBACK: "feedback.passed_on",
}
TO_A_PERSON = {
    Wish.WITHDRAWAL: "cancelled.to_person",
    Wish.SECRECY: "secrecy.to_person",
    Wish.OPENNESS: "secrecy.to_person",
    Wish.FEEDBACK: "feedback.to_person",
}
ALREADY_RATED = "already_rated"


def answered(turn: Turn, happening: WishAnswered) -> None:
    """Confirm what was carried out; tell what was not, and who looks at it now."""
    report = report_named(turn, happening.report_id)
    if report is None:
        return
    if happening.refusal:
        turn.say(refused(happening, report), code=report.code)
    elif happening.wish is Wish.WITHDRAWAL:
        turn.change(reports=tuple(known for known in turn.state.reports if known.draft.id != report.draft.id))
        turn.say("cancelled.report", code=report.code)
    else:
        turn.say(granted(turn, happening.wish), code=report.code)


def granted(turn: Turn, wish: Wish) -> str:
    """Who has several results is told which one they rated."""
    results = [report for report in turn.state.reports if report.published]
    return "rated.counted" if wish is Wish.RATING and len(results) > 1 else GRANTED[wish]


def refused(happening: WishAnswered, report: OpenReport) -> str:
    """A rating that cannot be needs no person; everything else goes to one."""
    if happening.wish is not Wish.RATING:
        return TO_A_PERSON[happening.wish]
    if happening.refusal == ALREADY_RATED:
        return "rated.before"
    return "rated.closed" if report.published else "rated.not_yet"
