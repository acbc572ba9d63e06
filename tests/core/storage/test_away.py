"""A database that is away is told from one that was asked for something wrong."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from core.storage.away import is_away
from core.storage.postgres import PostgresDatabase
from gateway.pages.failures import failure_of
from tests.support.servers import PostgresServer


async def failure(database: PostgresDatabase, statement: str) -> Exception:
    """What a reader gets to see."""
    with pytest.raises(Exception) as caught:  # noqa: PT011 - which one is what the test is about
        await database.read(lambda connection: connection.execute(text(statement)))
    assert isinstance(caught.value, Exception)
    return caught.value


async def test_a_killed_server_is_away_and_a_wrong_question_is_not() -> None:
    """A page says that it may be asked again soon (503), and not that it is broken (500)."""
    with PostgresServer.start() as server:
        database = PostgresDatabase(server.create_database("away").replace("+asyncpg", ""))
        wrong = await failure(database, "SELECT nothing FROM nowhere")
        server.kill()
        cut = await failure(database, "SELECT 1")
        refused = await failure(database, "SELECT 1")
        await database.close()

    assert [is_away(one) for one in (wrong, cut, refused)] == [False, True, True]
    told = failure_of(refused, max_body_mb=1)
    assert (told.status, told.code, told.headers) == (503, "unavailable", {"Retry-After": "10"})
    assert failure_of(wrong, max_body_mb=1).status == 500
