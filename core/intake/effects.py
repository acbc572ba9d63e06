"""What the dialogue wants done; the output of `dialogue.step`. The gateway carries the effects out in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import Field

from core.contract.schema import (
    Attachment,
    Consent,
    FieldState,
    Instant,
    Model,
    Place,
    Reporter,
    Urgency,
)
from core.intake.happenings import TimerKind
from core.intake.rules import DiversionKind, EmergencyKind, IntakeField


class ReportDraft(Model):
    """
    A draft ready to become a `Report`: everything of it except ids and what the gateway knows (account, contact).

    `id` is stable for the same first message, so that a repeated submission is recognised. `received_at` follows A-7.
    `code` and `pin_hash` are those already promised by a web form; `proved` and `call_back` are what it knows of its
    sender's number. `several_topics`: it seems to hold more than one matter and was kept as one.
    """

    id: str
    channel: str
    reporter: Reporter = Reporter()
    content_as_sent: str
    content: str
    place: Place = Place()
    occurred: str = ""
    category_hint: str = ""
    urgency: Urgency = Urgency.NORMAL
    emergency: EmergencyKind | None = None
    confidential: bool = False
    consent: Consent | None = None
    attachments: tuple[Attachment, ...] = ()
    language: str = "vi"
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    declared_none: dict[str, str] = Field(default_factory=dict)
    message_ids: tuple[str, ...] = ()
    several_topics: bool = False
    code: str = ""
    pin_hash: str = ""
    proved: tuple[str, ...] = ()
    call_back: bool = False
    received_at: Instant


@dataclass(frozen=True)
class Button:
    """A quick reply: machine value and title; an empty title is looked up in the texts."""

    payload: str
    title: str = ""


@dataclass(frozen=True)
class Phrase:
    """
    One of our own texts as a parameter, by its key; `params` fill its own holes.

    What a citizen wrote is a plain string and never looked up.
    """

    key: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """Tell the citizen something; `template` is a key of `texts/`, rendered by `render.render`."""

    template: str
    params: Mapping[str, str | Phrase] = field(default_factory=dict)
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True)
class SetTimer:
    """Fire `TimerFired(kind)` at `at`; replaces a timer of the same kind."""

    kind: TimerKind
    at: datetime


@dataclass(frozen=True)
class ClearTimer:
    """Forget the timer of this kind."""

    kind: TimerKind


@dataclass(frozen=True)
class Submit:
    """Open a report with this draft and answer with `ReportOpened`."""

    draft: ReportDraft


@dataclass(frozen=True)
class Supply:
    """
    More about a report that is already open: a correction, an answer to a supplement request, further photos.

    `fields` holds the new values by field name (place, time, name, phone, email, content …); `text` is what was
    written. `report_id` is empty only while the report of `draft_id` is not opened yet. `awaited`: what was asked for
    and is asked for again, so that whoever waits for it goes on waiting; `declared_none`: what the person does not
    have, with the reason (A-8).
    """

    report_id: str
    fields: Mapping[str, str]
    text: str
    draft_id: str = ""
    place: Place | None = None
    attachments: tuple[Attachment, ...] = ()
    message_ids: tuple[str, ...] = ()
    awaited: tuple[IntakeField, ...] = ()
    declared_none: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class HandOver:
    """
    A person must take over. Reasons: asked, not_understood, spoken (a voice message), secret_suspected (VN-3),
    secrecy_too_late, spam.
    """

    reason: str


@dataclass(frozen=True)
class SetConfidential:
    """
    The wish to be kept secret changed for an open report (TG-5.4); for a draft it simply stands in the draft.

    Answered, like `CancelReport`, `Rate` and `GiveFeedback`, with `WishAnswered`: nothing is confirmed before.
    """

    value: bool
    report_id: str = ""
    draft_id: str = ""


@dataclass(frozen=True)
class CancelReport:
    """The reporter withdraws an open report."""

    report_id: str
    draft_id: str = ""
    text: str = ""


@dataclass(frozen=True)
class Divert:
    """Not for this system (VN-1, VN-2): erase what came in, count it, keep nothing else."""

    kind: DiversionKind
    message_ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class RaiseEmergency:
    """Somebody must act now. `service` is the number of the regulation's list (112, 113, 114, 115)."""

    service: str
    kind: EmergencyKind
    draft_id: str
    first_sign_at: datetime


@dataclass(frozen=True)
class Rate:
    """
    How satisfied the reporter is: `level` is an id of `IntakeRules.ratings`.

    `quiet`: words about the result follow and are answered; the rating itself needs no answer.
    """

    level: str
    report_id: str = ""
    quiet: bool = False


@dataclass(frozen=True)
class GiveFeedback:
    """Words about a published result (TG-10, LS-8, QB-IV.1.5, DL-II.2.3c)."""

    text: str
    report_id: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True)
class AskStatus:
    """How far is it? `code` as typed, digits only; a code of this conversation where none was typed."""

    code: str


@dataclass(frozen=True)
class Abandon:
    """An unfinished draft went silent (A-7): statistics only, no case."""

    draft_id: str = ""


@dataclass(frozen=True)
class EraseRequest:
    """The person wants their data erased (VN-4)."""


@dataclass(frozen=True)
class FollowNotices:
    """
    Send notices to everybody into this conversation, of these places and fields; none: of all.

    `shown`: what the person agreed to, as it was put.
    """

    areas: tuple[str, ...]
    topics: tuple[str, ...]
    shown: Say


@dataclass(frozen=True)
class EndNotices:
    """Send no more of them here."""


@dataclass(frozen=True)
class AskProof:
    """Send a one-time password to a number that the person says is theirs; answered with `NumberProof`."""

    phone: str


@dataclass(frozen=True)
class TakeProof:
    """
    Six digits came for this number, or the provider vouches for it (`typed` is empty): if right, it is this person's.

    Answered with `NumberProof`.
    """

    phone: str
    typed: str = field(default="", repr=False)


Effect = (
    Say
    | SetTimer
    | ClearTimer
    | Submit
    | Supply
    | HandOver
    | SetConfidential
    | CancelReport
    | Divert
    | RaiseEmergency
    | Rate
    | GiveFeedback
    | AskStatus
    | Abandon
    | EraseRequest
    | FollowNotices
    | EndNotices
    | AskProof
    | TakeProof
)
