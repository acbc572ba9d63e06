"""The ledger of consents: what was shown to whom, in which version, when, and since when it counts no more (VN-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select, update

from core.contract.schema import Consent
from core.storage.database import insert_or_ignore
from core.storage.tables import consent, consent_wording
from core.storage.together import rows_into

CONSENTS = rows_into(consent, repeated=True)
WORDINGS = rows_into(consent_wording, repeated=True)


@dataclass(frozen=True)
class ConsentRow:
    """One consent: given with a report (or as a reader of notices), for these fields, to the wording of this hash."""

    report_id: str
    contact_id: str
    wording: str
    covers: Sequence[str]
    channel: str
    given_at: datetime
    withdrawn_at: datetime | None = None
    request_id: str | None = None


@dataclass(frozen=True)
class Wording:
    """One version of what is agreed to: `given` to it, and of those `withdrawn`."""

    sha256: str
    text: str
    since: datetime
    given: int
    withdrawn: int


def rows_of(given: Consent, *, report_id: str, contact_id: str) -> tuple[dict[str, object], dict[str, object]]:
    """The rows to store of a consent: (its wording, itself)."""
    row = ConsentRow(report_id, contact_id, given.sha256, list(given.covers), given.channel, given.at)
    return {"sha256": given.sha256, "text": given.wording, "since": given.at}, dict(row.__dict__)


def note(connection: Connection, given: Consent, *, report_id: str, contact_id: str) -> None:
    """Into the ledger, unless it stands there already."""
    wording, row = rows_of(given, report_id=report_id, contact_id=contact_id)
    connection.execute(insert_or_ignore(connection, consent_wording).values(wording))
    connection.execute(insert_or_ignore(connection, consent).values(row))


def of_contact(connection: Connection, contact_id: str) -> list[ConsentRow]:
    """What one person agreed to, in the order in which they did."""
    columns = (consent.c[name] for name in ConsentRow.__dataclass_fields__)
    query = select(*columns).where(consent.c.contact_id == contact_id).order_by(consent.c.given_at)
    return [ConsentRow(*row) for row in connection.execute(query)]


def withdraw(connection: Connection, contact_id: str, *, request_id: str, now: datetime) -> int:
    """Nothing this person agreed to counts from now on; returns how many consents that were."""
    theirs = update(consent).where(consent.c.contact_id == contact_id, consent.c.withdrawn_at.is_(None))
    return connection.execute(theirs.values(withdrawn_at=now, request_id=request_id)).rowcount


def end(connection: Connection, given_with: str, *, now: datetime) -> None:
    """What was agreed to with this ended by itself."""
    standing = update(consent).where(consent.c.report_id == given_with, consent.c.withdrawn_at.is_(None))
    connection.execute(standing.values(withdrawn_at=now))


def wordings(connection: Connection) -> list[Wording]:
    """Every version that was shown, the newest first, with how many agreed to it."""
    counts = (
        select(consent.c.wording, func.count().label("given"), func.count(consent.c.withdrawn_at).label("withdrawn"))
        .group_by(consent.c.wording)
        .subquery()
    )
    query = (
        select(
            consent_wording.c.sha256,
            consent_wording.c.text,
            consent_wording.c.since,
            func.coalesce(counts.c.given, 0),
            func.coalesce(counts.c.withdrawn, 0),
        )
        .join(counts, counts.c.wording == consent_wording.c.sha256, isouter=True)
        .order_by(consent_wording.c.since.desc())
    )
    return [Wording(*row) for row in connection.execute(query)]
