"""
The hotline as a way out: an outbox message becomes a call of the machine, by a telephony process.

A call is the last way that news takes, and reads a one-time password out to whoever asks for that. It rings three times
at most, with pauses; whoever wants no such calls says so by a key.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from channels.call_center.adapter import CallCenterChannel
from channels.call_center.errands import Errand, ErrandEnd, Outcome
from channels.call_center.facts import MACHINE
from core.contract.errors import (
    ConnectionFailed,
    MessageInvalid,
    NotAnswered,
    OutcomeUnknown,
    RecipientOptedOut,
    RecipientUnreachable,
    SendError,
    TemporarySendError,
    Throttled,
)
from core.contract.ports import Allowance, Fate, Reach, SendResult
from core.contract.schema import OutboundMessage

LONGEST_S = 300.0
"""From the command until it is clear what a call came to: ringing, the greeting twice, a PIN, the words."""
_SOON_S = 30.0


class TelephonyAway(Exception):
    """No telephony process takes the errand; nobody is called."""


class Errands(Protocol):
    """Telephony processes, as the web side reaches them."""

    async def run(self, errand: Errand) -> ErrandEnd:
        """Call, and say what came of it. Raises: TelephonyAway. OSError: it took it, and is gone."""

    async def asked(self, message: str) -> ErrandEnd:
        """What came of the errand of a message, as far as it is still known. Raises: TelephonyAway."""


@dataclass(frozen=True)
class Manners:
    """
    How people are called.

    Args:
        pauses: seconds between the attempts for one message. `at_once`: how many calls of one process may be under way.
        tells, reads_codes: whether news is told, and passwords are read out.
    """

    pauses: tuple[float, ...] = (1800, 10800)
    at_once: int = 4
    tells: bool = True
    reads_codes: bool = True


class CallingChannel(CallCenterChannel):
    """The hotline, where a line can call out."""

    def __init__(self, *, errands: Errands, manners: Manners, **hotline: Any) -> None:
        super().__init__(**hotline)
        self._errands = errands
        self._manners = manners
        self.spoken_codes_from = MACHINE if manners.reads_codes else ""

    @property
    def reaches(self) -> Sequence[Reach]:
        """Every telephone, at the very last."""
        return (Reach("phone", "gọi tự động", MACHINE, by="voice", price=2),) if self._manners.tells else ()

    @property
    def allowance(self) -> Allowance:
        """Lines are left for those who call us."""
        return Allowance(at_once=self._manners.at_once, patience=LONGEST_S)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Call, where that is wanted; else as the hotline does.

        Raises: NotAnswered, RecipientOptedOut, RecipientUnreachable, TemporarySendError; OutcomeUnknown: the telephony
            process went away in the call. MessageInvalid: there is no report that it is about.
        """
        if message.account != MACHINE:
            return await super().send(message)
        try:
            end = await self._errands.run(errand_of(message))
        except TelephonyAway as error:
            raise ConnectionFailed(str(error)) from None
        except (OSError, ValueError) as error:
            raise OutcomeUnknown(type(error).__name__) from error
        if end.outcome is Outcome.REACHED:
            return SendResult(end.call or message.id)
        raise self._problem(end.outcome)

    async def asked(self, message: OutboundMessage, *, since: datetime) -> Fate:
        """What became of a call whose end we did not hear. Raises: ConnectionFailed."""
        try:
            end = await self._errands.asked(message.id)
        except TelephonyAway as error:
            raise ConnectionFailed(str(error)) from None
        if end.outcome is Outcome.REACHED:
            return Fate("delivered", end.call or message.id)
        if end.outcome in (Outcome.UNDER_WAY, Outcome.UNKNOWN):
            return Fate("unknown")
        return Fate("failed", end.call or message.id, reason=self._problem(end.outcome).code)

    def _problem(self, outcome: Outcome) -> SendError:
        """What the outbox does about it."""
        match outcome:
            case Outcome.NOT_REACHED:
                return NotAnswered(pauses=self._manners.pauses)
            case Outcome.OPTED_OUT:
                return RecipientOptedOut("by a key")
            case Outcome.NO_NUMBER:
                return RecipientUnreachable("no such number")
            case Outcome.FULL:
                return Throttled("every place is taken", retry_after=_SOON_S)
            case Outcome.UNDER_WAY | Outcome.UNKNOWN:
                return OutcomeUnknown(outcome.value)
        return TemporarySendError("no line", provider_code=outcome.value)


def errand_of(message: OutboundMessage) -> Errand:
    """What to say in the call. Raises: MessageInvalid: nothing that is said by telephone."""
    otp, code = message.fields.get("otp", ""), re.sub(r"\D", "", message.fields.get("code", ""))
    if message.purpose == "otp":
        return Errand(message=message.id, kind="code", number=message.recipient.value, otp=otp)
    if not code:
        raise MessageInvalid("no report that a call could be about")
    return Errand(
        message=message.id,
        kind="result",
        number=message.recipient.value,
        code=code,
        text=message.text if message.proved else "",
        proved=message.proved,
    )
