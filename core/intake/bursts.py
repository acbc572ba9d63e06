"""
A burst is over: what do these messages want?

First what stops everything (state secrets, diversion, a person, cancelling), then questions and ratings, then the
facts of a report. Each reader answers True when the burst is dealt with.
"""

from __future__ import annotations

from collections.abc import Callable

from core.contract.schema import MessageKind
from core.intake import afterwards, drafting
from core.intake.burst import Burst, take_pending
from core.intake.buttons import confirm_place, greet, leave_commune, press_button
from core.intake.effects import Button
from core.intake.gathering import absorb, absorb_pending, emergency_draft, start
from core.intake.noticing import notices
from core.intake.parts import draft_id, part_of
from core.intake.proving import prove_number
from core.intake.rating import rate
from core.intake.reading.message import read
from core.intake.reading.told import Reading
from core.intake.requests import ask_for_person, cancel, divert, erase, stop_for_secrets, tell_status
from core.intake.rules import IntakeField
from core.intake.signals.acts import Payload, mentions, opens_with_thanks, says
from core.intake.state import Draft, Mode
from core.intake.turn import Turn

LONGEST_THANKS = 30


def read_burst(turn: Turn) -> None:
    """Understand a finished burst and act on it; silently while a person answers."""
    if not turn.state.pending:
        return
    if turn.state.mode is not Mode.BOT:
        absorb_pending(turn)
        return
    burst = take_pending(turn)
    readers: tuple[Callable[[Turn, Burst], bool], ...] = (
        stop_for_secrets,
        divert,
        prove_number,
        notices,
        confirm_place,
        leave_commune,
        press_button,
        fill_form,
        erase,
        ask_for_person,
        rate,
        cancel,
        tell_status,
    )
    if not any(reader(turn, burst) for reader in readers):
        talk(turn, burst)


def fill_form(turn: Turn, burst: Burst) -> bool:
    """A filled-in form is a report of its own: complete, it is submitted at once."""
    forms = [message for message in burst.messages if message.kind is MessageKind.FORM and message.form is not None]
    for message in forms:
        draft = emergency_draft(turn) or Draft(id=draft_id(message), channel=message.channel, language=message.language)
        turn.put_draft(draft.model_copy(update={"parts": (part_of(message, burst=0, traits=turn.traits),)}))
        drafting.advance(turn)
    return bool(forms)


def talk(turn: Turn, burst: Burst) -> None:
    """The ordinary case: facts of a report, or small talk."""
    reading = read(burst.text, turn.rules, asked=turn.state.asking)
    emergency = drafting.asks_where_to_help(turn)
    if turn.draft is not None and not emergency:
        go_on(turn, burst, reading)
    elif turn.report is not None and afterwards.belongs(turn, burst.text, reading, shows=burst.shows):
        afterwards.supply(turn, burst.messages, reading)
        if emergency and not drafting.asks_where_to_help(turn):
            drafting.advance(turn)
    elif turn.draft is not None:
        go_on(turn, burst, reading)
    elif worth_a_draft(burst, reading):
        absorb_spoken(turn, burst) if burst.spoken else start(turn, burst)
    else:
        small_talk(turn, burst)


def worth_a_draft(burst: Burst, reading: Reading) -> bool:
    """Whether the burst begins a report: it tells something, shows something, or says that it wants to."""
    if praises(burst, reading):
        return False
    timed_only = reading.times and not (reading.pieces or reading.point or reading.phones or reading.name)
    told = reading.tells or reading.lines or (reading.facts_only and not timed_only) or burst.shows
    return bool(told) or (mentions("intent", burst.text) and not says("thanks", burst.text))


def praises(burst: Burst, reading: Reading) -> bool:
    """Thanks for something done: nothing is reported, though something is told."""
    if burst.text.length > LONGEST_THANKS or not opens_with_thanks(burst.text):
        return False
    quiet = not (burst.shows or reading.phones or reading.emails or mentions("feedback", burst.text))
    return quiet and not mentions("trouble", burst.text)


def go_on(turn: Turn, burst: Burst, reading: Reading) -> None:
    """More for the unfinished report; a mere "dạ", "cảm ơn" is no answer and asks for none."""
    draft = turn.draft
    idle = not (reading.tells or reading.lines or reading.facts_only or reading.correction or burst.shows)
    idle = idle and reading.confidential is None
    if draft is not None and idle and draft.asked and afterwards.chatter(burst.text):
        return
    if burst.spoken and turn.state.asking not in (None, IntakeField.MEDIA):
        absorb_spoken(turn, burst)
        return
    absorb(turn, burst)
    if burst.shows and not burst.text.raw.strip() and turn.state.asking is IntakeField.CONTENT:
        return  # another picture: what it shows has been asked for already
    if reading.confidential and idle:
        turn.say("secrecy.noted")
        return
    drafting.advance(turn)


def absorb_spoken(turn: Turn, burst: Burst) -> None:
    """A voice message tells the matter or answers a question: it is kept, and a person listens."""
    absorb(turn, burst)
    drafting.hand_over(turn, "spoken")


def small_talk(turn: Turn, burst: Burst) -> None:
    """Thanks, greetings, anger, and what nothing can be made of."""
    if says("thanks", burst.text) or mentions("thanks", burst.text):
        turn.say("smalltalk.thanks")
    elif mentions("profanity", burst.text):
        turn.say("smalltalk.calm", Button(Payload.REPORT), Button(Payload.HUMAN))
    elif burst.text.raw.strip() and not nods(turn, burst):
        greet(turn)
    turn.change(greeted=True)


def nods(turn: Turn, burst: Burst) -> bool:
    """ "Ok ad", a thumb up: what we said last is heard, and nothing is asked."""
    wordless = not any(letter.isalnum() for letter in burst.text.raw)
    return turn.report is not None and (wordless or says("yes", burst.text))
