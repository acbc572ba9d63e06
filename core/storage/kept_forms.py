"""Forms that wait for a one-time password: sealed, each under a key of its own, and gone after a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from core.storage.tables import kept_form

_BATCH = 500


@dataclass(frozen=True)
class KeptRow:
    """What was typed, sealed under `subject_id`; `id` is the contact that the report will belong to."""

    id: str
    subject_id: str
    sealed: bytes
    kept_at: datetime
    expires_at: datetime


_COLUMNS = tuple(kept_form.c[name] for name in KeptRow.__dataclass_fields__)


def put(connection: Connection, row: KeptRow) -> str | None:
    """Keep a form in the place of the last one with this id; returns the key subject that is needed no longer."""
    before = connection.scalar(select(kept_form.c.subject_id).where(kept_form.c.id == row.id))
    connection.execute(delete(kept_form).where(kept_form.c.id == row.id))
    connection.execute(insert(kept_form).values(asdict(row)))
    return before


def get(connection: Connection, form_id: str) -> KeptRow | None:
    """One form, or None."""
    row = connection.execute(select(*_COLUMNS).where(kept_form.c.id == form_id)).one_or_none()
    return None if row is None else KeptRow(**row._mapping)


def drop(connection: Connection, form_ids: Sequence[str]) -> None:
    """They are needed no longer."""
    connection.execute(delete(kept_form).where(kept_form.c.id.in_(form_ids)))


def expired(connection: Connection, *, before: datetime, most: int = _BATCH) -> list[tuple[str, str]]:
    """(id, key subject) of forms whose time was over before an instant."""
    query = select(kept_form.c.id, kept_form.c.subject_id).where(kept_form.c.expires_at < before).limit(most)
    return [(row[0], row[1]) for row in connection.execute(query)]
