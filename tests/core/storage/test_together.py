"""Rows of many in one go: as they were given, in their order, each sort of columns by itself, all or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen
from sqlalchemy.exc import DBAPIError

from core.storage import contacts, outbox
from core.storage.cases import CASES
from core.storage.database import Connection, Database
from core.storage.sqlite import SqliteDatabase
from core.storage.tables import case, contact, metadata
from core.storage.tables import outbox as outbox_table
from core.storage.together import store_together
from tests.support.databases import on_both_engines, put

NOW = datetime(2026, 11, 23, 1, 2, 3, 456789, tzinfo=UTC)


def a_case(name: str, **changes: Any) -> dict[str, Any]:
    """A case with something in every sort of column, and nothing where nothing may be."""
    row = {
        "id": name,
        "code": name,
        "regulation": "r@1",
        "version": 2**31 - 1,
        "head": bytes(range(256)),
        "stage": "đã nhận “x”",
        "open": True,
        "urgency": "normal",
        "category": "",
        "received_at": NOW,
        "closed_at": None,
        "published_at": NOW + timedelta(microseconds=1),
        "next_due_at": None,
        "state": {"đường": [1, None, "Lê Lợi"]},
        "search_text": "den duong, {\"khong\"} \\ 'hong'",
        "agencies": "[]",
        "latitude": 16467,
        "longitude": -1,
        "commune_code": None,
    }
    return row | changes


def entry(name: str, **changes: Any) -> dict[str, Any]:
    required = {"dedupe_key": name, "conversation_id": "c", "channel": "x", "subject_id": "s", "payload_sealed": b""}
    return {"id": name, **required, "next_at": NOW, "created_at": NOW} | changes


@on_both_engines
async def test_rows_come_back_as_they_were_given(database: Database) -> None:
    rows = [a_case("1"), a_case("2", open=False, closed_at=NOW)]
    await put(database, CASES, *rows)

    stored = await database.read(lambda connection: connection.execute(select(case).order_by(case.c.id)).all())

    assert [dict(row._mapping) for row in stored] == rows


@on_both_engines
async def test_rows_keep_their_order_and_defaults_fill_what_they_do_not_name(database: Database) -> None:
    """The outbox is sent in the order of writing."""
    names = [f"{number:02}" for number in range(40, 0, -1)]
    await put(database, outbox.ENTRIES, *(entry(name) for name in names), entry("last", forget=True))

    query = select(outbox_table.c.id, outbox_table.c.forget, outbox_table.c.state).order_by(outbox_table.c.seq)
    stored = await database.read(lambda connection: connection.execute(query).all())

    assert [tuple(row) for row in stored] == [(name, False, "pending") for name in names] + [("last", True, "pending")]


@pytest.mark.parametrize(
    ("count", "sizes"),
    [(1, [1]), (15, [15]), (16, [16]), (63, [32, 16, 15]), (64, [64]), (65, [64, 1]), (200, [64, 64, 64, 8])],
)
async def test_any_number_of_rows_goes_in_by_few_statements(tmp_path: Path, count: int, sizes: list[int]) -> None:
    """In their order: sixty-four a statement, what is left over by halves, up to sixteen as many as there are."""
    database = SqliteDatabase(tmp_path / "many.sqlite3")
    try:
        await database.write(lambda connection: metadata.create_all(connection, [case]))
        statements: list[str] = []
        rows = [(CASES, a_case(f"{number:03}")) for number in range(count)]

        def store(connection: Connection) -> None:
            listen(connection.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
            store_together(connection, rows)

        await database.write(store)
        stored = await database.read(lambda connection: connection.scalars(select(case.c.id).order_by(case.c.id)).all())
    finally:
        await database.close()
    assert stored == [row["id"] for _, row in rows]
    assert [text.count("(?,") for text in statements if text.startswith("INSERT")] == sizes


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_rows_of_all_tables_go_in_by_one_statement(database: Database) -> None:
    """However many they are; rows of one table that name other columns need another, in their order."""
    entries = [(CASES, a_case("1")), *((outbox.ENTRIES, entry(name)) for name in "ab"), (CASES, a_case("2"))]
    statements: list[str] = []

    def store(connection: Connection) -> None:
        listen(connection.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        store_together(connection, [*entries, (outbox.ENTRIES, entry("c", forget=True))])

    await database.write(store)

    def stored(connection: Connection) -> tuple[Any, ...]:
        sent = select(outbox_table.c.id).order_by(outbox_table.c.seq)
        return connection.scalars(select(case.c.id).order_by(case.c.id)).all(), connection.scalars(sent).all()

    assert await database.read(stored) == (["1", "2"], ["a", "b", "c"])
    assert [text.count("INSERT") for text in statements if "INSERT" in text] == [2, 1]


@on_both_engines
async def test_a_row_that_is_there_already_is_left_alone_or_stops_everything(database: Database) -> None:
    await put(database, contacts.CONTACTS, contacts.contact_row("an", now=NOW))
    later = contacts.contact_row("an", now=NOW + timedelta(days=1))
    await put(database, contacts.CONTACTS, later, contacts.contact_row("binh", now=NOW))
    await put(database, CASES, a_case("1"))

    entries = [(outbox.ENTRIES, entry("1")), (CASES, a_case("2")), (CASES, a_case("1"))]
    with pytest.raises(DBAPIError):
        await database.write(partial(store_together, entries=entries))

    def stored(connection: Connection) -> tuple[Any, ...]:
        tables = (contact.c.created_at, case.c.id, outbox_table.c.id)
        return tuple(connection.scalars(select(column)).all() for column in tables)

    assert await database.read(stored) == ([NOW, NOW], ["1"], [])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_what_is_too_long_is_refused_and_not_cut(database: Database) -> None:
    with pytest.raises(DBAPIError, match="too long"):
        await put(database, CASES, a_case("1", urgency="x" * 100))
