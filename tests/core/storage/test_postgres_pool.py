"""Connections that the server has ended are not used again, whether that was heard or has to be asked."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, text

from core.storage import postgres
from core.storage.database import Database
from tests.support.waiting import until

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

_END_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"


async def used_at_once(database: Database, count: int) -> list[Any]:
    """The driver's connections after so many questions side by side."""

    def ask(connection: Connection) -> Any:
        connection.execute(text("SELECT pg_sleep(0.05)"))
        return connection.connection.driver_connection

    return await asyncio.gather(*(database.read(ask) for _ in range(count)))


@pytest.mark.parametrize("rest", [0.0, 3600.0])
async def test_what_the_server_has_ended_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch, rest: float
) -> None:
    """At once where each is asked first; else as soon as it has said so itself. Nobody sees an error."""
    monkeypatch.setattr(postgres, "_REST_SECONDS", rest)
    used = await used_at_once(database, 3)
    await database.write(lambda connection: connection.execute(text(f"{_END_OTHERS} AND pid <> pg_backend_pid()")))
    if rest:
        await until(lambda: sum(one.is_closed() for one in used) == 2, "hearing of the end")

    anew = await used_at_once(database, 3)

    assert len(set(map(id, anew))) == 3
    assert not any(one.is_closed() for one in anew)
