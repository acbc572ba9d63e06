"""Whose identifiers have served: people of whom every case has long been closed (VN-15)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, exists, insert, select

from core.storage.holdings import holdings
from core.storage.tables import access_log, case, contact, conversation, data_request, report

SYSTEM = "system"
PSEUDONYMISED = "pseudonymise"
"""What the access log says of it, beside each case; its words are shown by the console."""


def due(connection: Connection, *, before: datetime, after: str = "", most: int = 100) -> list[str]:
    """
    Contacts whose every case was closed by an instant and who have been silent since, in order of id.

    Erased ones, those who never reported, those whose report hangs on a case that is open, and those who asked for
    something about their data that is not answered yet (VN-4) are not among them.
    """
    kept = (
        select(report.c.id)
        .join(case, case.c.id == report.c.case_id)
        .where(report.c.contact_id == contact.c.id, case.c.closed_at.is_(None) | (case.c.closed_at > before))
    )
    talking = select(conversation.c.id).where(
        conversation.c.contact_id == contact.c.id, conversation.c.last_message_at > before
    )
    asking = select(data_request.c.id).where(
        data_request.c.contact_id == contact.c.id, data_request.c.ended_at.is_(None)
    )
    query = select(contact.c.id).where(
        contact.c.id > after,
        contact.c.erased_at.is_(None),
        contact.c.created_at <= before,
        exists(select(report.c.id).where(report.c.contact_id == contact.c.id)),
        ~exists(kept),
        ~exists(talking),
        ~exists(asking),
    )
    return list(connection.scalars(query.order_by(contact.c.id).limit(most)))


def note(connection: Connection, contact_id: str, *, now: datetime) -> Sequence[str]:
    """Write down, beside each of their cases, that a person's identifiers go now; returns the cases."""
    cases = [one.case_id for one in holdings(connection, contact_id).cases]
    rows = [{"at": now, "user_id": SYSTEM, "what": PSEUDONYMISED, "ref": case_id} for case_id in cases]
    if rows:
        connection.execute(insert(access_log), rows)
    return cases
