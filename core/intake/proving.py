"""
Proving a telephone number inside a conversation: on the person's wish, by six digits or by the provider's word.

A chat address says nothing about a number. Once the number is proved, what the same person reported elsewhere under it
is theirs here as well.
"""

from __future__ import annotations

import re
from datetime import timedelta

from core.contract.schema import MessageKind
from core.identity import phones
from core.identity.codes import format_code
from core.intake.burst import Burst
from core.intake.effects import AskProof, Phrase, TakeProof
from core.intake.happenings import NumberProof, Proof
from core.intake.reading.contacts import read_contacts
from core.intake.signals.acts import mentions
from core.intake.state import ProvingNumber
from core.intake.turn import Turn
from core.otp.challenge import LIFETIME, parse_code

PATIENCE = timedelta(minutes=10)
MOST_CODES = 5
LONGEST_WISH = 80
LONGEST_AGAIN = 10
LONGEST_AROUND = 20
SIX_DIGITS = re.compile(r"(?<!\d)\d(?:[ .-]?\d){5}(?![ .-]?\d)")
WORDLESS = re.compile(r"[\d\W_]")


def prove_number(turn: Turn, burst: Burst) -> bool:
    """A contact card that the provider vouches for, six digits that were sent, or the wish to prove a number."""
    return _shares_own_number(turn, burst) or _answers(turn, burst) or _wishes(turn, burst)


def _shares_own_number(turn: Turn, burst: Burst) -> bool:
    """
    The person's own contact card, by the provider's word (Telegram: the card's user is the sender).

    Beside a report it is also the number asked for, and goes on to be read as such.
    """
    own = [one for one in burst.messages if one.kind is MessageKind.CONTACT and one.authenticity.verified]
    number = next((one.contact_phone for one in own if one.contact_phone), "")
    if not number:
        return False
    turn.change(proving=None)
    turn.do(TakeProof(number))
    return turn.draft is None and len(own) == len(burst.messages)


def _answers(turn: Turn, burst: Burst) -> bool:
    """Six digits with a few words around them, while a password is out; or the wish for another one."""
    waiting = turn.state.proving
    if waiting is None or not waiting.phone or turn.now - waiting.since > PATIENCE:
        return False
    if burst.text.length <= LONGEST_AGAIN and mentions("code_again", burst.text):
        turn.change(proving=ProvingNumber(phone=waiting.phone, since=turn.now))
        turn.do(AskProof(waiting.phone))
        return True
    code = _code(burst.text.raw) if turn.now - waiting.since <= LIFETIME else ""
    if code:
        turn.do(TakeProof(waiting.phone, code))
    return bool(code)


def _code(said: str) -> str:
    """The six digits of a short message: "12 34 56", "mã là 123456 ạ"; empty where there are none, or other digits."""
    if parse_code(said) is not None:
        return said
    found = SIX_DIGITS.search(said)
    if found is None or parse_code(found.group()) is None or len(WORDLESS.sub("", said)) > LONGEST_AROUND:
        return ""
    rest = said[: found.start()] + said[found.end() :]
    return "" if any(sign.isdigit() for sign in rest) else found.group()


def _wishes(turn: Turn, burst: Burst) -> bool:
    """ "Xác minh số 0900 000 001", or the number after it was asked for."""
    waiting = turn.state.proving
    asked = waiting is not None and not waiting.phone and turn.now - waiting.since <= PATIENCE
    short = burst.text.length <= LONGEST_WISH
    wish = short and mentions("prove_number", burst.text)
    number = _number(burst) if wish or (asked and short) else ""
    if not (wish or number):
        return False
    turn.change(proving=ProvingNumber(phone=number, since=turn.now))
    if number:
        turn.do(AskProof(number))
    else:
        turn.say("prove.ask")
    return True


def answered(turn: Turn, happening: NumberProof) -> None:
    """Say how far it came."""
    shown = phones.masked(happening.phone)
    if happening.proof in (Proof.NOWHERE, Proof.DONE):
        turn.change(proving=None)
    reports: str | Phrase = ""
    if happening.codes:
        codes = ", ".join(map(format_code, happening.codes[:MOST_CODES]))
        reports = Phrase("prove.reports", {"codes": codes})
    turn.say(f"prove.{happening.proof}", phone=shown, reports=reports)


def _number(burst: Burst) -> str:
    card = next((one.contact_phone for one in burst.messages if one.contact_phone), "")
    return card or next(iter(read_contacts(burst.text).phones), "")
