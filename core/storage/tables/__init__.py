"""
Every table, once, for both databases.

Free text and personal data stand only in columns that end in `sealed` (ciphertext) or `blind` (keyed hash).
Partial indexes keep the hot pages flat as the archive grows.
"""

from __future__ import annotations

from core.storage.tables.base import metadata
from core.storage.tables.calls import OWED, call_note, call_report, phone_call
from core.storage.tables.cases import (
    OPEN,
    PLACED,
    case,
    case_clock,
    case_event,
    case_task,
    chain_root,
    idempotency,
    report,
)
from core.storage.tables.conversations import ATTENDED, contact, conversation, identity, message, standing, timer
from core.storage.tables.counts import arrivals_hour, quota_day
from core.storage.tables.devices import push_device
from core.storage.tables.inbox import inbox_item, inbox_lease, inbox_raw
from core.storage.tables.keys import key_metadata, subject_key
from core.storage.tables.milestones import SAID, case_milestone
from core.storage.tables.national import national_item
from core.storage.tables.notices import UNREACHED, UNREAD, staff_address, staff_notice
from core.storage.tables.people import api_token, focal_point, role_grant, seen_mark, session, stand_in, user
from core.storage.tables.places import agency_edition, agency_entry, commune, commune_succession
from core.storage.tables.providers import fetch, grant_request, provider_token
from core.storage.tables.proving import contact_link, kept_form, otp_challenge
from core.storage.tables.public_notices import notice_reader, notice_step, public_notice
from core.storage.tables.publishing import diversion, publication, vault
from core.storage.tables.records import access_log, attempt, handout, handout_case, setting
from core.storage.tables.reporting import kept_figures, period_report, report_file, service_hour
from core.storage.tables.sending import STOPPED, outbox
from core.storage.tables.subjects import consent, consent_wording, data_request, data_step, deletion, restriction

__all__ = [
    "ATTENDED",
    "OPEN",
    "OWED",
    "PLACED",
    "SAID",
    "STOPPED",
    "UNREACHED",
    "UNREAD",
    "access_log",
    "agency_edition",
    "agency_entry",
    "api_token",
    "arrivals_hour",
    "attempt",
    "call_note",
    "call_report",
    "case",
    "case_clock",
    "case_event",
    "case_milestone",
    "case_task",
    "chain_root",
    "commune",
    "commune_succession",
    "consent",
    "consent_wording",
    "contact",
    "contact_link",
    "conversation",
    "data_request",
    "data_step",
    "deletion",
    "diversion",
    "fetch",
    "focal_point",
    "grant_request",
    "handout",
    "handout_case",
    "idempotency",
    "identity",
    "inbox_item",
    "inbox_lease",
    "inbox_raw",
    "kept_figures",
    "kept_form",
    "key_metadata",
    "message",
    "metadata",
    "national_item",
    "notice_reader",
    "notice_step",
    "otp_challenge",
    "outbox",
    "period_report",
    "phone_call",
    "provider_token",
    "public_notice",
    "publication",
    "push_device",
    "quota_day",
    "report",
    "report_file",
    "restriction",
    "role_grant",
    "seen_mark",
    "service_hour",
    "session",
    "setting",
    "staff_address",
    "staff_notice",
    "stand_in",
    "standing",
    "subject_key",
    "timer",
    "user",
    "vault",
]
