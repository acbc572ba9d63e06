"""Many rows changed in one go: each as it was told, nothing else, in few statements where each has to wait."""

from __future__ import annotations

from functools import partial

import pytest
from sqlalchemy import insert, select
from sqlalchemy.event import listen

from core.storage import contacts
from core.storage.changing import Changes
from core.storage.database import Connection, Database
from core.storage.tables import contact, setting
from tests.core.storage.test_together import NOW
from tests.support.databases import on_both_engines, put

MANY = 100
PROFILES = Changes(contact, by="id", to=("profile_sealed", "erased_at"))
SETTINGS = Changes(setting, by="key", to=("value",))


async def profiles(database: Database) -> dict[str, tuple[bytes | None, object]]:
    rows = await database.read(lambda one: one.execute(select(contact)).mappings().all())
    return {row["id"]: (row["profile_sealed"], row["erased_at"]) for row in rows}


@on_both_engines
async def test_each_gets_its_own_and_others_are_left_alone(database: Database) -> None:
    """More than go into one statement; values of every sort, nothing among them; one that is not there."""
    names = [f"p{number:03}" for number in range(MANY + 1)]
    await put(database, contacts.CONTACTS, *(contacts.contact_row(name, now=NOW) for name in names))
    wanted = {
        name: (bytes([number, 0, 255]) if number % 2 else None, NOW if number % 3 else None)
        for number, name in enumerate(names[:MANY])
    }
    rows = [{"id": name, "profile_sealed": sealed, "erased_at": at} for name, (sealed, at) in wanted.items()]

    await database.write(partial(PROFILES.store, rows=[*rows, rows[0] | {"id": "nobody"}]))
    await database.write(partial(PROFILES.store, rows=[]))

    assert await profiles(database) == wanted | {names[MANY]: (None, None)}


@on_both_engines
async def test_what_they_have_in_common_is_changed_beside_it(database: Database) -> None:
    """As SQL, which may look at what stood there."""
    both = Changes(contact, by="id", to=("erased_at",), also="profile_sealed = NULL")
    await put(database, contacts.CONTACTS, contacts.contact_row("p", now=NOW, profile_sealed=b"x"))

    await database.write(partial(both.store, rows=[{"id": "p", "erased_at": NOW}]))

    assert await profiles(database) == {"p": (None, NOW)}


@on_both_engines
async def test_values_are_stored_as_their_column_stores_them(database: Database) -> None:
    """What reads them is the column's own type."""
    await database.write(lambda one: one.execute(insert(setting).values(key="k", value=1)))

    await database.write(partial(SETTINGS.store, rows=[{"key": "k", "value": {"ộ": [1, None]}}]))

    assert await database.read(lambda one: one.scalar(select(setting.c.value))) == {"ộ": [1, None]}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_many_rows_are_few_statements_on_the_embedded_database(database: Database) -> None:
    """A hundred are 64, 32 and 4."""
    statements: list[str] = []

    def change(connection: Connection) -> None:
        listen(connection.engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
        rows = [{"id": str(one), "profile_sealed": None, "erased_at": None} for one in range(MANY)]
        PROFILES.store(connection, rows)

    await database.write(change)
    assert [text.count("(?, ?, ?)") for text in statements if text.startswith("UPDATE")] == [64, 32, 4]
