"""
What a start may find: damage, another version, no space, no permission, another process.

Each refusal is one sentence that says what happened and what to do, exit code 1, and not one byte changed; what a
crash leaves is no reason to refuse.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from core.contract.ports import ItemKey, RawDelivery
from core.contract.schema import new_id
from core.privacy.master import create_master_key_file
from core.storage import inbox
from core.storage.inbox_queue import inbox_state
from gateway.cli import main
from gateway.deployment import open_deployment
from gateway.settings import Settings
from tests.faults.forked import start
from tests.support.databases import TEMPLATE
from tests.support.deployments import settings_for
from tests.support.fsync_shim import Shim
from tests.support.servers import PostgresServer, free_port

PATIENCE = 60


@dataclass
class Installation:
    """A data folder that has been in use, and how `langnghe serve` is called on it."""

    folder: Path

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "var"

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.data / "langnghe.sqlite3"

    async def serve(self, *, as_mere_owner: bool = False, **more: str) -> tuple[int | None, str]:
        """Exit code and what was said, of `langnghe serve` as a production deployment, which is refused."""
        said = self.folder / f"said-{new_id()}"
        environment = {
            "LANGNGHE_MODE": "production",
            "LANGNGHE_DATA": str(self.data),
            "LANGNGHE_MASTER_KEY_FILE": str(self.folder / "master.key"),
            "LANGNGHE_HTTP_PORT": str(free_port()),
            "LANGNGHE_SMTP_PORT": str(free_port()),
            "LANGNGHE_LMTP_PORT": str(free_port()),
            **more,
        }
        process = start(serve, [], environment=environment, output=said, as_mere_owner=as_mere_owner)
        await asyncio.to_thread(process.join, PATIENCE)
        process.kill()
        return process.exitcode, said.read_text()

    def bytes(self) -> dict[str, bytes]:
        """Everything in the data folder; locks and the shared memory of readers hold no data."""
        kept = [
            path for path in self.data.rglob("*") if path.is_file() and path.suffix not in (".lock", ".sqlite3-shm")
        ]
        return {str(path.relative_to(self.data)): path.read_bytes() for path in kept}

    @property
    def settings(self) -> Settings:
        """The same deployment, for the test to open."""
        return settings_for(self.data, master_key=f"file:{self.folder / 'master.key'}")


def serve() -> int:
    """The command line."""
    return main(["serve"])


async def use(installation: Installation, count: int = 3) -> None:
    """Accept some deliveries, of which nobody can make anything, and stop in good order."""
    async with open_deployment(installation.settings) as deployment:
        for number in range(count):
            await deployment.inbox.accept(RawDelivery("none", "", b"body"), [ItemKey(f"{number}", "k")])


async def waiting(installation: Installation) -> int:
    """How many deliveries it holds."""
    async with open_deployment(installation.settings) as deployment:
        await deployment.inbox.ship()
        return (await deployment.database.read(inbox_state)).waiting


@pytest.fixture
async def used(tmp_path: Path) -> Installation:
    """Three deliveries in it, stopped in good order."""
    create_master_key_file(tmp_path / "master.key")
    installation = Installation(tmp_path)
    await use(installation)
    return installation


@pytest.fixture
def shim() -> Iterator[Shim]:
    """To fill a disk."""
    with Shim.create() as made:
        yield made


def newer(installation: Installation) -> None:
    """As if a later release had been here."""
    with closing(sqlite3.connect(installation.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999_from_the_future'")
        connection.commit()


def damaged(installation: Installation) -> None:
    """The first page is lost."""
    with installation.database.open("r+b") as file:
        file.write(b"\xff" * 4096)


def in_the_way(installation: Installation) -> None:
    """A file where the journal's folder belongs."""
    (installation.data / "journal").rmdir()
    (installation.data / "journal").write_text("a note")


REFUSED: dict[str, tuple[Callable[[Installation], None], str]] = {
    "a newer version's database": (newer, "a newer version of this program made"),
    "a damaged database": (damaged, "nothing was changed: restore the newest backup"),
    "a file where a folder belongs": (in_the_way, "is not writable"),
}


@pytest.mark.parametrize("found", REFUSED)
async def test_a_start_on_what_is_wrong_is_refused_and_changes_nothing(used: Installation, found: str) -> None:
    """One line, exit code 1, and every byte as it was."""
    spoil, sentence = REFUSED[found]
    spoil(used)
    before = used.bytes()

    code, said = await used.serve()

    refusal(code, said, sentence)
    assert used.bytes() == before


async def test_a_full_disk_at_start(used: Installation, shim: Shim) -> None:
    """No space for the smallest file."""
    before = used.bytes()
    shim.fill(below=used.data)

    refusal(*await used.serve(**shim.environment()), "No space left on device")
    assert used.bytes() == before


async def test_a_disk_that_is_full_for_the_database_alone(used: Installation, shim: Shim) -> None:
    """The database lies on a volume of its own; a fresh one cannot be made there."""
    for path in used.data.glob("langnghe.sqlite3*"):
        path.unlink()
    shim.fill(below=used.database)

    refusal(*await used.serve(**shim.environment()), "is full; free some space")


async def test_a_read_only_data_folder(used: Installation) -> None:
    """Mounted so, or owned by somebody else."""
    before = used.bytes()
    for path in [used.data, *used.data.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        code, said = await used.serve(as_mere_owner=True)
    finally:
        for path in [used.data, *used.data.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)

    refusal(code, said, "writ")
    assert used.bytes() == before


async def test_a_second_process_is_refused_and_the_first_goes_on(used: Installation) -> None:
    """SQLite serves one process; the second says so and touches nothing."""
    async with open_deployment(used.settings) as first:
        code, said = await used.serve()

        refusal(code, said, "another process holds")
        await first.inbox.accept(RawDelivery("none", "", b"body"), [ItemKey("later", "k")])
        assert first.inbox.counters.stored == 1
    assert await waiting(used) == 4


async def test_a_database_server_that_is_away_or_refuses(used: Installation, migrated_postgres: PostgresServer) -> None:
    """The address is wrong, nobody listens there, or the database has no such name."""
    nobody = f"postgresql://langnghe@127.0.0.1:{free_port()}/langnghe"
    nameless = migrated_postgres.url(f"no_{new_id()}").replace("+asyncpg", "")

    refusal(*await used.serve(LANGNGHE_DATABASE_URL=nobody), "does not answer")
    refusal(*await used.serve(LANGNGHE_DATABASE_URL=nameless), "refuses us")


async def test_a_newer_schema_on_postgresql(used: Installation, migrated_postgres: PostgresServer) -> None:
    """The same sentence, and no downgrade."""
    name = f"newer_{new_id()}"
    url = migrated_postgres.create_database(name, template=TEMPLATE).replace("+asyncpg", "")
    migrated_postgres.execute("UPDATE alembic_version SET version_num = '9999'", name)

    refusal(*await used.serve(LANGNGHE_DATABASE_URL=url), "a newer version")
    assert migrated_postgres.execute("SELECT version_num FROM alembic_version", name)[0][0] == "9999"


def refusal(code: int | None, said: str, sentence: str) -> None:
    """One clear line for a person, nothing else."""
    assert sentence in said
    assert said.startswith("langnghe: ")
    assert said.count("\n") == 1
    assert code == 1


async def test_what_a_crash_leaves_is_taken_up(used: Installation, tmp_path: Path) -> None:
    """A log beside the database with a torn end, a torn frame and zeros in the journal, half a picture: it starts."""
    crashed = Installation(tmp_path / "crashed")
    crashed.folder.mkdir()
    shutil.copy(used.folder / "master.key", crashed.folder / "master.key")
    async with open_deployment(used.settings) as deployment:
        for number in range(5):
            await deployment.inbox.accept(RawDelivery("none", "", b"body"), [ItemKey(f"wal {number}", "k")])
        deployment.inbox._note_away(TimeoutError())
        for number in range(5):
            await deployment.inbox.accept(RawDelivery("none", "", b"body"), [ItemKey(f"journal {number}", "k")])
        shutil.copytree(used.data, crashed.data, ignore=shutil.ignore_patterns("*-shm", "*.sock"))  # as a crash would
    with (crashed.data / "langnghe.sqlite3-wal").open("ab") as file:
        file.write(os.urandom(1000))
    (segment,) = (crashed.data / "journal").glob("*.journal")
    with segment.open("ab") as file:
        file.write(b"\0\0\1\0half a frame")
    half = crashed.data / "media" / "ab" / "cd" / ("abcd" + "0" * 28) / f".{new_id()}.part"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"LNM1 half a picture")

    assert await waiting(crashed) == 3 + 5 + 5
    async with open_deployment(crashed.settings) as deployment:
        assert await deployment.media.subjects_last_touched() == {}


async def test_damage_in_the_middle_of_the_journal_at_start(
    used: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything around it is shipped, its bytes are kept, and the operator is told how much of it there is."""
    monkeypatch.setattr(inbox, "_JOURNAL_SECONDS", 60.0)  # however busy this machine is, the journal takes all three
    async with open_deployment(used.settings) as deployment:
        deployment.inbox._note_away(TimeoutError())
        for number in range(3):
            await deployment.inbox.accept(RawDelivery("none", "", b"body"), [ItemKey(f"journal {number}", "k")])
    (segment,) = (used.data / "journal").glob("*.journal")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 0xFF
    segment.write_bytes(data)

    assert await waiting(used) == 3 + 2
    async with open_deployment(used.settings) as deployment:
        assert (deployment.journal.damaged, deployment.journal.empty) == (1, True)
    (kept,) = (used.data / "journal" / "damaged").iterdir()
    assert kept.read_bytes() in bytes(data)
