"""Conversations, their messages, and what became of each on its way."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from core.contract.schema import Model
from core.service.reading.views.lines import File, Labelled, PlaceView


class DeliveryStep(Model):
    """Another way that was taken where the one before had failed: `why`, in a sentence."""

    channel: str
    why: str
    state: str
    outcome: str = ""
    reason: str = ""


class DeliveryView(Model):
    """
    How far a message to a citizen got: pending · claimed · sent · failed · unknown · passed_on · dropped, and the
    provider's word. `steps`: the other ways, in order.
    """

    id: str
    state: str
    outcome: str = ""
    reason: str = ""
    sent_at: datetime | None = None
    steps: tuple[DeliveryStep, ...] = ()


class SenderProof(Model):
    """
    What the transport proved about a mail's sender address (RFC 8601): each of the three is pass, fail or none.

    `doubtful`: the address was checked and did not hold, whoever wrote may be somebody else. `text`: the line to show.
    """

    spf: str
    dkim: str
    dmarc: str
    doubtful: bool
    text: str


class MessageView(Model):
    """
    One message of a conversation. `author`: the official who wrote it; empty: the citizen, or the product.

    `proof`: about the sender of a mail that came in, where our own mail server checked it. `full_text`: the whole of a
    mail with what it quotes, where `text` is only what is new in it.
    """

    id: str
    number: int
    at: datetime
    direction: str
    kind: str
    author: str = ""
    subject: str = ""
    text: str = ""
    full_text: str = ""
    place: PlaceView | None = None
    files: tuple[File, ...] = ()
    erased: bool = False
    proof: SenderProof | None = None
    delivery: DeliveryView | None = None


class ConversationLine(Model):
    """
    A conversation in a list. `mode`: bot · doubted · waiting_for_person · person. Name and address are masked.

    `attendant`: the official who has taken it over, where that is known.
    """

    id: str
    channel: Labelled
    contact_id: str
    name: str
    address: str
    mode: str
    needs_human: bool
    unread: int
    last_message_at: datetime
    excerpt: str = ""
    attendant: Labelled | None = None


class ConversationView(ConversationLine):
    """
    One conversation with its messages, and the reports that came of it (report code → case id).

    `self_named`: the name is what the person calls themselves at the channel's provider.
    """

    self_named: bool = False
    revealed: bool = False
    messages: tuple[MessageView, ...] = ()
    cases: dict[str, str] = Field(default_factory=dict)
