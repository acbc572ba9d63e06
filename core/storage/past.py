"""Cases of the past, in order of receipt, with the event that each of them began with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, select, tuple_, type_coerce

from core.storage.tables import case, case_event
from core.storage.types import to_microseconds


@dataclass(frozen=True)
class PastCase:
    """`case`: the fold of its events. `received`: the stored bytes of the first."""

    case_id: str
    received_at: datetime
    case: Any
    received: bytes


def received(
    connection: Connection, *, since: datetime, until: datetime, after: tuple[datetime, str] | None, most: int
) -> list[PastCase]:
    """Cases received in [since, until); `after`: (received_at, id) of the last one of the batch before."""
    query = (
        select(case.c.id, case.c.received_at, case.c.state, case_event.c.body)
        .join(case_event, (case_event.c.case_id == case.c.id) & (case_event.c.version == 1))
        .where(case.c.received_at >= since, case.c.received_at < until)
        .order_by(case.c.received_at, case.c.id)
        .limit(most)
    )
    if after is not None:
        place = tuple_(type_coerce(case.c.received_at, BigInteger), case.c.id)
        query = query.where(place > (to_microseconds(after[0]), after[1]))
    return [PastCase(*row) for row in connection.execute(query)]
