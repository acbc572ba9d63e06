"""What can happen to a conversation; the input of `dialogue.step`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.contract.schema import GeoPoint, InboundMessage
from core.intake.rules import IntakeField


class TimerKind(StrEnum):
    """The three waits of a conversation; at most one timer of each kind runs."""

    BURST = "burst"
    REMINDER = "reminder"
    SILENCE = "silence"


@dataclass(frozen=True)
class MessageArrived:
    """The citizen wrote. Delivered once each; any order inside a burst. `doubted`: likely it is spam."""

    message: InboundMessage
    doubted: bool = False


@dataclass(frozen=True)
class TimerFired:
    """A timer set by `SetTimer` is due. A timer that was cleared or moved meanwhile does nothing."""

    kind: TimerKind


@dataclass(frozen=True)
class StaffTookOver:
    """A person answers from now on; the bot keeps silent and keeps reading."""

    by: str


@dataclass(frozen=True)
class HandedBack:
    """The bot may speak again."""


@dataclass(frozen=True)
class Settled:
    """A person has answered what was asked; nothing of it becomes a report, and the bot asks for nothing more."""


@dataclass(frozen=True)
class ReportOpened:
    """A submitted draft became a report: its code and PIN may now be told. `draft_id` as in `Submit.draft.id`."""

    code: str
    pin: str
    report_id: str
    draft_id: str = ""


@dataclass(frozen=True)
class SupplementAsked:
    """Staff want more about a report. `note`: staff's words; `announce`: say it here (else somebody already did)."""

    fields: tuple[IntakeField, ...]
    report_id: str
    note: str = ""
    announce: bool = False


@dataclass(frozen=True)
class ResultPublished:
    """The answer went out: ratings and words of this person are now about that result."""

    report_id: str
    code: str = ""
    announce: bool = False


class Wish(StrEnum):
    """What a reporter may want of their case; the case decides whether it can be."""

    WITHDRAWAL = "withdrawal"
    SECRECY = "secrecy"
    OPENNESS = "openness"
    RATING = "rating"
    FEEDBACK = "feedback"


@dataclass(frozen=True)
class WishAnswered:
    """What became of a wish. `refusal`: the code of the case's refusal; empty: it was carried out."""

    wish: Wish
    report_id: str
    refusal: str = ""


class Proof(StrEnum):
    """How far the proof of a number came."""

    SENT = "sent"
    NOWHERE = "nowhere"
    WRONG = "wrong"
    DONE = "done"


@dataclass(frozen=True)
class NumberProof:
    """
    What became of `AskProof` or `TakeProof`. `sent` says nothing about whether the number is known, or is limited.

    `codes`: reports that turned out to be this person's, from other conversations.
    """

    phone: str
    proof: Proof
    codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PhotoPlaced:
    """A photo that had to be fetched says where it was taken."""

    stored_key: str
    taken: GeoPoint


Happening = (
    MessageArrived
    | TimerFired
    | StaffTookOver
    | HandedBack
    | Settled
    | ReportOpened
    | SupplementAsked
    | ResultPublished
    | WishAnswered
    | NumberProof
    | PhotoPlaced
)
