"""A conversation while it is being worked on, who is at its other end, and what a message of it says."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from core.contract.schema import Address, Attachment, Authenticity, InboundMessage, Instant, Model, Place
from core.intake.dialogue import Texts
from core.intake.render import Rendered
from core.intake.state import Dialogue
from core.intake.understand import REPLIES, bare_subject
from core.storage.conversations import ConversationRow

OUTSIDE = "outside"
"""What our side said past the gateway: the kind of such a message, and who took a conversation over by it."""
_TURNS = count()


class Correspondent(Model):
    """
    Who is on the other side, and what an answer refers to: the last message, the thread before it, the subject.

    `copy_to`: an address the person left besides; what is shown on their page goes there as well. `last_heard`: when
    they last wrote on the channel of the address.
    """

    address: Address
    name: str = ""
    subject: str = ""
    last_id: str = ""
    references: tuple[str, ...] = ()
    copy_to: Address | None = None
    last_heard: Instant | None = None


class MessageContent(Model):
    """What a message says; sealed under its contact."""

    text: str = ""
    full_text: str = ""
    subject: str = ""
    sender_name: str = ""
    attachments: tuple[Attachment, ...] = ()
    place: Place | None = None
    authenticity: Authenticity | None = None
    provider_message_id: str = ""


@dataclass
class Talk:
    """
    A conversation in the hand. `row` is as stored; the other fields are what it will be.

    `profile`: its person's sealed profile, where that became known. `newcomer`: the contact's id was never used before.
    `lines`: what the dialogue has said in this turn and goes out together at its end. `texts`: what was read of the
    words at hand, so that the next step need not read them again; it goes with the unit of work. `turn`: its number,
    by which a process that thinks beside us knows the same.
    """

    row: ConversationRow
    dialogue: Dialogue
    correspondent: Correspondent
    next_seq: int
    is_new: bool = False
    contact_is_new: bool = False
    newcomer: bool = False
    profile: bytes | None = None
    needs_human: bool = False
    threaded: bool = False
    heard: int = 0
    lines: list[Rendered] = field(default_factory=list)
    texts: Texts = field(default_factory=Texts, repr=False)
    turn: int = field(default_factory=lambda: next(_TURNS), repr=False)

    @property
    def contact_id(self) -> str:
        """Whose conversation it is."""
        return self.row.contact_id

    @property
    def gone(self) -> bool:
        """Whether its person was erased: nothing is said in it, or written about it, any more (VN-4)."""
        return not self.row.address_blind


def new_words(talk: Talk, message: InboundMessage) -> InboundMessage:
    """The message without the subject, where that only repeats what the conversation is called."""
    repeated = bare_subject(message.subject) == bare_subject(talk.correspondent.subject)
    if talk.is_new or not (repeated or REPLIES.match(message.subject)):
        return message
    return message.model_copy(update={"subject": ""})
