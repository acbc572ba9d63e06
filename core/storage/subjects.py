"""
Which key a case's texts lie under.

They begin under a subject made from the case's id, and move to a fresh one when somebody is erased from the case.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, select

from core.contract.schema import new_id
from core.storage import settings
from core.storage.tables import setting

_SUBJECT = "text_subject:"


def first_subject(case_id: str) -> str:
    """
    The key subject that a case's texts begin under, 32 hex digits.

    Not the case's own id: the files of officials lie under that, and stay readable when texts move to a fresh key.
    """
    return hashlib.blake2b(f"texts:{case_id}".encode(), digest_size=16).hexdigest()


def text_subject(connection: Connection, case_id: str) -> str:
    """The key subject of a case's texts: the first, or its successor once something was erased from the case."""
    return settings.get(connection, _SUBJECT + case_id) or first_subject(case_id)


def text_subjects(connection: Connection) -> dict[str, str]:
    """Every case whose texts no longer lie under their first subject, with the one they lie under."""
    rows = connection.execute(select(setting).where(setting.c.key.startswith(_SUBJECT, autoescape=True)))
    return {row.key.removeprefix(_SUBJECT): row.value for row in rows}


def set_text_subject(connection: Connection, case_id: str, subject: str) -> None:
    """From now on a case's texts lie under this subject."""
    settings.put(connection, _SUBJECT + case_id, subject)


def fresh_subject() -> str:
    """A key subject that was never used."""
    return new_id()
