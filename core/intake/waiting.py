"""Time passes or people step in: timers, and the change between bot and staff."""

from __future__ import annotations

from core.intake.bursts import read_burst
from core.intake.completeness import missing
from core.intake.drafting import advance
from core.intake.effects import Abandon, Phrase, SetTimer
from core.intake.gathering import absorb_pending
from core.intake.happenings import TimerKind
from core.intake.state import Draft, Mode
from core.intake.turn import DUE, Turn


def fire(turn: Turn, kind: TimerKind) -> None:
    """A timer is due, unless it was moved or cleared meanwhile; one that comes too early is set again."""
    due = getattr(turn.state, DUE[kind])
    if due is None:
        return
    if turn.now < due:  # the clock was set back since it was seen to be due
        turn.do(SetTimer(kind, due))
        return
    turn.change(**{DUE[kind]: None})
    if kind is TimerKind.BURST:
        read_burst(turn)
    elif turn.draft is not None and turn.state.mode is Mode.BOT:
        remind(turn, turn.draft) if kind is TimerKind.REMINDER else abandon(turn)


def remind(turn: Turn, draft: Draft) -> None:
    """One gentle reminder of the question that stands open; one about a place that is known keeps no report back."""
    if not missing(turn.facts(draft.parts), turn.rules, draft.channel):
        advance(turn)
        return
    if draft.reminded or turn.state.asking is None:
        return
    turn.put_draft(draft.model_copy(update={"reminded": True}))
    turn.say("reminder", question=Phrase(f"short.{turn.state.asking}"))


def abandon(turn: Turn) -> None:
    """Unfinished drafts are no cases (A-7): they went silent, or were a question that a person has answered."""
    for draft in turn.state.drafts:
        turn.do(Abandon(draft.id))
        turn.drop_draft(draft.id)


def take_over(turn: Turn) -> None:
    """A person answers: read what is pending, keep silent."""
    absorb_pending(turn)
    turn.clear_timer(TimerKind.BURST)
    turn.clear_waiting()
    turn.change(mode=Mode.PERSON, asking=None)


def hand_back(turn: Turn) -> None:
    """The bot goes on where the unfinished report stands now."""
    turn.change(mode=Mode.BOT, misses=0)
    advance(turn)


def settle(turn: Turn) -> None:
    """A question was answered: what was gathered is no report, and the bot waits for what comes next."""
    absorb_pending(turn)
    abandon(turn)
    turn.clear_timer(TimerKind.BURST)
    turn.clear_waiting()
    turn.change(mode=Mode.BOT, asking=None, misses=0)
