"""
What the machine calls somebody for, and what came of it: told by the web side, carried out by the telephony process.

An errand is the call of one outbox message. It crosses a local socket only; its words are in no log and no record.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from channels.call_center.facts import CallRecord
from channels.call_center.reaching import NO_NUMBER, was_tried, why

LONGEST_TEXT = 1500
"""Characters that are read out: about two minutes."""
_LINK = re.compile(r"\(?https?://\S+")
_LONG_NUMBER = re.compile(r"(?<!\d)\d[\d .-]{8,}\d(?!\d)")


class Errand(BaseModel):
    """
    One call to be made.

    Args:
        message: the outbox id, by which it can be asked about later. `number`: E.164.
        code: of the report it is about, digits. `otp`: a one-time password; then nothing else is told.
        text: what to read out, where there is a voice. `proved`: the number is known to be the reporter's.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    message: str = Field(pattern=r"^[0-9a-f]{32}$")
    kind: Literal["result", "code"]
    number: str = Field(pattern=r"^\+[0-9]{6,15}$", repr=False)
    code: str = Field(default="", pattern=r"^[0-9]*$")
    otp: str = Field(default="", pattern=r"^[0-9]*$", repr=False)
    text: str = Field(default="", repr=False)
    proved: bool = False


class Outcome(StrEnum):
    """
    REACHED: a person heard it, or asked for one. NOT_REACHED: it rang in vain, was refused, or no key was pressed (a
    voice mail box). OPTED_OUT: they want no such calls. NO_NUMBER: there is none. NO_LINE: no line went there. FULL:
    later. UNDER_WAY: it goes on. UNKNOWN: nothing is known of it.
    """

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    OPTED_OUT = "opted_out"
    NO_NUMBER = "no_number"
    NO_LINE = "no_line"
    FULL = "full"
    UNDER_WAY = "under_way"
    UNKNOWN = "unknown"


class ErrandEnd(BaseModel):
    """What came of it; `call`: the id of its record, empty where it leaves none."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    outcome: Outcome
    call: str = ""


def end_of(record: CallRecord) -> Outcome:
    """What a call of the machine came to."""
    if record.opted_out:
        return Outcome.OPTED_OUT
    if record.talked or record.followed or record.finished or record.purpose == "callback":
        return Outcome.REACHED
    if why(record.ended_code) == NO_NUMBER:
        return Outcome.NO_NUMBER
    return Outcome.NOT_REACHED if record.answered_at or was_tried(record) else Outcome.NO_LINE


def speakable(text: str) -> str:
    """What a voice can read: no links and no long numbers, which nobody could follow; cut at the end of a sentence."""
    plain = " ".join(_LONG_NUMBER.sub("", _LINK.sub("", text)).split())
    if len(plain) <= LONGEST_TEXT:
        return plain
    cut = plain[:LONGEST_TEXT]
    return cut[: end + 1] if (end := cut.rfind(". ")) > 0 else cut
