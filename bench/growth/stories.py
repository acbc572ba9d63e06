"""Everything the product stored of one lived case, row by row, with its seals opened: what copies are made from."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Table, select

from bench.growth.lives import Life
from core.service.safe import Safe
from core.storage.backup.archive import plain_table
from core.storage.database import Database
from core.storage.inbox import unpack_delivery
from core.storage.subjects import first_subject
from core.storage.tables import metadata
from core.storage.types import from_microseconds

Row = dict[str, Any]

# Table and sealed column, with what its place is called (`contact:<id>`).
SEALED: Mapping[tuple[str, str], str] = {
    ("contact", "profile_sealed"): "contact",
    ("conversation", "correspondent_sealed"): "conversation",
    ("conversation", "dialogue_sealed"): "conversation",
    ("message", "content_sealed"): "message",
    ("report", "content_sealed"): "report",
    ("outbox", "payload_sealed"): "outbox",
}

# Parents before children.
TABLES: tuple[str, ...] = (
    "contact",
    "identity",
    "conversation",
    "message",
    "timer",
    "report",
    "case",
    "case_event",
    "case_milestone",
    "case_task",
    "case_clock",
    "outbox",
    "vault",
    "publication",
    "inbox_item",
    "inbox_raw",
)
# What figures are counted from, and no more; words and people of such cases have been erased.
COUNTED = ("case", "case_event", "case_milestone", "case_clock")


@dataclass(frozen=True)
class Opened:
    """What stood sealed in a column."""

    text: str


@dataclass(frozen=True)
class Story:
    """
    One life with its rows; sealed columns hold `Opened`, instants are microseconds.

    Args:
        received: when it began. `last`: when the last thing happened.
        next: the first instant at which something is going to happen by itself; None: nothing.
    """

    life: Life
    contact_id: str
    subject: str
    rows: Mapping[str, Sequence[Row]]
    received: int
    last: int
    next: int | None


async def tell(database: Database, safe: Safe, lives: Sequence[Life]) -> list[Story]:
    """Read every life back."""
    return [await _tell(database, safe, life) for life in lives]


async def _tell(database: Database, safe: Safe, life: Life) -> Story:
    rows = await database.read(partial(_rows, life=life))
    contact = str(rows["contact"][0]["id"])
    subject = first_subject(life.case_id)
    opened = await asyncio.to_thread(_open_all, rows, safe, contact)
    waits = [row["fire_at"] for row in rows["case_clock"]] + [row["due_at"] for row in rows["timer"]]
    happened = [row["at"] for row in rows["case_event"]] + [row["sent_at"] for row in rows["outbox"]]
    return Story(
        life,
        contact,
        subject,
        opened,
        received=int(rows["case"][0]["received_at"]),
        last=max(filter(None, happened)),
        next=min(waits, default=None),
    )


def _rows(connection: Connection, *, life: Life) -> dict[str, list[Row]]:
    def read(table: str, column: str, values: Collection[Any], order: str = "") -> list[Row]:
        known: Table = plain_table(metadata.tables[table])
        query = select(known).where(known.c[column].in_(values))
        return [dict(row._mapping) for row in connection.execute(query.order_by(known.c[order or column]))]

    report = read("report", "case_id", [life.case_id])
    contact, talk = [row["contact_id"] for row in report], [row["conversation_id"] for row in report]
    items = read("inbox_item", "subject_id", contact, "id")
    found = {
        "contact": read("contact", "id", contact),
        "identity": read("identity", "contact_id", contact, "id"),
        "conversation": read("conversation", "id", talk),
        "message": read("message", "conversation_id", talk, "seq"),
        "timer": read("timer", "conversation_id", talk),
        "report": report,
        "case": read("case", "id", [life.case_id]),
        "outbox": read("outbox", "conversation_id", talk, "seq"),
        "vault": read("vault", "subject_id", [first_subject(life.case_id)]),
        "inbox_item": items,
        "inbox_raw": read("inbox_raw", "id", [row["raw_id"] for row in items]),
    }
    ordered = {"case_event": "version", "case_milestone": "version", "case_task": "key", "case_clock": "clock_id"}
    for table, order in ordered.items():
        found[table] = read(table, "case_id", [life.case_id], order)
    return found | {"publication": read("publication", "case_id", [life.case_id])}


def _open_all(rows: Mapping[str, list[Row]], safe: Safe, contact: str) -> dict[str, list[Row]]:
    return {table: [_opened(table, row, safe, contact) for row in found] for table, found in rows.items()}


def _opened(table: str, row: Row, safe: Safe, contact: str) -> Row:
    made = dict(row)
    for (where, column), place in SEALED.items():
        if where == table and row[column] is not None:
            data = safe.vault.open_blob(row[column], subject_id=contact, place=f"{place}:{row['id']}")
            made[column] = Opened(data.decode())
    if table == "vault":
        text = safe.vault.open(row["sealed"], vault_id=row["id"], subject_id=row["subject_id"])
        made["sealed"] = Opened(text)
    if table == "inbox_raw":
        packed = safe.zone.open(row["wrapped_key"], row["body_sealed"], binding=row["id"])
        at = from_microseconds(row["received_at"])
        delivery = unpack_delivery(packed, channel=row["channel"], account=row["account"], received_at=at)
        made["body_sealed"] = Opened(delivery.body.decode())
    return made
