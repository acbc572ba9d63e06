"""Several database servers, of which one takes writes: found wherever it is, whatever the others do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from core.storage.hosts import Hosts, _parse
from core.storage.postgres import PostgresDatabase
from tests.support.servers import PostgresServer, free_port


@pytest_asyncio.fixture
async def silent() -> AsyncIterator[int]:
    """The port of a server that takes connections and says nothing, as one does whose machine lost its power."""
    server = await asyncio.start_server(lambda _reader, _writer: asyncio.Event().wait(), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1]
    server.close()


def test_places_are_read_as_libpq_writes_them() -> None:
    """With and without ports, IPv6 too; one place is left to the driver."""
    url, places = _parse("postgresql://a:p%40@db1.example.vn:6432,[::1],db2/c?target_session_attrs=any&ssl=off", "")

    assert places == [("db1.example.vn", 6432), ("::1", 5432), ("db2", 5432)]
    assert (url.username, url.password, url.database, dict(url.query)) == ("a", "p@", "c", {"ssl": "off"})
    assert _parse("postgresql:///c?host=/run/postgresql", "") == (
        _parse("postgresql+asyncpg:///c?host=/run/postgresql", "")[0],
        [],
    )
    assert _parse("postgresql://a@db1,db2/c", "secret")[0].password == "secret"


@pytest.mark.timeout(60)
async def test_whoever_takes_writes_is_found_and_kept(postgres_server: PostgresServer, silent: int) -> None:
    """Behind one that is silent and one that is down; asked first from then on."""
    alive = postgres_server.port
    url = f"postgresql://langnghe@127.0.0.1:{silent},127.0.0.1:{free_port()},127.0.0.1:{alive}/postgres"
    hosts = Hosts(url, password="", options={"ssl": False})

    connection = await hosts.connect()
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()
    assert hosts._places[0] == ("127.0.0.1", alive)
    database = PostgresDatabase(url)
    assert await database.read(lambda one: one.exec_driver_sql("SELECT 2").scalar()) == 2
    await database.close()


async def test_one_that_takes_no_writes_is_passed_over(postgres_server: PostgresServer) -> None:
    """A database that is read-only stands for a standby."""
    postgres_server.create_database("read_only")
    postgres_server.execute("ALTER DATABASE read_only SET default_transaction_read_only = on")
    place = f"127.0.0.1:{postgres_server.port}"

    with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
        await Hosts(f"postgresql://langnghe@{place},{place}/read_only", password="", options={}).connect()


async def test_nobody_there_is_an_error_of_the_network() -> None:
    """As with one place: whoever accepts turns to its journal."""
    url = f"postgresql://langnghe@127.0.0.1:{free_port()},127.0.0.1:{free_port()}/postgres"

    with pytest.raises(OSError, match=r"refused|Connect"):
        await Hosts(url, password="", options={}).connect()
