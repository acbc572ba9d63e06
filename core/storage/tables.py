"""
Every table, once, for both databases.

Groups: intake (inbox) · conversation · cases and their chain · clocks and timers · outbox · vault · people and access.
Free text and personal data stand only in columns that end in `sealed` (ciphertext) or `blind` (keyed hash).
Partial indexes keep the hot pages flat as the archive grows.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from core.storage.types import Instant, Json

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives an auto-incrementing 64-bit key only to a column of type INTEGER.
Serial = BigInteger().with_variant(Integer(), "sqlite")


def _partial(name: str, *columns: Column[object], where: str, sqlite: str = "") -> Index:
    """
    An index over the few open rows only, so that it stays small for ever.

    SQLite uses it only for a query with the very same condition: one value, and a boolean as it is asked for (`= 1`).
    """
    return Index(name, *columns, sqlite_where=text(sqlite or where), postgresql_where=text(where))


# --- Intake ---------------------------------------------------------------------------------------------------------

inbox_raw = Table(
    "inbox_raw",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("body_sealed", LargeBinary, comment="NULL once erased or purged"),
    Column("wrapped_key", LargeBinary, comment="per-row key; forgetting it erases the body"),
)

_partial("ix_inbox_raw_kept", inbox_raw.c.received_at, where="body_sealed IS NOT NULL")

inbox_item = Table(
    "inbox_item",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("raw_id", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("account", String(200), nullable=False),
    Column("dedupe_key", String(64), nullable=False, comment="keyed hash: provider ids may hold an address"),
    Column("conversation_key", String(64), nullable=False, comment="keyed hash"),
    Column("part", String(200), nullable=False, server_default=""),
    Column("provider_time", Instant, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("state", String(12), nullable=False, server_default="new", comment="new done quarantined ignored erased"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("reason", String(300), nullable=False, server_default=""),
    Column("subject_id", String(32), comment="contact it turned out to be from: found again on erasure"),
    UniqueConstraint("channel", "account", "dedupe_key"),
)
_partial("ix_inbox_item_new", inbox_item.c.id, where="state = 'new'")
_partial(
    "ix_inbox_item_conversation",
    inbox_item.c.conversation_key,
    inbox_item.c.provider_time,
    inbox_item.c.id,
    where="state = 'new'",
)
_partial("ix_inbox_item_quarantined", inbox_item.c.id, where="state = 'quarantined'")
Index("ix_inbox_item_raw", inbox_item.c.raw_id)
Index("ix_inbox_item_subject", inbox_item.c.subject_id)

inbox_lease = Table(
    "inbox_lease",
    metadata,
    Column("conversation_key", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", Instant, nullable=False),
)

# --- Conversation ---------------------------------------------------------------------------------------------------

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
)
Index("ix_conversation_address", conversation.c.channel, conversation.c.account, conversation.c.address_blind)
Index("ix_conversation_contact", conversation.c.contact_id)
ATTENDED = "needs_human OR mode = 'person'"
"""Somebody of the centre is needed, or at work, in this conversation; SQLite wants the very words of its index."""
_partial("ix_conversation_human", conversation.c.last_message_at, where="needs_human", sqlite="needs_human = 1")
_partial("ix_conversation_attended", conversation.c.last_message_at, conversation.c.id, where=ATTENDED)

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

# --- Cases ----------------------------------------------------------------------------------------------------------

report = Table(
    "report",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(12), nullable=False, unique=True),
    Column("pin_hash", String(200), nullable=False, server_default=""),
    Column("case_id", String(32), nullable=False),
    Column("conversation_id", String(32), ForeignKey("conversation.id"), nullable=False),
    Column("contact_id", String(32), ForeignKey("contact.id"), nullable=False),
    Column("channel", String(32), nullable=False),
    Column("regulation", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("content_sealed", LargeBinary, comment="the whole Report, encrypted under its contact's key"),
    Column("erased_at", Instant),
)
Index("ix_report_case", report.c.case_id)
Index("ix_report_contact", report.c.contact_id)
Index("ix_report_conversation", report.c.conversation_id)

case = Table(
    "case",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("code", String(12), nullable=False, comment="report code of its first report: what staff say to each other"),
    Column("regulation", String(128), nullable=False, comment="pack id@hash, pinned"),
    Column("version", Integer, nullable=False),
    Column("head", LargeBinary, nullable=False, comment="hash of the last event"),
    Column("stage", String(48), nullable=False),
    Column("open", Boolean, nullable=False),
    Column("urgency", String(12), nullable=False),
    Column("category", String(64), nullable=False, server_default=""),
    Column("received_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("published_at", Instant),
    Column("next_due_at", Instant),
    Column("state", Json, nullable=False, comment="the fold of its events"),
    Column("search_text", Text, nullable=False, server_default="", comment="masked, folded working text"),
    Column("agencies", Text, nullable=False, server_default="[]", comment="JSON: every agency with a part in it"),
)
_partial("ix_case_open", case.c.received_at, case.c.id, where="open", sqlite="open = 1")
_partial("ix_case_published", case.c.published_at, case.c.id, where="published_at IS NOT NULL")
Index("ix_case_received", case.c.received_at, case.c.id)
Index("ix_case_stage", case.c.stage, case.c.received_at, case.c.id)
Index("ix_case_code", case.c.code)

case_event = Table(
    "case_event",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", String(48), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("body", LargeBinary, nullable=False, comment="canonical JSON, hashed as stored"),
    Column("hash", LargeBinary, nullable=False),
)
Index("ix_case_event_at", case_event.c.at)

case_task = Table(
    "case_task",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("key", String(80), primary_key=True, comment="role:dispatch"),
    Column("role", String(48), nullable=False),
    Column("agency_id", String(64), nullable=False, server_default=""),
    Column("stage", String(48), nullable=False),
    Column("due_at", Instant),
)
Index("ix_case_task_queue", case_task.c.role, case_task.c.agency_id, case_task.c.due_at, case_task.c.case_id)
Index("ix_case_task_role", case_task.c.role, case_task.c.due_at, case_task.c.case_id)

case_clock = Table(
    "case_clock",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("clock_id", String(80), primary_key=True),
    Column("fire_at", Instant, nullable=False, comment="next warning or due instant"),
)
Index("ix_case_clock_fire", case_clock.c.fire_at)

chain_root = Table(
    "chain_root",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("cases", Integer, nullable=False),
    Column("record", LargeBinary, nullable=False),
    Column("leaves", LargeBinary, nullable=False, comment="case ids, versions and heads the root was made of"),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", String(64), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("body_hash", String(64), nullable=False),
    Column("status", Integer, nullable=False),
    Column("response", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)

# --- Outbox ---------------------------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=True, comment="order of writing"),
    Column("id", String(32), nullable=False, unique=True),
    Column("dedupe_key", String(200), nullable=False, unique=True, comment="the same notice is written once"),
    Column("conversation_id", String(32), nullable=False),
    Column("case_id", String(32)),
    Column("channel", String(32), nullable=False),
    Column("payload_sealed", LargeBinary, comment="OutboundMessage, encrypted under the contact's key"),
    Column("subject_id", String(32), nullable=False),
    Column("forget", Boolean, nullable=False, server_default=text("false"), comment="destroy the subject once sent"),
    Column("state", String(10), nullable=False, server_default="pending"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Instant, nullable=False),
    Column("owner", String(64)),
    Column("claimed_until", Instant),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Column("provider_message_id", String(300)),
    Column("outcome", String(12), nullable=False, server_default=""),
    Column("reason", String(300), nullable=False, server_default=""),
)
Index("ix_outbox_state", outbox.c.state, outbox.c.next_at, outbox.c.seq)
STOPPED = "state NOT IN ('pending', 'claimed', 'sent')"
"""
It failed, or nobody knows. Said by what it is not, or SQLite would take the index over states and sort; it also wants
the very words of its index.
"""
_partial("ix_outbox_stopped", outbox.c.seq, where=STOPPED)
Index("ix_outbox_conversation", outbox.c.conversation_id, outbox.c.seq)
Index("ix_outbox_provider", outbox.c.provider_message_id)
Index("ix_outbox_subject", outbox.c.subject_id)
Index("ix_outbox_case", outbox.c.case_id)

# --- Vault and publication ------------------------------------------------------------------------------------------

vault = Table(
    "vault",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("subject_id", String(32), nullable=False),
    Column("sealed", LargeBinary),
)
Index("ix_vault_subject", vault.c.subject_id)

publication = Table(
    "publication",
    metadata,
    Column("case_id", String(32), primary_key=True),
    Column("published_at", Instant, nullable=False),
    Column("view", Json, nullable=False, comment="what the public sees, built from the allow-list"),
    Column("kind", String(12), nullable=False, comment="result or declined"),
    Column("search_text", Text, nullable=False, server_default=""),
)
Index("ix_publication_at", publication.c.kind, publication.c.published_at, publication.c.case_id)

diversion = Table(
    "diversion",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("channel", String(32), nullable=False),
)

# --- Agencies and places ------------------------------------------------------------------------------------------

agency_edition = Table(
    "agency_edition",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", Instant, nullable=False),
    Column("by", String(64), nullable=False),
    Column("note", String(200), nullable=False, server_default=""),
)

agency_entry = Table(
    "agency_entry",
    metadata,
    Column("edition", Integer, ForeignKey("agency_edition.number"), primary_key=True),
    Column("agency_id", String(64), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date; empty: for as long as anybody remembers"),
    Column("name", String(300), nullable=False),
    Column("kind", String(48), nullable=False),
    Column("short_name", String(80), nullable=False),
    Column("parent", String(64)),
    Column("code", String(64), nullable=False),
    Column("commune_code", String(16)),
    Column("ended", Boolean, nullable=False),
    Column("replaced_by", Json, nullable=False),
)

commune = Table(
    "commune",
    metadata,
    Column("code", String(16), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date; empty: for as long as anybody remembers"),
    Column("until", String(10), nullable=False, comment="ISO date, its last day; empty: still there"),
    Column("name", String(120), nullable=False),
    Column("kind", String(24), nullable=False, comment="xã, phường, thị trấn, đặc khu"),
    Column("district", String(120), nullable=False),
    Column("province", String(120), nullable=False),
    Column("province_code", String(8), nullable=False),
)

commune_succession = Table(
    "commune_succession",
    metadata,
    Column("old_code", String(16), primary_key=True),
    Column("new_code", String(16), primary_key=True),
    Column("since", String(10), primary_key=True, comment="ISO date of the change"),
    Column("whole", Boolean, nullable=False, comment="all of the old one went there"),
)

# --- People and access ----------------------------------------------------------------------------------------------

user = Table(
    "user",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("login", String(80), nullable=False, unique=True),
    Column("display_name", String(120), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("totp_sealed", LargeBinary),
    Column("totp_last_step", BigInteger, nullable=False, server_default="0", comment="a one-time code works once"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", Instant, nullable=False),
    Column("identity_blind", String(64), comment="keyed hash of the official's own number: one account each"),
)
Index("ix_user_identity", user.c.identity_blind, unique=True)

role_grant = Table(
    "role_grant",
    metadata,
    Column("user_id", String(32), ForeignKey("user.id"), primary_key=True),
    Column("role", String(48), primary_key=True),
    Column("agency_id", String(64), primary_key=True, server_default=""),
)
Index("ix_role_grant_seat", role_grant.c.role, role_grant.c.agency_id)

session = Table(
    "session",
    metadata,
    Column("id_hash", String(64), primary_key=True, comment="SHA-256 of the cookie"),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("second_factor", Boolean, nullable=False),
    Column("revoked_at", Instant),
)
Index("ix_session_user", session.c.user_id)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("name", String(80), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

focal_point = Table(
    "focal_point",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("agency_id", String(64), nullable=False),
    Column("part", String(16), nullable=False, comment="leader or officer"),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False),
    Column("document", String(200), nullable=False, server_default="", comment="the writing that registered them"),
    Column("since", Instant, nullable=False),
    Column("until", Instant, comment="when somebody else took over"),
)
Index(
    "ix_focal_point_present",
    focal_point.c.agency_id,
    focal_point.c.part,
    unique=True,
    sqlite_where=text("until IS NULL"),
    postgresql_where=text("until IS NULL"),
)
Index("ix_focal_point_user", focal_point.c.user_id)

stand_in = Table(
    "stand_in",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("user_id", String(32), ForeignKey("user.id"), nullable=False, comment="who is away"),
    Column("deputy_id", String(32), ForeignKey("user.id"), nullable=False, comment="who acts for them"),
    Column("since", Instant, nullable=False),
    Column("until", Instant, nullable=False, comment="first instant that is over"),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant, comment="taken back before its time"),
)
Index("ix_stand_in_deputy", stand_in.c.deputy_id, stand_in.c.until)
Index("ix_stand_in_user", stand_in.c.user_id, stand_in.c.until)

staff_notice = Table(
    "staff_notice",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("dedupe_key", String(300), nullable=False, unique=True, comment="the same notice is written once"),
    Column("user_id", String(32), ForeignKey("user.id"), comment="empty: nobody holds the role there"),
    Column("role", String(48), nullable=False, comment="in which the person is told"),
    Column("agency_id", String(64), nullable=False),
    Column("case_id", String(32), nullable=False),
    Column("case_code", String(12), nullable=False),
    Column("notification", String(80), nullable=False, comment="entry of the pack, or the limit that caused it"),
    Column("form", String(10), nullable=False, comment="console, push, sms, email: each its own delivery"),
    Column("subject", String(200), nullable=False),
    Column("text", String(600), nullable=False, comment="words of ours and of the pack; nothing that people wrote"),
    Column("state", String(12), nullable=False, comment="shown, read, queued, no_channel, no_address, nobody"),
    Column("outbox_id", String(32)),
    Column("created_at", Instant, nullable=False),
    Column("read_at", Instant),
)
UNREAD = "state = 'shown'"
UNREACHED = "state NOT IN ('shown', 'read', 'queued')"
_partial("ix_staff_notice_unread", staff_notice.c.user_id, staff_notice.c.created_at, where=UNREAD)
_partial("ix_staff_notice_unreached", staff_notice.c.created_at, where=UNREACHED)
Index("ix_staff_notice_case", staff_notice.c.case_id)
Index("ix_staff_notice_user", staff_notice.c.user_id, staff_notice.c.created_at)

staff_address = Table(
    "staff_address",
    metadata,
    Column("user_id", String(32), ForeignKey("user.id"), primary_key=True),
    Column("form", String(10), primary_key=True),
    Column("address_sealed", LargeBinary, nullable=False, comment="number or address, under a key of this person"),
    Column("set_at", Instant, nullable=False),
)

attempt = Table(
    "attempt",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("scope", String(160), nullable=False, comment="what is limited, hashed where it is personal"),
    Column("at", Instant, nullable=False),
    Column("ok", Boolean, nullable=False),
)
Index("ix_attempt_scope", attempt.c.scope, attempt.c.at)

# The answer to it is not here: only its keyed hash, bound to this challenge and what it is for.
otp_challenge = Table(
    "otp_challenge",
    metadata,
    Column("id", String(32), primary_key=True, comment="also the subject of the key its message lies under"),
    Column("purpose", String(80), nullable=False, comment="what an answer permits"),
    Column("recipient", String(64), nullable=False, comment="keyed hash of the address"),
    Column("code_hash", String(64), nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("tries_left", Integer, nullable=False),
    Column("used_at", Instant),
)
Index("ix_otp_challenge_recipient", otp_challenge.c.recipient, otp_challenge.c.purpose)
Index("ix_otp_challenge_expires", otp_challenge.c.expires_at)

kept_form = Table(
    "kept_form",
    metadata,
    Column("id", String(32), primary_key=True, comment="contact that the report will belong to"),
    Column("subject_id", String(32), nullable=False, comment="key of its own"),
    Column("sealed", LargeBinary, nullable=False, comment="what was typed"),
    Column("kept_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
Index("ix_kept_form_expires", kept_form.c.expires_at)

contact_link = Table(
    "contact_link",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("contact_id", String(32), nullable=False, comment="proved to be the same person as the other"),
    Column("kept_id", String(32), nullable=False, comment="the older contact, which stands for both"),
    Column("proof", String(16), nullable=False, comment="by what: otp, provider"),
    Column("at", Instant, nullable=False),
    Column("undone_at", Instant),
    Column("undone_by", String(64), nullable=False, server_default=""),
)
Index("ix_contact_link_contact", contact_link.c.contact_id)
Index("ix_contact_link_kept", contact_link.c.kept_id)

access_log = Table(
    "access_log",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("what", String(32), nullable=False),
    Column("ref", String(64), nullable=False),
)
Index("ix_access_log_ref", access_log.c.ref, access_log.c.at)

handout = Table(
    "handout",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("user_id", String(32), nullable=False),
    Column("recipient", String(200), nullable=False),
    Column("reason", String(500), nullable=False),
    Column("received_from", String(10), nullable=False, comment="ISO date, Vietnamese time"),
    Column("received_until", String(10), nullable=False, comment="ISO date, the last one that counts"),
    Column("with_reporters", Boolean, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("withheld", Integer, nullable=False, comment="left out: state secret suspected"),
    Column("digest", String(64), nullable=False, comment="SHA-256 of the file"),
)
Index("ix_handout_at", handout.c.at)

provider_token = Table(
    "provider_token",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("account", String(200), primary_key=True),
    Column("generation", Integer, nullable=False, comment="goes up with every pair"),
    Column("pair_sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False, comment="of the access token"),
    Column("refreshed_at", Instant, nullable=False, comment="when this pair came"),
    Column("needs_reauth", Boolean, nullable=False),
    Column("lease_owner", String(64), nullable=False),
    Column("lease_until", Instant),
    Column("unsettled", Boolean, nullable=False, comment="a renewal began, and nobody knows what came of it"),
)

grant_request = Table(
    "grant_request",
    metadata,
    Column("state_hash", String(64), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("user_id", String(32), nullable=False, comment="who began, and alone may end it"),
    Column("verifier_sealed", LargeBinary, nullable=False),
    Column("expires_at", Instant, nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("value", Json, nullable=False),
)

# The keys live in a database of their own, which the backup leaves out.
key_metadata = MetaData()
subject_key = Table(
    "subject_key",
    key_metadata,
    Column("subject_id", String(32), primary_key=True),
    Column("wrapped", LargeBinary, comment="NULL once destroyed"),
    Column("created_at", Instant, nullable=False),
    Column("destroyed_at", Instant),
)
