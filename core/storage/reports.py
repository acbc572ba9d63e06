"""Reports (one reporter's words), the vault of free text, and what the public may see."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_, update

from core.contract.errors import NotFound
from core.storage import wordsearch
from core.storage.database import upsert
from core.storage.search_indexes import PUBLICATIONS as PUBLICATION_WORDS
from core.storage.tables import publication, report, vault
from core.storage.together import rows_into


@dataclass(frozen=True)
class ReportRow:
    """One report; `content_sealed` is the whole Report under its contact's key."""

    id: str
    code: str
    pin_hash: str
    case_id: str
    conversation_id: str
    contact_id: str
    channel: str
    regulation: str
    received_at: datetime
    content_sealed: bytes | None


@dataclass(frozen=True)
class VaultRow:
    """One free text, encrypted under its subject's key."""

    id: str
    subject_id: str
    sealed: bytes | None


_REPORT = tuple(report.c[name] for name in ReportRow.__dataclass_fields__)
_OF_IDS = select(*_REPORT).where(report.c.id.in_(bindparam("ids", expanding=True))).order_by(report.c.received_at)
_TEXTS_OF = select(*(vault.c[name] for name in VaultRow.__dataclass_fields__)).where(
    vault.c.id.in_(bindparam("ids", expanding=True))
)


REPORTS = rows_into(report)
TEXTS = rows_into(vault)
"""Sealed free texts."""


def load(connection: Connection, report_id: str) -> ReportRow:
    """One report. NotFound."""
    return _one(connection, report.c.id == report_id)


def by_code(connection: Connection, code: str) -> ReportRow:
    """The report that holds this code. NotFound."""
    return _one(connection, report.c.code == code)


def is_of_another(connection: Connection, *, code: str, pin_hash: str) -> bool:
    """Whether a report with another PIN holds this code."""
    held = connection.scalar(select(report.c.pin_hash).where(report.c.code == code))
    return held is not None and not hmac.compare_digest(str(held).encode(), pin_hash.encode())


def _one(connection: Connection, condition: Any) -> ReportRow:
    row = connection.execute(select(*_REPORT).where(condition)).one_or_none()
    if row is None:
        raise NotFound("no such report")
    return ReportRow(**row._mapping)


def find(connection: Connection, report_ids: Collection[str]) -> list[ReportRow]:
    """These reports, in order of receipt; unknown ids are left out."""
    return [ReportRow(*row) for row in connection.execute(_OF_IDS, {"ids": list(report_ids)})]


def of_codes(connection: Connection, codes: Collection[str]) -> list[ReportRow]:
    """Those that hold one of these codes, the oldest first."""
    query = select(*_REPORT).where(report.c.code.in_(codes)).order_by(report.c.received_at, report.c.id)
    return [ReportRow(*row) for row in connection.execute(query)]


def of_contact(connection: Connection, contact_id: str) -> list[ReportRow]:
    """Every report of one person."""
    query = select(*_REPORT).where(report.c.contact_id == contact_id).order_by(report.c.received_at)
    return [ReportRow(**row._mapping) for row in connection.execute(query)]


def move(connection: Connection, report_id: str, *, case_id: str) -> None:
    """Point a report at another case (link and unlink): reports are pointed to, never copied."""
    connection.execute(update(report).where(report.c.id == report_id).values(case_id=case_id))


def replace_content(connection: Connection, report_id: str, content_sealed: bytes | None) -> None:
    """New sealed content: a supplement, or None on erasure."""
    connection.execute(update(report).where(report.c.id == report_id).values(content_sealed=content_sealed))


def texts(connection: Connection, ids: Collection[str]) -> list[VaultRow]:
    """Sealed texts by id; unknown ids are left out."""
    return [VaultRow(*row) for row in connection.execute(_TEXTS_OF, {"ids": list(ids)})] if ids else []


@dataclass(frozen=True)
class PublicationRow:
    """What the public sees of a case: built from the allow-list, stored as shown."""

    case_id: str
    published_at: datetime
    view: Any
    kind: str
    search_text: str


_PUBLICATION = tuple(publication.c[name] for name in PublicationRow.__dataclass_fields__)


def publish(connection: Connection, row: PublicationRow) -> None:
    """Show, or show anew."""
    statement = upsert(connection, publication, update=["published_at", "view", "kind", "search_text"])
    connection.execute(statement.values(row.__dict__))


def unpublish(connection: Connection, case_id: str) -> None:
    """Take down what is shown of a case."""
    connection.execute(publication.delete().where(publication.c.case_id == case_id))


def published(
    connection: Connection,
    *,
    kind: str,
    text: str = "",
    before: tuple[datetime, str] | None = None,
    most: int = 30,
) -> list[PublicationRow]:
    """Published cases, the newest first; `text` is folded by the caller (`core.storage.wordsearch`)."""
    if text:
        return _holding(connection, text, kind, before, most)
    query = select(*_PUBLICATION).where(publication.c.kind == kind)
    if before is not None:
        query = query.where(tuple_(publication.c.published_at, publication.c.case_id) < before)
    query = query.order_by(publication.c.published_at.desc(), publication.c.case_id.desc()).limit(most)
    return [PublicationRow(**row._mapping) for row in connection.execute(query)]


def _holding(
    connection: Connection, text: str, kind: str, before: tuple[datetime, str] | None, most: int
) -> list[PublicationRow]:
    asked = wordsearch.phrases(text)
    if not asked:
        return []
    hits = wordsearch.newest(connection, PUBLICATION_WORDS, asked, marks=[kind], before=before, most=most)
    query = select(*_PUBLICATION).where(publication.c.case_id.in_([hit.id for hit in hits]))
    rows = {row.case_id: PublicationRow(**row._mapping) for row in connection.execute(query)}
    return [rows[hit.id] for hit in hits]


def publication_of(connection: Connection, case_id: str) -> PublicationRow | None:
    """What is shown of one case, or None."""
    row = connection.execute(select(*_PUBLICATION).where(publication.c.case_id == case_id)).one_or_none()
    return None if row is None else PublicationRow(**row._mapping)
