"""What a message may want besides reporting: to stop, to be diverted, a person, the state of a report."""

from __future__ import annotations

from core.intake import afterwards, drafting
from core.intake.burst import Burst
from core.intake.effects import AskStatus, CancelReport, Divert, EraseRequest, Phrase
from core.intake.gathering import absorb
from core.intake.reading.answers import passes
from core.intake.reading.message import read
from core.intake.reading.told import Reading
from core.intake.rules import DiversionKind
from core.intake.signals.acts import MANY, cancels, mentions, telling_words, wants_person, without_request
from core.intake.signals.diversion import hints_state_secret, read_diversion
from core.intake.signals.status import asks_status, only_code, read_code
from core.intake.turn import Turn

LONGEST_WHEN = 12


def stop_for_secrets(turn: Turn, burst: Burst) -> bool:
    """Something is called a state secret: keep nothing of it, hand over with the flag (VN-3)."""
    if not hints_state_secret(burst.text):
        return False
    forget_drafts(turn)
    drafting.hand_over(turn, "secret_suspected")
    return True


def divert(turn: Turn, burst: Burst) -> bool:
    """Complaint, denunciation, corruption: keep nothing, tell where to go (VN-1, VN-2); not what reception examined."""
    kind = read_diversion(burst.text)
    if kind is None or all(one.form is not None and one.form.examined for one in burst.messages):
        return False
    known = tuple(part.message_id for draft in turn.state.drafts for part in draft.parts)
    forget_drafts(turn)
    turn.do(Divert(kind, (*known, *burst.ids)))
    turn.say(f"divert.{kind}", elsewhere=turn.rules.elsewhere.get(DiversionKind(kind)) or Phrase("divert.elsewhere"))
    return True


def forget_drafts(turn: Turn) -> None:
    """Drop every unfinished report."""
    for draft in turn.state.drafts:
        turn.drop_draft(draft.id)


def erase(turn: Turn, burst: Burst) -> bool:
    """The person wants their data erased (VN-4): a person checks who asks."""
    if not mentions("erase", burst.text):
        return False
    wants_to_be_erased(turn)
    return True


def wants_to_be_erased(turn: Turn) -> None:
    """Noted, and told that a person looks at it."""
    turn.do(EraseRequest())
    turn.say("erase")


def ask_for_person(turn: Turn, burst: Burst) -> bool:
    """Hand over; what was told so far goes along."""
    if not wants_person(burst.text):
        return False
    rest = without_request(burst.text)
    reading = read(rest, turn.rules)
    if reading.phones or reading.pieces or (reading.tells and (turn.draft is not None or telling_words(rest) >= MANY)):
        absorb(turn, burst)
    drafting.hand_over(turn, "asked")
    return True


def cancel(turn: Turn, burst: Burst) -> bool:
    """The report is no longer wanted."""
    reading = read(burst.text, turn.rules)
    if not cancels(burst.text) or corrects_something(reading):
        return False
    asked_none = turn.state.asking in drafting.CAN_BE_NONE and passes(burst.text)
    if asked_none or call_off(turn, burst):
        return not asked_none
    concluded = turn.report is not None and not mentions("intent", burst.text)
    if concluded or reading.tells or burst.shows or mentions("thanks", burst.text):
        return False
    turn.say("cancelled.nothing")
    return True


def corrects_something(reading: Reading) -> bool:
    """Whether a correction holds a fact: "gửi nhầm chỗ, hủy giúp" holds none."""
    right = reading.correction
    return right is not None and (right.facts_only or right.tells)


def call_off(turn: Turn, burst: Burst) -> bool:
    """Drop the unfinished report, or withdraw the one sent last, or the one they name; which, a person asks."""
    if turn.draft is not None:
        forget_drafts(turn)
        turn.say("cancelled.draft")
        return True
    open_ones = afterwards.standing(turn)
    named = afterwards.named_among(turn, open_ones, burst.text) if open_ones else None
    if named is not None and len(named) != 1:
        drafting.hand_over(turn, "asked")
        return True
    report = named[0] if named else turn.report
    if report is None or report.published:
        return False
    turn.do(CancelReport(report.report_id, report.draft.id, burst.text.raw))
    return True


def tell_status(turn: Turn, burst: Burst) -> bool:
    """ "Tới đâu rồi?" with a code, about the report of this conversation, or with the code still to be told."""
    code = only_code(burst.text) if turn.draft is None else ""
    if turn.state.asking_code and (code := code or read_code(burst.text)):
        return answer_status(turn, code)
    if turn.draft is not None and turn.state.asking is not None and not read_code(burst.text):
        return False
    code = read_code(burst.text)
    asked = asks_status(burst.text) or asks_when(turn, burst)
    if not (asked or (code and only_code(burst.text) and turn.draft is None)):
        return False
    if not code and (
        read(burst.text, turn.rules).pieces or (turn.report is None and read(burst.text, turn.rules).categories)
    ):
        return False
    named = None if code else afterwards.named_among(turn, turn.state.reports, burst.text)
    report = named[0] if named and len(named) == 1 else turn.report
    return answer_status(turn, code or (report.code if report else ""))


def asks_when(turn: Turn, burst: Burst) -> bool:
    """ "Chừng nào sửa vậy em?" of what was reported already; of anything else it is a matter of its own."""
    report = turn.report
    if report is None or report.published or turn.draft is not None or burst.text.length > LONGEST_WHEN:
        return False
    reading = read(burst.text, turn.rules)
    return mentions("when_done", burst.text) and not reading.pieces and afterwards.is_named(turn, report, reading)


def answer_status(turn: Turn, code: str) -> bool:
    """Look a code up; ask for it where none is known."""
    turn.change(asking_code=not code)
    if code:
        turn.do(AskStatus(code))
    else:
        turn.say("ask.code")
    return True
