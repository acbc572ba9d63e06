"""A backup beside running work, brought back on either engine, whole or not at all."""

from __future__ import annotations

import asyncio
import json
import shutil
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text, update

from core.cases.decide import Actor
from core.contract.errors import ConfigError
from core.contract.schema import new_id
from core.service.desk import Issued
from core.storage import backup, case_search, cases, housekeeping, tables
from core.storage.backup.archive import LEFT_OUT, Archive
from core.storage.backup.manifest import ARCHIVE, MANIFEST, MEDIA
from core.storage.case_search import Search
from core.storage.database import Connection, Database
from core.storage.migrations import upgrade
from core.storage.sqlite import SqliteDatabase
from core.storage.tables import metadata
from gateway.admin.services import auditor_of, eraser_of
from gateway.deployment import open_deployment
from gateway.restoring import restore_archive, restore_key_backup
from gateway.settings import Settings
from tests.support.databases import ENGINES, TEMPLATE, indexes_of, on_both_engines
from tests.support.deployments import MovingClock, World, settings_for
from tests.support.letters import write_mail
from tests.support.servers import PostgresServer

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
PICTURE = "so-do.txt"


async def busy(world: World) -> list[str]:
    """Two cases, one of them answered and on public view, and a file; ids in order."""
    for number, place in enumerate(("số 12 Lê Lợi, phường Vĩnh Ninh", "số 3 Hùng Vương, phường Phú Nhuận")):
        await write_mail(world, f"Đèn đường trước {place} hỏng từ hôm qua.", sender=f"dan{number}@hopthu.example.vn")
    found = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    ids = sorted(one.id for one in found)
    await publish(world, ids[0])
    await world.deployment.media.put_file("Sơ đồ chỗ hỏng.\n".encode(), subject_id=new_id(), name=PICTURE)
    return ids


async def publish(world: World, case_id: str) -> None:
    """Work one case from receipt to the public answer."""
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    officer, leader = (Actor(role, frozenset({role}), agency) for role in ("officer", "leader"))
    for actor, name, payload in (
        (CENTRE, "accept", {}),
        (CENTRE, "dispatch", {"agencies": [agency]}),
        (officer, "accept_dispatch", {}),
        (officer, "submit_result", {"result": "Đã thay bóng đèn."}),
        (leader, "approve", {}),
        (CENTRE, "publish", {"text": "Đơn vị đã thay bóng đèn."}),
    ):
        answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
        assert isinstance(answer, Issued), answer
        await world.settle()


async def make_backup(world: World, folder: Path) -> backup.Manifest:
    """The archive of a running deployment."""
    deployment = world.deployment
    return await backup.back_up(
        deployment.database,
        folder / "archive",
        vault=deployment.safe.vault,
        media=deployment.settings.data / "media",
        now=world.clock(),
    )


async def make_both(world: World, folder: Path) -> backup.Manifest:
    """The archive and, apart from it, its keys."""
    folder.mkdir(exist_ok=True)
    await backup.back_up_keys(world.deployment.keys.database, folder / "keys", now=world.clock())
    return await make_backup(world, folder)


@pytest.fixture
def target_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database to restore into, on the engine that the test asks for (SQLite unless parametrised)."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    server: PostgresServer = request.getfixturevalue("migrated_postgres")
    name = f"test_{new_id()}"
    server.create_database(name, template=TEMPLATE)
    return server.url(name)


def fresh_settings(world: World, data: Path, *, url: str = "") -> Settings:
    """An empty deployment with the same master key."""
    return settings_for(data, database_url=url, master_key=world.deployment.settings.master_key_reference)


def contents(connection: Connection) -> dict[str, list[Any]]:
    """Every row of every table that a backup promises to bring back."""
    return {
        table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
        for table in metadata.sorted_tables
        if table.name not in LEFT_OUT | {"inbox_raw", "inbox_item"}
    }


@pytest.mark.parametrize("target_url", ENGINES, indirect=True)
@on_both_engines
async def test_a_restored_deployment_is_the_same(world: World, tmp_path: Path, target_url: str) -> None:
    """Row by row, file by file, from each engine to each; chain, fold and root verify, and work goes on."""
    await busy(world)
    await auditor_of(world.deployment).make_root(auditor_of(world.deployment).yesterday())
    manifest = await make_both(world, tmp_path / "backup")
    before = await world.deployment.database.read(contents)

    settings = fresh_settings(world, tmp_path / "new", url=target_url)
    await restore_key_backup(settings, tmp_path / "backup" / "keys")
    told = await restore_archive(settings, tmp_path / "backup" / "archive")

    assert told["tables"] == manifest.tables
    assert told["erased_again"] == 0
    async with open_deployment(settings, now=world.clock) as restored:
        assert await restored.database.read(contents) == before
        report = await auditor_of(restored).verify()
        assert report.findings == []
        assert (report.cases, report.roots) == (2, 1)
        files = [path for path in (settings.data / "media").rglob("*") if path.is_file()]
        assert PICTURE in {(await restored.media.open(file.parent.name + file.name)).name for file in files}
        numbers = await restored.database.write(_take_number)
        assert numbers[1] > numbers[0]


def _take_number(connection: Connection) -> tuple[int, int]:
    """(the highest number given before, the next one): sequences go on behind what was restored."""
    log = tables.access_log
    highest = connection.scalar(select(func.max(tables.outbox.c.seq))) or 0
    connection.execute(log.insert().values(at=MovingClock().at, user_id="u", what="case", ref="r"))
    new = tables.outbox.insert().values(
        id=new_id(),
        dedupe_key=new_id(),
        conversation_id="c",
        channel="email",
        subject_id="s",
        next_at=MovingClock().at,
        created_at=MovingClock().at,
    )
    return highest, connection.execute(new.returning(tables.outbox.c.seq)).scalar_one()


@on_both_engines
async def test_a_running_writer_does_not_disturb(world: World, tmp_path: Path) -> None:
    """The backup is one moment: every number up to some point and none beyond it, whatever was written meanwhile."""
    await busy(world)
    database, stop = world.deployment.database, asyncio.Event()

    async def write_on() -> int:
        written = 0
        while not stop.is_set():
            await database.write(partial(_pair, number=written))
            written += 1
        return written

    await database.write(_many)
    writer = asyncio.create_task(write_on())
    await asyncio.sleep(0)
    manifest = await make_backup(world, tmp_path)
    stop.set()
    written = await writer

    archive = Archive(tmp_path / "archive" / ARCHIVE)
    try:
        ours = tables.setting.c.key.startswith("pair:")
        in_settings = archive.connection.scalar(select(func.count()).select_from(tables.setting).where(ours))
        in_log = archive.connection.scalar(
            select(func.count()).select_from(tables.access_log).where(tables.access_log.c.what == "pair")
        )
    finally:
        archive.close()
    assert in_settings == in_log <= written
    assert written > 0
    assert manifest.tables["access_log"] == 3000 + in_log


def _many(connection: Connection) -> None:
    rows = [{"at": MovingClock().at, "user_id": "u", "what": "case", "ref": str(n)} for n in range(3000)]
    connection.execute(tables.access_log.insert(), rows)


def _pair(connection: Connection, number: int) -> None:
    """Two rows in tables that are copied one after the other: a torn copy would hold one of them."""
    connection.execute(tables.setting.insert().values(key=f"pair:{number}", value=number))
    connection.execute(tables.access_log.insert().values(at=MovingClock().at, user_id="u", what="pair", ref="r"))


async def test_a_backup_holds_no_plain_word_no_raw_body_and_no_key(world: World, tmp_path: Path) -> None:
    """What is searched and shown is sealed in it; fresh bodies and sessions stay in the house."""
    await busy(world)

    await make_backup(world, tmp_path)

    archive = Archive(tmp_path / "archive" / ARCHIVE)
    try:
        bodies = archive.connection.execute(tables.inbox_raw.select()).all()
        left_out = [
            archive.connection.scalar(select(func.count()).select_from(metadata.tables[name])) for name in LEFT_OUT
        ]
        publications = archive.connection.scalar(select(func.count()).select_from(tables.publication))
    finally:
        archive.close()
    assert [(row.body_sealed, row.wrapped_key) for row in bodies] == [(None, None)] * len(bodies)
    assert left_out == [0] * len(LEFT_OUT)
    assert (len(bodies), publications) == (2, 1)
    held = (tmp_path / "archive" / ARCHIVE).read_bytes()
    assert b"le loi" not in held
    assert "bóng đèn".encode() not in held
    assert not list((tmp_path / "archive").rglob("*key*"))


async def test_what_was_erased_after_the_backup_does_not_come_back(world: World, tmp_path: Path) -> None:
    """An old archive and today's keys: the person is erased again on restore, their hashes with them (VN-4)."""
    ids = await busy(world)
    await make_backup(world, tmp_path)
    row = await world.deployment.database.read(partial(cases.load, case_id=ids[1]))
    await eraser_of(world.deployment).erase_reporter(row.code)
    await backup.back_up_keys(world.deployment.keys.database, tmp_path / "keys", now=world.clock())

    settings = fresh_settings(world, tmp_path / "new")
    await restore_key_backup(settings, tmp_path / "keys")
    told = await restore_archive(settings, tmp_path / "archive")

    assert told["erased_again"] == 1
    async with open_deployment(settings, now=world.clock) as restored:
        found = await restored.database.read(partial(cases.load, case_id=ids[1]))
        other = await restored.database.read(partial(cases.load, case_id=ids[0]))
        identities = await restored.database.read(lambda c: c.execute(tables.identity.select()).all())
        assert found.search_text == ""
        assert "le loi" in other.search_text or "hung vuong" in other.search_text
        assert len(identities) == 1
        assert (await auditor_of(restored).verify()).findings == []


async def test_messages_that_waited_are_counted_and_not_left_hanging(world: World, tmp_path: Path) -> None:
    """Their bodies are not in backups: the manifest says how many, and no restored item waits for ever."""
    await busy(world)
    waits = update(tables.inbox_item).where(tables.inbox_item.c.id == 1).values(state="new")
    await world.deployment.database.write(lambda connection: connection.execute(waits))

    manifest = await make_both(world, tmp_path / "backup")
    settings = fresh_settings(world, tmp_path / "new")
    await restore_key_backup(settings, tmp_path / "backup" / "keys")
    await restore_archive(settings, tmp_path / "backup" / "archive")

    assert manifest.waiting == 1
    async with open_deployment(settings) as restored:
        states = await restored.database.read(lambda c: set(c.scalars(select(tables.inbox_item.c.state))))
        assert states == {"done", "erased"}


def test_an_older_archive_has_its_indexes_when_it_is_brought_up_to_date(tmp_path: Path) -> None:
    """They are left away while it is filled, and a migration may want to change them."""
    archive = Archive.fresh(tmp_path / "archive.sqlite3")
    archive.close(keep=True)
    filled = Archive(tmp_path / "archive.sqlite3")
    try:
        before = _indexes(filled.connection)
        filled.bring_up_to_date()
        after = _indexes(filled.connection)
    finally:
        filled.close(keep=True)

    assert before == set()
    assert after == indexes_of("sqlite")


def _indexes(connection: Connection) -> set[str]:
    made = text("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    return set(connection.scalars(made))


@pytest.mark.parametrize("target_url", ENGINES, indirect=True)
async def test_a_restored_database_has_every_index_again(world: World, tmp_path: Path, target_url: str) -> None:
    """They are left away while rows come in bulk."""
    await busy(world)
    await make_both(world, tmp_path)
    settings = fresh_settings(world, tmp_path / "new", url=target_url)
    await restore_key_backup(settings, tmp_path / "keys")
    await restore_archive(settings, tmp_path / "archive")

    async with open_deployment(settings, now=world.clock) as restored:
        found = await restored.database.read(lambda c: {one["name"] for t in inspected(c) for one in t})
    assert indexes_of(restored.database.dialect) <= found


def inspected(connection: Connection) -> list[list[Any]]:
    """The indexes of every table."""
    return [inspect(connection).get_indexes(table.name) for table in metadata.sorted_tables]


# --- What is refused --------------------------------------------------------------------------------------------------


async def _restore_directly(world: World, folder: Path, target: Path) -> None:
    database = SqliteDatabase(target / "db.sqlite3")
    try:
        await database.write(upgrade)
        await backup.restore(database, folder, vault=world.deployment.safe.vault, media=target / "media")
    finally:
        await database.close()


def _flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(bytes(held))


def _alter_archive(folder: Path) -> None:
    _flip(folder / ARCHIVE)


def _alter_file(folder: Path) -> None:
    _flip(next(path for path in (folder / MEDIA).rglob("*") if path.is_file()))


def _lose_file(folder: Path) -> None:
    next(path for path in (folder / MEDIA).rglob("*") if path.is_file()).unlink()


def _lose_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()


def _count_wrongly(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    manifest["tables"]["case"] += 1
    (folder / MANIFEST).write_text(json.dumps(manifest))


def _come_from_the_future(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"format": 99}))


@pytest.mark.parametrize(
    "harm",
    [_alter_archive, _alter_file, _lose_file, _lose_manifest, _count_wrongly, _come_from_the_future],
    ids=lambda harm: harm.__name__.strip("_"),
)
async def test_a_damaged_backup_is_refused(world: World, tmp_path: Path, harm: Any) -> None:
    """Before anything is written where that can be known before."""
    await busy(world)
    await make_backup(world, tmp_path)
    harm(tmp_path / "archive")

    with pytest.raises(ConfigError):
        await _restore_directly(world, tmp_path / "archive", tmp_path / "new")


async def test_a_deployment_that_holds_something_is_not_overwritten(world: World, tmp_path: Path) -> None:
    """Neither its rows nor its keys."""
    await busy(world)
    await make_both(world, tmp_path)
    deployment = world.deployment

    with pytest.raises(ConfigError, match="not empty"):
        await backup.restore(
            deployment.database, tmp_path / "archive", vault=deployment.safe.vault, media=tmp_path / "media"
        )
    with pytest.raises(ConfigError, match="keys already"):
        await backup.restore_keys(deployment.keys.database, tmp_path / "keys")


async def test_an_archive_without_keys_is_refused(world: World, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Nothing in it could be read: the keys come first."""
    await busy(world)
    await make_backup(world, tmp_path)
    settings = fresh_settings(world, tmp_path / "new")

    with pytest.raises(ConfigError, match="no keys"):
        await restore_archive(settings, tmp_path / "archive")


async def test_a_backup_never_writes_over_another(world: World, tmp_path: Path) -> None:
    """A folder that is there stays as it is; a failed backup leaves nothing behind."""
    (tmp_path / "archive").mkdir()

    with pytest.raises(ConfigError, match="exists already"):
        await make_backup(world, tmp_path)
    shutil.rmtree(tmp_path / "archive")
    database = FailingDatabase(world.deployment.database)
    with pytest.raises(RuntimeError, match="power"):
        await backup.back_up(
            database, tmp_path / "archive", vault=world.deployment.safe.vault, media=tmp_path, now=world.clock()
        )

    assert [path.name for path in tmp_path.iterdir() if "archive" in path.name] == []


class FailingDatabase:
    """The real one, which goes away once the backup is half written."""

    def __init__(self, database: Database) -> None:
        self.dialect, self.write, self.close = database.dialect, database.write, database.close
        self.erase_traces = database.erase_traces
        self._database = database

    async def read(self, work: Any) -> Any:
        """Does the work, then fails."""
        await self._database.read(work)
        raise RuntimeError("power")


# --- Housekeeping -----------------------------------------------------------------------------------------------------


@on_both_engines
async def test_old_raw_bodies_go_and_those_still_needed_stay(world: World) -> None:
    """Purged with their keys once settled; one in quarantine is somebody's only copy."""
    await busy(world)
    stuck = update(tables.inbox_item).where(tables.inbox_item.c.id == 1).values(state="quarantined")
    await world.deployment.database.write(lambda connection: connection.execute(stuck))
    world.clock.advance(days=31)

    async def kept() -> int:
        query = select(func.count()).where(tables.inbox_raw.c.body_sealed.is_not(None))
        return await world.deployment.database.read(lambda connection: connection.scalar(query) or 0)

    assert await kept() == 2
    purge = partial(housekeeping.purge_bodies, before=world.clock())
    assert await world.deployment.database.write(purge) == 1
    assert await world.deployment.database.write(purge) == 0
    assert await kept() == 1
