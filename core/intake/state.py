"""The remembered state of one conversation: everything `dialogue.step` knows besides its arguments."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from core.contract.schema import Attachment, GeoPoint, InboundMessage, Instant, Model, ReportForm
from core.intake.rules import EmergencyKind, IntakeField


class Mode(StrEnum):
    """Who answers: the bot, nobody yet (a person was asked for; of likely spam, in their own time), or a person."""

    BOT = "bot"
    DOUBTED = "doubted"
    WAITING_FOR_PERSON = "waiting_for_person"
    PERSON = "person"


class Part(Model):
    """
    One message of a draft, as said. The draft's facts are a fold over its parts.

    `burst` numbers the bursts of the draft: parts of one burst are read as one text. `asked` is the question the
    burst followed; `declares_none` is a field that a button said there is none of (A-8),
    `commune` the code of the one that a button chose.
    """

    message_id: str
    burst: int = 0
    said_at: Instant
    received_at: Instant
    text: str = ""
    subject: str = ""
    asked: IntakeField | None = None
    attachments: tuple[Attachment, ...] = ()
    point: GeoPoint | None = None
    place_text: str = ""
    phone: str = ""
    sender_name: str = ""
    declares_none: IntakeField | None = None
    commune: str = ""
    confidential: bool | None = None
    form: ReportForm | None = None


class Draft(Model):
    """
    A report in the making. `asked`: the questions put so far, in order, repeats included.

    `which_commune`: it was asked which of several communes is meant; that is asked once. `shown`: where a photo says
    that it was taken, once it was asked whether it happened there; `shown_open`: that is to be answered next.
    """

    id: str
    channel: str
    sender: str = ""
    parts: tuple[Part, ...] = ()
    asked: tuple[IntakeField, ...] = ()
    emergency: EmergencyKind | None = None
    emergency_at: Instant | None = None
    reminded: bool = False
    which_commune: bool = False
    shown: GeoPoint | None = None
    shown_open: bool = False
    language: str = "vi"


class OpenReport(Model):
    """A report of this conversation, with as much of its draft as later corrections need."""

    draft: Draft
    report_id: str = ""
    code: str = ""
    submitted_at: Instant
    published: bool = False
    published_at: Instant | None = None
    rated: bool = False
    rated_at: Instant | None = None
    supplement: tuple[IntakeField, ...] = ()
    asking: IntakeField | None = None


class HeldRating(Model):
    """A rating of which it was asked what it is about, with the words and files that came along."""

    level: str
    text: str = ""
    files: tuple[Attachment, ...] = ()


class ProvingNumber(Model):
    """A number the person wants proved as theirs; empty while it is asked for. `since`: when it last went on."""

    phone: str = ""
    since: Instant


class NoticeWish(Model):
    """Which notices somebody wants to be sent: of these places and fields; none: of all."""

    areas: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()


class Dialogue(Model):
    """
    State of one conversation, serialisable as JSON. Holds what a citizen said: personal data, to be sealed at rest.

    `drafts`: unfinished reports, the first is the one being asked about; `asking`: the question that stands open;
    `pending`: messages of a burst not read yet; `reports`: submitted ones, latest last, a handful at most; `rating`:
    one of which it was just asked what it is about; `noticing`: notices that were asked for and not agreed to yet.
    """

    channel: str = ""
    mode: Mode = Mode.BOT
    language: str = "vi"
    greeted: bool = False
    drafts: tuple[Draft, ...] = ()
    asking: IntakeField | None = None
    asking_code: bool = False
    pending: tuple[InboundMessage, ...] = ()
    pending_since: Instant | None = None
    burst_due: Instant | None = None
    reminder_due: Instant | None = None
    silence_due: Instant | None = None
    reports: tuple[OpenReport, ...] = ()
    rating: HeldRating | None = None
    proving: ProvingNumber | None = None
    noticing: NoticeWish | None = None
    reads_notices: bool = False
    misses: int = Field(default=0, ge=0, description="Messages in a row that nothing could be made of")
    seen: tuple[str, ...] = Field(default=(), description="Ids of the last messages read, to drop repeats")
