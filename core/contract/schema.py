"""
The common report schema: what every channel turns a citizen's words into, and what goes back.

Versioned (`SCHEMA_VERSION`) and exported as JSON Schema by `langnghe schema`. Instants are aware datetimes in UTC.
Ids are strings everywhere: some providers' ids exceed 2^53.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Annotated, Literal, NewType

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

SCHEMA_VERSION = "1"

ReportId = NewType("ReportId", str)
CaseId = NewType("CaseId", str)
ConversationId = NewType("ConversationId", str)
ContactId = NewType("ContactId", str)
MessageId = NewType("MessageId", str)

Instant = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


def new_id() -> str:
    """
    A fresh identifier that nobody can guess: 32 hexadecimal digits, milliseconds since 1970 (12) and chance (20).

    Rows that are written together lie together in every index, however large the archive has grown; nothing else may
    be read from the order.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


class Model(BaseModel):
    """Base of everything that crosses a border: immutable, and unknown keys are an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Address(Model):
    """Where one citizen can be reached: a value on one channel account (mail address, phone number, chat user id)."""

    channel: str = Field(description="Name of the channel, as in the registry: email, web, zalo, …")
    account: str = Field(description="Our side: mailbox, page id, OA id, trunk")
    value: str = Field(description="Their side, normalised by the channel (E.164, lower-case mail address, chat id)")


class GeoPoint(Model):
    """A point on the map, WGS 84, in degrees; `accuracy_m` is the radius the device claimed, in metres."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    accuracy_m: float | None = Field(default=None, ge=0)


class Place(Model):
    """Where it happened: in words, as a point, or both. A commune code is valid only beside its date (VN-10)."""

    text: str = ""
    point: GeoPoint | None = None
    commune_code: str | None = None
    commune_as_of: str | None = Field(default=None, description="ISO date of the code list the commune code is from")

    @property
    def known(self) -> bool:
        """True where something in it would help a person find the spot."""
        return bool(self.text.strip()) or self.point is not None or self.commune_code is not None


class AttachmentKind(StrEnum):
    """What a file is to the reader."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    FILE = "file"


class Attachment(Model):
    """One file a citizen or officer gave. The stored copy has no EXIF; the name is sanitised and only for display."""

    kind: AttachmentKind
    media_type: str
    size: int = Field(ge=0, description="Bytes of the stored copy; until it is fetched what the provider says, or 0")
    sha256: str = Field(description="Of the bytes as received, lower-case hex; empty while still to be fetched")
    stored_key: str = Field(default="", description="Key in the media store; empty while still to be fetched")
    source_url: str | None = Field(
        default=None, description="What the provider calls it (a short-lived link, a file id), for a worker to fetch"
    )
    name: str = ""
    taken: GeoPoint | None = Field(
        default=None, description="Where a photo said that it was taken, for the dialogue to ask about; shown to nobody"
    )


class Reporter(Model):
    """Who reports (cá nhân, tổ chức), as far as they said. Everything here is personal data."""

    name: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    address: str = ""
    organisation: str = ""
    identity_number: str = Field(default="", description="CMND/CCCD, only where the regulation requires it (LS-5.1c)")


class Urgency(StrEnum):
    """Ordinary, or an emergency (khẩn: 112, 113, 114, 115)."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


class FieldState(StrEnum):
    """Completeness of one required field: given, declared none with a reason (A-8), or missing."""

    GIVEN = "given"
    DECLARED_NONE = "declared_none"
    MISSING = "missing"


class MessageKind(StrEnum):
    """What an inbound message is, before anyone reads its words."""

    TEXT = "text"
    FORM = "form"
    POSTBACK = "postback"
    LOCATION = "location"
    CONTACT = "contact"
    MEDIA = "media"
    EDIT = "edit"
    WITHDRAWAL = "withdrawal"
    RATING = "rating"
    AUTO_REPLY = "auto_reply"
    BOUNCE = "bounce"
    CALL = "call"


class Authenticity(Model):
    """What the transport proved about the sender. `verified` is a claim about the address, never about the person."""

    spf: Literal["pass", "fail", "none"] = "none"
    dkim: Literal["pass", "fail", "none"] = "none"
    dmarc: Literal["pass", "fail", "none"] = "none"
    spam_score: float | None = None
    verified: bool = False


class Consent(Model):
    """
    That a reporter agreed to the use of what they told about themselves: voluntary, specific and provable (VN-4).

    Kept as long as the report it came with, and erased with it. `covers` names the fields, never what stands in them.
    """

    wording: str = Field(description="What they agreed to, word for word as it was shown")
    sha256: str = Field(description="Of the wording in UTF-8, lower-case hex: which version of it this was")
    covers: tuple[str, ...] = Field(default=(), description="Fields of the form that were filled in and are meant")
    channel: str = Field(description="Where they agreed: name of the channel")
    at: Instant = Field(description="When they agreed")

    @classmethod
    def given(cls, wording: str, *, covers: tuple[str, ...], channel: str, at: datetime) -> Consent:
        """They agreed to these words."""
        return cls(wording=wording, sha256=sha256(wording.encode()).hexdigest(), covers=covers, channel=channel, at=at)


Help = Literal["disaster", "police", "fire_rescue", "medical"]
HELP_AT: Mapping[str, Help] = MappingProxyType(
    {"112": "disaster", "113": "police", "114": "fire_rescue", "115": "medical"}
)
"""Who answers at an emergency number (VN-8)."""


class ReportForm(Model):
    """Fields a citizen filled in one go (web form, app). Absent fields are empty, never guessed."""

    content: str = ""
    place: Place = Place()
    occurred: str = Field(default="", description="Time of occurrence in the citizen's own words or ISO form")
    category_hint: str = ""
    reporter: Reporter = Reporter()
    confidential: bool = False
    consent: Consent | None = None
    declared_none: dict[str, str] = Field(default_factory=dict, description="field → reason (A-8)")
    examined: bool = Field(
        default=False,
        description="Reception read it and takes it, whatever it sounds like: not diverted (VN-1)",
    )
    code: str = Field(default="", description="Report code already promised to the citizen at acceptance")
    pin_hash: str = Field(default="", description="Hash of the PIN that was shown with the code")
    contact_id: str = Field(
        default="", description="Contact the attachments are stored under already: the reporter becomes this contact"
    )
    proved: tuple[str, ...] = Field(
        default=(), description="Addresses of the reporter that a one-time password proved before it was sent"
    )
    emergency: Literal["", Help] = Field(
        default="", description="The help that was chosen by a key or a button (112, 113, 114, 115)"
    )
    call_back: bool = Field(default=False, description="No password reached them: the number is proved by a call")


class CallOutcome(StrEnum):
    """
    What came of a telephone call.

    SERVED: the caller got what they called for. REPORTED: they were given a code. All others are owed a call: MISSED
    ended before anything was clear, CALLBACK asked for one, EMERGENCY needed help this minute. Of our own calls:
    SERVED, NOT_REACHED, or NOT_TRIED where no line went there or the agent gave it up.
    """

    SERVED = "served"
    REPORTED = "reported"
    MISSED = "missed"
    CALLBACK = "callback"
    EMERGENCY = "emergency"
    NOT_REACHED = "not_reached"
    NOT_TRIED = "not_tried"


class CallFacts(Model):
    """
    One telephone call, once it is over.

    `told`: the caller heard their code to its end, or whatever else they were owed; otherwise somebody calls back.
    `call_back_to`: E.164; empty where the number is withheld and none was left. `step`: where in the flow it ended.
    `rated`: code of a report, proved by its PIN in the call, and the key pressed for its result: 1 is the best level.
    `queue`: in which the caller waited for a person since `queued_at`, and the `skills` asked for; empty: in none.
    `adds`: of a call that is known already, here is more: a recording, a number to be called back.
    `way`: "out" where one of ours (`agent`, a user's id) called them, about a case or a call ("case:", "call:" and id),
    or the machine, to tell an outbox `message`. `proved`: they gave the PIN of its report in that call.
    `given_to`: name of the place outside to which the agent gave the call.
    """

    id: str
    outcome: CallOutcome
    adds: bool = False
    told: bool = True
    began_at: Instant
    ended_at: Instant
    called: str = ""
    call_back_to: str = ""
    step: str = ""
    emergency: str = ""
    storm: bool = False
    language: str = "vi"
    rated: tuple[str, str] | None = None
    way: Literal["in", "out"] = "in"
    agent: str = ""
    about: str = ""
    queue: str = ""
    queued_at: Instant | None = None
    skills: tuple[str, ...] = ()
    message: str = ""
    proved: bool = False
    given_to: str = ""


class InboundMessage(Model):
    """
    One thing a channel received, immutable.

    `provider_time` orders messages inside a conversation (providers promise no order of delivery); `received_at`
    is when we durably took it and is what deadlines start from (A-7). `thread_hints` are keys by which a channel
    recognises an existing conversation (plus-address token, In-Reply-To ids), strongest first.
    """

    channel: str
    account: str
    provider_message_id: str
    sender: Address
    sender_name: str = ""
    kind: MessageKind = MessageKind.TEXT
    text: str = Field(default="", description="The new words, without quoted parts")
    full_text: str = Field(default="", description="Everything as sent, when quoting was cut away")
    subject: str = ""
    payload: str = Field(default="", description="Machine value of a button or postback")
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    contact_phone: str = Field(default="", description="A phone number shared as a contact card, E.164")
    form: ReportForm | None = None
    call: CallFacts | None = Field(default=None, description="The call that it comes from")
    group: str = Field(default="", description="Album key: messages with one key are one message in parts")
    thread_hints: tuple[str, ...] = ()
    conversation_hint: str = Field(default="", description="Conversation id proved by a signed token, if any")
    about: str = Field(
        default="", description="Code of the report whose news it answers; no channel knows, the conversation does"
    )
    authenticity: Authenticity = Authenticity()
    language: str = "vi"
    provider_time: Instant
    received_at: Instant


Purpose = Literal["reply", "notice", "bulletin", "otp"]
"""What a message is sent for: providers' templates are approved for one of these."""


class OutboundMessage(Model):
    """One thing to tell one citizen on one channel. `id` is the outbox id and the idempotency key."""

    id: str
    channel: str
    account: str
    recipient: Address
    text: str
    subject: str = ""
    buttons: tuple[tuple[str, str], ...] = Field(default=(), description="(title, payload) pairs, at most five")
    asks: Literal["", "phone", "place"] = Field(
        default="", description="What it asks for, where a channel may offer a button of its own to share it"
    )
    attachments: tuple[Attachment, ...] = ()
    conversation_id: str = ""
    in_reply_to: str = Field(default="", description="Provider id of the message this answers")
    references: tuple[str, ...] = ()
    automatic: bool = True
    purpose: Purpose = Field(
        default="reply",
        description="An answer in a conversation, news about a case, what everybody is told, or a one-time password",
    )
    last_heard: Instant | None = Field(
        default=None, description="When the citizen last wrote on this channel: windows are counted from there"
    )
    proved: bool = Field(
        default=False, description="The address is proved to be its reader's: on it more may be told than stands here"
    )
    fields: dict[str, str] = Field(
        default_factory=dict,
        description="Short values for a provider's template: code, status, title, kind, office, link, otp",
    )
    expires_at: Instant | None = Field(default=None, description="Never sent from then on (a one-time password)")


class DeliveryStatus(StrEnum):
    """How far an outbound message got, in the provider's own words made uniform."""

    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


class DeliveryReceipt(Model):
    """
    A provider's word about one of our messages (biên nhận gửi, DLR).

    Without a `provider_message_id` it is about everything that we sent to `address` until `at` (a watermark).
    """

    channel: str
    account: str
    provider_message_id: str
    status: DeliveryStatus
    at: Instant
    reason: str = ""
    permanent: bool = False
    address: str = Field(default="", description="The recipient the provider names, when it does (bounces)")


class Echo(Model):
    """
    What our side said to a citizen, told back by the provider: by us, or by a person in the provider's own inbox.

    A person's words take the conversation over from the dialogue. Without words it is taken over all the same: another
    program has it. `reference` is our `OutboundMessage.id`, where the provider hands it back.
    """

    channel: str
    account: str
    provider_message_id: str = ""
    recipient: Address
    by: Literal["us", "person"]
    reference: str = ""
    text: str = ""
    at: Instant


class Standing(Model):
    """
    Whether a person lets us write to them here: they blocked us, left, or came back.

    `reason` is a short word: "blocked", "let_in", "stop".
    """

    channel: str
    account: str
    address: Address
    reachable: bool
    reason: str = ""
    at: Instant


class Ignored(Model):
    """An event we understand and want nothing of; `reason` comes from a closed set and is counted."""

    reason: str


Parsed = InboundMessage | DeliveryReceipt | Echo | Standing | Ignored


class Report(Model):
    """What one reporter told us (phản ánh hiện trường): the content that crosses into a case."""

    schema_version: str = SCHEMA_VERSION
    id: str
    code: str = Field(description="Digits with a check digit; opens the public view only")
    regulation: str
    source_channel: str
    source_account: str
    conversation_id: str
    contact_id: str
    reporter: Reporter = Reporter()
    content_as_sent: str
    content: str = Field(description="Working text: accents restored, slips mended, never less than what was sent")
    place: Place = Place()
    occurred: str = ""
    category_hint: str = ""
    urgency: Urgency = Urgency.NORMAL
    confidential: bool = False
    consent: Consent | None = None
    terms: Consent | None = Field(
        default=None, description="What they were told they answer for, as it was shown (TG-5.4, LS-5.2, QB-III.2d)"
    )
    attachments: tuple[Attachment, ...] = ()
    language: str = "vi"
    completeness: dict[str, FieldState] = Field(default_factory=dict)
    declared_none: dict[str, str] = Field(default_factory=dict)
    message_ids: tuple[str, ...] = ()
    call_ids: tuple[str, ...] = ()
    received_at: datetime
