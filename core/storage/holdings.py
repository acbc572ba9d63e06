"""Everything that is kept of one person, found: ids for the plan, sealed words for the redaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from core.contract.errors import NotFound
from core.privacy.erasure import CaseHolding, Holdings
from core.storage import notice_readers
from core.storage.subjects import text_subject
from core.storage.tables import (
    case,
    contact,
    conversation,
    identity,
    inbox_item,
    message,
    outbox,
    phone_call,
    publication,
    report,
    vault,
)

_BATCH = 500


def holdings(connection: Connection, contact_id: str) -> Holdings:
    """Everything that belongs to one contact. NotFound."""
    if connection.scalar(select(contact.c.id).where(contact.c.id == contact_id)) is None:
        raise NotFound("no such contact")
    reports = _ids(connection, report, report.c.contact_id == contact_id)
    talks = _ids(connection, conversation, conversation.c.contact_id == contact_id)
    return Holdings(
        contact_id=contact_id,
        cases=tuple(_case_holding(connection, one) for one in _cases_of(connection, contact_id)),
        report_ids=reports,
        conversation_ids=talks,
        message_ids=_ids(connection, message, message.c.conversation_id.in_(talks)),
        raw_ids=_raw_ids(connection, contact_id, talks),
        outbox_ids=_ids(connection, outbox, outbox.c.conversation_id.in_(talks) | (outbox.c.subject_id == contact_id)),
        call_ids=_ids(connection, phone_call, phone_call.c.subject_id == contact_id),
        identity_ids=_ids(connection, identity, identity.c.contact_id == contact_id),
        other_subjects=(*_other_subjects(connection, contact_id, talks), *_reading(connection, contact_id)),
    )


def _ids(connection: Connection, table: Table, condition: Any) -> tuple[str, ...]:
    return tuple(connection.scalars(select(table.c.id).where(condition).order_by(table.c.id)))


def _cases_of(connection: Connection, contact_id: str) -> list[str]:
    """Cases their reports hang on, were received in before they were linked, or are answered by since."""
    reported = connection.scalars(select(report.c.case_id).where(report.c.contact_id == contact_id))
    pending, found = set(reported), set[str]()
    while pending:
        case_id = pending.pop()
        state = connection.scalar(select(case.c.state).where(case.c.id == case_id))
        if case_id in found or state is None:
            continue
        found.add(case_id)
        pending.update(one["case_id"] for one in state["reports"] if one["contact_id"] == contact_id)
        pending.update(filter(None, [state["merged_into"]]))
    return sorted(found)


def _case_holding(connection: Connection, case_id: str) -> CaseHolding:
    subject = text_subject(connection, case_id)
    state: Any = connection.scalar(select(case.c.state).where(case.c.id == case_id))
    hanging = connection.scalars(select(report.c.contact_id).where(report.c.case_id == case_id))
    return CaseHolding(
        case_id=case_id,
        reporters=frozenset([*hanging, *(one["contact_id"] for one in state["reports"])]),
        text_subject=subject,
        text_ids=_ids(connection, vault, vault.c.subject_id == subject),
        published=connection.scalar(select(publication.c.case_id).where(publication.c.case_id == case_id)) is not None,
    )


def _raw_ids(connection: Connection, contact_id: str, talks: Collection[str]) -> tuple[str, ...]:
    by_item = connection.scalars(select(inbox_item.c.raw_id).where(inbox_item.c.subject_id == contact_id))
    by_message = connection.scalars(
        select(message.c.raw_id).where(message.c.conversation_id.in_(talks), message.c.raw_id.is_not(None))
    )
    return tuple(sorted({*by_item, *by_message}))


def _other_subjects(connection: Connection, contact_id: str, talks: Collection[str]) -> tuple[str, ...]:
    """Keys of last words that were sent to them under a key of their own."""
    query = select(outbox.c.subject_id).where(outbox.c.conversation_id.in_(talks), outbox.c.subject_id != contact_id)
    return tuple(sorted(set(connection.scalars(query))))


def _reading(connection: Connection, contact_id: str) -> tuple[str, ...]:
    """Keys of addresses at which they read notices."""
    return tuple(row.subject_id for row in notice_readers.of_contact(connection, contact_id))


def contacts_kept(connection: Connection, *, after: str = "", most: int = _BATCH) -> list[str]:
    """Contacts that are not erased, in order of id."""
    query = select(contact.c.id).where(contact.c.id > after, contact.c.erased_at.is_(None))
    return list(connection.scalars(query.order_by(contact.c.id).limit(most)))


def contacts_among(connection: Connection, ids: Collection[str]) -> list[str]:
    """Which of these ids are contacts that are not erased, in order."""
    query = select(contact.c.id).where(contact.c.id.in_(ids), contact.c.erased_at.is_(None))
    return list(connection.scalars(query.order_by(contact.c.id)))


@dataclass(frozen=True)
class SealedPerson:
    """What tells how other texts may name somebody: profile and reports, sealed under their key."""

    profile: bytes | None
    reports: Mapping[str, bytes | None]


def sealed_person(connection: Connection, contact_id: str) -> SealedPerson:
    """The sealed profile and reports of a contact."""
    profile = connection.scalar(select(contact.c.profile_sealed).where(contact.c.id == contact_id))
    rows = connection.execute(select(report.c.id, report.c.content_sealed).where(report.c.contact_id == contact_id))
    return SealedPerson(profile, {row[0]: row[1] for row in rows})


@dataclass(frozen=True)
class CaseTexts:
    """Everything of a case that holds words: vault rows by id, the search column, the public view."""

    case_id: str
    subject: str
    sealed: Mapping[str, bytes | None]
    search_text: str
    view: Any
    view_search: str


def case_texts(connection: Connection, case_id: str) -> CaseTexts:
    """The words of one case, as stored."""
    subject = text_subject(connection, case_id)
    rows = connection.execute(select(vault.c.id, vault.c.sealed).where(vault.c.subject_id == subject))
    shown = connection.execute(
        select(publication.c.view, publication.c.search_text).where(publication.c.case_id == case_id)
    ).one_or_none()
    return CaseTexts(
        case_id,
        subject,
        {row[0]: row[1] for row in rows},
        connection.scalar(select(case.c.search_text).where(case.c.id == case_id)) or "",
        None if shown is None else shown[0],
        "" if shown is None else shown[1],
    )
