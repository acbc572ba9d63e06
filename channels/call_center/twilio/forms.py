"""
Twilio's forms about calls → what they say. Pure.

https://www.twilio.com/docs/voice/twiml#request-parameters. A call is named by its `CallSid`, all its life.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from channels.base import need
from core.contract.errors import PayloadInvalid

_CALL = re.compile(r"CA[0-9a-f]{32}")
_RECORDING = re.compile(r"RE[0-9a-f]{32}")
_NOBODY = frozenset({"", "anonymous", "restricted", "blocked", "unavailable", "unknown", "+266696687", "+7378742833"})
_NOBODY_IN_DIGITS = frozenset({"+2562533", "+8656696", "+86282452253"})
"""How Twilio writes a withheld number: in words, or those words on a keypad."""
_OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_CODES: Mapping[str, int] = {"busy": 486, "no-answer": 408, "canceled": 487, "failed": 503}


@dataclass(frozen=True, slots=True)
class Arrived:
    """Somebody calls. `caller` is empty where the number is withheld."""

    sid: str
    caller: str
    called: str


@dataclass(frozen=True, slots=True)
class News:
    """How far a call is; `code` is the SIP status of one that came to nothing, 0 of one that was talked in."""

    sid: str
    status: str
    code: int = 0

    @property
    def is_over(self) -> bool:
        """Nothing follows."""
        return self.status in _OVER


@dataclass(frozen=True, slots=True)
class Tape:
    """A message that Twilio recorded for us; empty `recording`: nothing was said."""

    sid: str
    recording: str
    seconds: float


def call_of(form: Mapping[str, str]) -> str:
    """Which call a form is about. Raises PayloadInvalid."""
    return _named(_CALL, need(form, "CallSid"))


def arrived(form: Mapping[str, str]) -> Arrived:
    """Raises PayloadInvalid."""
    return Arrived(call_of(form), _number(form.get("From", "")), need(form, "To"))


def is_ours(form: Mapping[str, str]) -> bool:
    """Whether we made this call, so that nobody in it wants to leave us a message."""
    return form.get("Direction", "").startswith("outbound")


def news(form: Mapping[str, str]) -> News:
    """A status callback. Raises PayloadInvalid."""
    status = form.get("CallStatus", "")
    return News(call_of(form), status, _code(status, form.get("SipResponseCode", "")))


def at_status(sid: str, status: str) -> News:
    """How far a call is, in Twilio's own word."""
    return News(sid, status, _CODES.get(status, 0))


def dialled(form: Mapping[str, str]) -> News | None:
    """How putting through went, where a form tells that. Raises PayloadInvalid."""
    status = form.get("DialCallStatus", "")
    return at_status(call_of(form), status) if status else None


def tape_of(form: Mapping[str, str]) -> Tape:
    """Raises PayloadInvalid."""
    sid, seconds = call_of(form), form.get("RecordingDuration", "0")
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 6):
        raise PayloadInvalid("not a number of seconds")
    return Tape(sid, _named(_RECORDING, need(form, "RecordingSid")), float(seconds))


def typed(form: Mapping[str, str]) -> str:
    """The keys that somebody pressed, digits only."""
    return "".join(key for key in form.get("Digits", "") if key in "0123456789")[:20]


def _number(given: str) -> str:
    return "" if given.lower() in _NOBODY | _NOBODY_IN_DIGITS else given


def _code(status: str, sip: str) -> int:
    """What became of it, in SIP's numbers; Twilio's own words where it gives none."""
    if status not in _CODES:
        return 0
    told = int(sip) if sip.isascii() and sip.isdigit() and len(sip) == 3 else 0
    return told if status == "failed" and told > 399 else _CODES[status]


def _named(pattern: re.Pattern[str], given: str) -> str:
    if not pattern.fullmatch(given):
        raise PayloadInvalid("an id that is no id")
    return given
