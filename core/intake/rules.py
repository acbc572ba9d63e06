"""
What the intake dialogue needs to know of a regulation, of the office behind it and of its channels.

The gateway builds one `IntakeRules` from a regulation pack; the dialogue reads nothing else. Numbers that a regulation
does not give are product defaults and named so.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from pydantic import Field

from core.contract.schema import Model

ANY_CHANNEL = "*"


class IntakeField(StrEnum):
    """One thing a report may have to hold; the order here is the order of asking."""

    CONTENT = "content"
    PLACE = "place"
    TIME = "time"
    NAME = "name"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    IDENTITY = "identity"
    CONTACT = "contact"
    MEDIA = "media"


class EmergencyKind(StrEnum):
    """Whose help is needed at once (QB-II.2h, VN-8); the number behind it is data."""

    POLICE = "police"
    FIRE_RESCUE = "fire_rescue"
    MEDICAL = "medical"
    DISASTER = "disaster"


class DiversionKind(StrEnum):
    """What never becomes a case here and is told where to go instead (VN-1, VN-2)."""

    COMPLAINT = "complaint"
    DENUNCIATION = "denunciation"
    CORRUPTION = "corruption"


class CategoryRule(Model):
    """One category of the regulation with the words that hint at it; words are compared without marks or case."""

    id: str
    label: str
    keywords: tuple[str, ...] = ()
    topic: str = Field(default="", description="Field of notices that it belongs to; empty: one of its own")


class RatingLevel(Model):
    """One answer to "how satisfied are you", best first: the pack's label, our id (TG-10.1, LS-8.3, QB-IV.1.5a)."""

    id: str
    label: str


class EmergencyLine(Model):
    """The number to ring for one kind of emergency: 112, 113, 114, 115."""

    kind: EmergencyKind
    number: str
    label: str


class ChannelTraits(Model):
    """
    How people write on one channel. Product defaults fit a chat.

    `burst_seconds`: quiet time after which several messages are read as one; `album_seconds`: the same for the parts
    of an album; 0 means at once. `reachable`: an answer to the sender's address finds the person. `sender_is`: what
    the sender's address is by itself (a phone number on sms, a mail address on email). `one_matter`: a conversation is
    about one matter, however long ago it began (a mail thread, the page of one report). `notices`: notices to everybody
    can be sent there, to whoever asks for that.
    """

    burst_seconds: float = Field(default=3.0, ge=0)
    album_seconds: float = Field(default=2.0, ge=0)
    buttons: bool = True
    reminds: bool = True
    reachable: bool = True
    sender_is: IntakeField | None = None
    sender_name_counts: bool = False
    one_matter: bool = False
    notices: bool = False


A_CHAT = ChannelTraits()
ASKED = tuple(IntakeField)
"""The order of asking."""


class IntakeRules(Model):
    """
    Everything about intake that differs between provinces.

    `required` maps a channel name (or "*") to the fields a report must hold, given or declared none (A-8);
    `elsewhere` holds, per diversion, the place to go in the office's own words; `silence` is A-7's 24 hours.
    """

    regulation: str
    office: str = "Trung tâm tiếp nhận phản ánh"
    required: dict[str, tuple[IntakeField, ...]]
    categories: tuple[CategoryRule, ...] = ()
    notice_topics: dict[str, str] = Field(default_factory=dict, description="Fields of notices, with their names")
    place_names: tuple[str, ...] = Field(default=(), description="Streets, communes, landmarks that the province adds")
    ratings: tuple[RatingLevel, ...] = ()
    emergency_lines: tuple[EmergencyLine, ...] = ()
    channels: dict[str, ChannelTraits] = Field(default_factory=dict)
    elsewhere: dict[DiversionKind, str] = Field(default_factory=dict)
    confidentiality: bool = True
    consent_notice: bool = Field(
        default=True, description="The sender answers for the truth (TG-5.4, LS-5.2, QB-III.2d)"
    )
    terms: str = Field(default="", description="…in the regulation's own words, told with the code and kept")
    silence: timedelta = timedelta(hours=24)
    reminder_after: timedelta = timedelta(minutes=30)
    burst_limit: timedelta = timedelta(seconds=30)

    def required_on(self, channel: str) -> tuple[IntakeField, ...]:
        """Fields a report from this channel must hold, in the order of asking."""
        return tuple(sorted(set(self.required.get(channel, self.required.get(ANY_CHANNEL, ()))), key=ASKED.index))

    def traits_of(self, channel: str) -> ChannelTraits:
        """How people write on this channel; a chat unless the pack says otherwise."""
        return self.channels.get(channel) or self.channels.get(ANY_CHANNEL, A_CHAT)

    def line_for(self, kind: EmergencyKind) -> str:
        """The emergency number for this kind; 112 where the pack lists none (VN-8)."""
        return next((line.number for line in self.emergency_lines if line.kind is kind), "112")
