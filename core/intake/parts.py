"""Messages as parts of a draft."""

from __future__ import annotations

from hashlib import sha256

from core.contract.schema import InboundMessage
from core.intake.rules import ChannelTraits, IntakeField
from core.intake.state import Part


def message_text(message: InboundMessage) -> str:
    """All words of a message, subject and form included."""
    form = message.form.content if message.form else ""
    return "\n".join(words for words in (message.subject, message.text, form) if words.strip())


def draft_id(message: InboundMessage, index: int = 0) -> str:
    """The id of a draft that begins with this message: the same whenever it is read again."""
    seed = "\x1f".join(
        (message.channel, message.account, message.sender.value, message.provider_message_id, str(index))
    )
    return sha256(seed.encode()).hexdigest()[:32]


def part_of(
    message: InboundMessage, *, burst: int, asked: IntakeField | None = None, traits: ChannelTraits | None = None
) -> Part:
    """A message as a part of a draft."""
    counts = traits is not None and traits.sender_name_counts
    return Part(
        message_id=message.provider_message_id,
        burst=burst,
        said_at=message.provider_time,
        received_at=message.received_at,
        text=message.text,
        subject=message.subject,
        asked=asked,
        attachments=message.attachments,
        point=message.place.point if message.place else None,
        place_text=message.place.text if message.place else "",
        phone=message.contact_phone,
        sender_name=message.sender_name if counts else "",
        form=message.form,
    )
