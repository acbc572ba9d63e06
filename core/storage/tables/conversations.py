"""Conversations: who talks with us, where, what was said, and what waits for an hour."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint, text

from core.storage.tables.base import metadata, partial
from core.storage.types import Instant

contact = Table(
    "contact",
    metadata,
    Column("id", String(32), primary_key=True, comment="also the subject id of the person's key"),
    Column("created_at", Instant, nullable=False),
    Column("profile_sealed", LargeBinary, comment="name, phones, emails, address"),
    Column("erased_at", Instant),
)

identity = Table(
    "identity",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="phone email chat"),
    Column("address_blind", String(64), nullable=False),
    Column("asserted_at", Instant, nullable=False),
    Column("verified_at", Instant),
    Column("verified_by", String(32)),
    UniqueConstraint("contact_id", "kind", "address_blind"),
)
Index("ix_identity_address", identity.c.address_blind)

standing = Table(
    "standing",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("address_blind", String(64), primary_key=True, comment="who let us write to them there, or does not"),
    Column("reachable", Boolean, nullable=False),
    Column("reason", String(24), nullable=False, server_default=""),
    Column("at", Instant, nullable=False),
)
Index("ix_standing_address", standing.c.address_blind)

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("address_blind", String(64), nullable=False),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("correspondent_sealed", LargeBinary, comment="address, name, and what an answer must refer to"),
    Column("dialogue_sealed", LargeBinary, comment="state of the intake dialogue"),
    Column(
        "mode", String(24), nullable=False, server_default="bot", comment="who answers: bot, waiting_for_person, person"
    ),
    Column("version", Integer, nullable=False, server_default="0"),
    Column("created_at", Instant, nullable=False),
    Column("last_message_at", Instant, nullable=False),
    Column("last_inbound_at", Instant),
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("needs_human", Boolean, nullable=False, server_default=text("false")),
    Column("attendant", String(32), nullable=False, server_default="", comment="who of the staff has taken it over"),
    Column("answered_at", Instant, comment="when staff last closed it as a question that needs no case"),
)
Index("ix_conversation_address", conversation.c.channel, conversation.c.account, conversation.c.address_blind)
Index("ix_conversation_contact", conversation.c.contact_id)
ATTENDED = "needs_human OR mode = 'person'"
"""Somebody of the centre is needed, or at work, in this conversation; SQLite wants the very words of its index."""
partial("ix_conversation_attended", conversation.c.last_message_at, conversation.c.id, where=ATTENDED)

message = Table(
    "message",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("seq", Integer, nullable=False, comment="order inside the conversation"),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("direction", String(3), nullable=False, comment="in or out"),
    Column("kind", String(16), nullable=False),
    Column("provider_blind", String(64), nullable=False, server_default="", comment="keyed hash of the provider's id"),
    Column("at", Instant, nullable=False),
    Column("content_sealed", LargeBinary, comment="text, subject, attachments, place"),
    Column("raw_id", String(32), comment="the raw body it came in, while that is kept"),
    Column("author", String(32), nullable=False, server_default="", comment="staff id of a written answer"),
    Column("outbox_id", String(32)),
    UniqueConstraint("conversation_id", "seq"),
)
Index("ix_message_provider", message.c.provider_blind)
Index("ix_message_outbox", message.c.outbox_id)

timer = Table(
    "timer",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("due_at", Instant, nullable=False),
    UniqueConstraint("conversation_id", "kind"),
)
Index("ix_timer_due", timer.c.due_at)
