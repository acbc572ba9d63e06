"""Harm done to a store, which an audit must name."""

from __future__ import annotations

from functools import partial

from sqlalchemy import delete, select, update

from core.storage import tables
from core.storage.database import Connection
from tests.drill.operator import Operator
from tests.drill.stores import opened


async def harm(operator: Operator) -> dict[str, str]:
    """One byte, one event, one case; returns what each was done to."""
    async with opened(operator) as deployment:
        found = await deployment.database.read(_with_two_events)
        byte, event, case = found[len(found) // 4], found[len(found) // 2], found[-1]
        await deployment.database.write(partial(_alter_byte, case_id=byte))
        await deployment.database.write(partial(_delete_event, case_id=event))
        await deployment.database.write(partial(_delete_case, case_id=case))
    return {"byte": byte, "event": event, "case": case}


def _with_two_events(connection: Connection) -> list[str]:
    """Of a case that was only opened no second event could be harmed."""
    event = tables.case_event
    query = select(event.c.case_id).where(event.c.version == 2).order_by(event.c.case_id)
    return list(connection.scalars(query.limit(5000)))


def _alter_byte(connection: Connection, case_id: str) -> None:
    event = tables.case_event
    second = (event.c.case_id == case_id) & (event.c.version == 2)
    body = bytearray(connection.scalars(select(event.c.body).where(second)).one())
    body[len(body) // 2] ^= 1
    connection.execute(update(event).where(second).values(body=bytes(body)))


def _delete_event(connection: Connection, case_id: str) -> None:
    event = tables.case_event
    connection.execute(delete(event).where(event.c.case_id == case_id, event.c.version == 2))


def _delete_case(connection: Connection, case_id: str) -> None:
    for table in (tables.case_event, tables.case_task, tables.case_clock):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(tables.case).where(tables.case.c.id == case_id))
