"""A finished burst of messages."""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.schema import AttachmentKind, InboundMessage
from core.intake.happenings import TimerKind
from core.intake.parts import message_text
from core.intake.turn import Turn
from core.intake.words import Text


@dataclass(frozen=True)
class Burst:
    """The messages of a burst in the order they were said, and their words as one text."""

    messages: tuple[InboundMessage, ...]
    text: Text
    payload: str = ""

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of its messages."""
        return tuple(message.provider_message_id for message in self.messages)

    @property
    def about(self) -> str:
        """Code of the report whose news one of them answers."""
        return next((message.about for message in self.messages if message.about), "")

    @property
    def shows(self) -> bool:
        """Whether it brings files, a pin or a contact card."""
        return any(message.attachments or message.place or message.contact_phone for message in self.messages)

    @property
    def spoken(self) -> bool:
        """Whether it was said and not written: only a person can hear what it tells."""
        files = (file for message in self.messages for file in message.attachments)
        return not self.text.raw.strip() and any(file.kind is AttachmentKind.AUDIO for file in files)


def take_pending(turn: Turn) -> Burst:
    """The pending messages in the provider's order; nothing is pending afterwards."""
    messages = sorted(turn.state.pending, key=lambda message: (message.provider_time, message.provider_message_id))
    turn.change(pending=(), pending_since=None)
    turn.clear_timer(TimerKind.BURST)
    words = "\n".join(text for message in messages if (text := message_text(message)).strip())
    payload = next((message.payload for message in messages if message.payload), "")
    return Burst(tuple(messages), turn.text(words), payload)
