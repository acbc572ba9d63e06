"""Devices that ring when there is news: of a citizen's conversation, for an official, of a case that is followed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from core.storage.tables import push_device

MOST = 10
"""Devices of one person; the oldest makes room."""


@dataclass(frozen=True)
class DeviceRow:
    """One device, sealed under `subject_id`. `owner`: the conversation, user or case whose news it rings for."""

    id: str
    owner: str
    subject_id: str
    service: str
    endpoint_blind: str
    device_sealed: bytes
    added_at: datetime


def add(connection: Connection, row: DeviceRow, *, most: int = MOST) -> None:
    """Keep a device; the same one again takes the place of what stood there. `most` of an owner are kept."""
    remove(connection, row.owner, endpoint_blind=row.endpoint_blind)
    for known in of(connection, row.owner)[: -most + 1]:
        end(connection, known.id)
    connection.execute(insert(push_device).values(row.__dict__))


def of(connection: Connection, owner: str) -> list[DeviceRow]:
    """Devices of one owner, the oldest first."""
    mine = select(push_device).where(push_device.c.owner == owner)
    rows = connection.execute(mine.order_by(push_device.c.added_at, push_device.c.id))
    return [DeviceRow(**row._mapping) for row in rows]


def rings(connection: Connection, owner: str) -> bool:
    """Whether any device rings for this owner."""
    return bool(connection.scalar(select(exists().where(push_device.c.owner == owner))))


def remove(connection: Connection, owner: str, *, endpoint_blind: str) -> bool:
    """This owner's device rings no more; False where there was none."""
    ours = (push_device.c.owner == owner, push_device.c.endpoint_blind == endpoint_blind)
    return connection.execute(delete(push_device).where(*ours)).rowcount == 1


def end(connection: Connection, device_id: str) -> None:
    """The device is gone: its service says so."""
    connection.execute(delete(push_device).where(push_device.c.id == device_id))


def forget(connection: Connection, subject_id: str) -> None:
    """Every device of somebody who is erased."""
    connection.execute(delete(push_device).where(push_device.c.subject_id == subject_id))
