"""The agency tree in the database: editions, two writers, and a store that was there before the tables were."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from structlog.testing import capture_logs

import core.storage.migrations
from core.agencies import AgencyHistory, AgencyRefused, Entry, add, amend, close, merge
from core.contract.errors import VersionConflict
from core.regulations.agency_files import read_agencies
from core.regulations.loader import BUNDLED
from core.service.agencies import AgencyBook, open_book, renew_book
from core.storage import agencies, reports
from core.storage.database import Database
from core.storage.migrations import upgrade
from core.storage.postgres import PostgresDatabase
from core.storage.sqlite import SqliteDatabase
from tests.support.databases import ENGINES, on_both_engines, open_database
from tests.support.servers import PostgresServer

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PROVINCE = Entry(agency_id="tinh", name="UBND tỉnh", kind="province")
COMMUNE = Entry(agency_id="xa_a", since=date(2025, 7, 1), name="UBND xã A", kind="commune", parent="tinh", code="H01.2")
PACK = "thua_thien_hue"


def now() -> datetime:
    return NOW


@on_both_engines
async def test_what_is_written_down_comes_back(database: Database) -> None:
    """Entry by entry, with who and why; nothing new is no edition."""
    book = AgencyBook(AgencyHistory(), now=now)
    gone = Entry(agency_id="xa_a", since=date(2026, 1, 1), ended=True, replaced_by=("tinh",))

    first = await book.write(database, lambda known: merge(known, [PROVINCE, COMMUNE]), by="u1", note="QĐ 19")
    again = await book.write(database, lambda known: merge(known, [PROVINCE, COMMUNE]), by="u1")
    await book.write(database, lambda known: merge(known, [gone]), by="u2")
    stored = await database.read(agencies.history)

    assert (first, again) == (2, 0)
    assert stored.edition == 2
    assert set(stored.entries) == set(book.history.entries)
    assert [(one.number, one.by, one.note, one.entries) for one in await database.read(agencies.editions)] == [
        (2, "u2", "", 1),
        (1, "u1", "QĐ 19", 2),
    ]
    assert book.at(date(2025, 8, 1)).is_active("xa_a")
    assert not book.today.is_active("xa_a")
    assert [item.id for item in book.today.successors("xa_a")] == ["tinh"]


@on_both_engines
async def test_two_who_write_at_once_both_count(database: Database) -> None:
    """The second sees what the first did: the same id is refused, another one is added."""
    one, two = (AgencyBook(AgencyHistory(), now=now) for _ in range(2))
    rung: list[str] = []
    one.changed = lambda: rung.append("one")

    await one.write(database, lambda known: add(known, PROVINCE), by="u1")
    with pytest.raises(AgencyRefused, match="không dùng lại"):
        await two.write(database, lambda known: add(known, PROVINCE), by="u2")
    await two.write(database, lambda known: add(known, COMMUNE), by="u2")
    with pytest.raises(VersionConflict):
        await database.write(partial(agencies.record, entries=[], after=1, by="u3", note="", at=NOW))

    assert await one.refresh(database) == 1
    assert await one.refresh(database) == 0
    assert one.today == two.today
    assert rung == ["one"]


async def test_what_is_refused_changes_nothing(database: Database) -> None:
    """Neither in the database nor in memory."""
    book = AgencyBook(AgencyHistory(), now=now)
    await book.write(database, lambda known: merge(known, [PROVINCE, COMMUNE]), by="u1")
    before = book.today

    with pytest.raises(AgencyRefused, match="trực thuộc"):
        await book.write(database, lambda known: close(known, "tinh", last_day=date(2026, 1, 1)), by="u1")

    assert book.today is before
    assert await database.read(agencies.newest) == 1


@on_both_engines
async def test_the_agencies_of_a_pack_are_taken_in_once(database_url: str) -> None:
    """By processes that start together; what the province changed later stays changed."""
    databases = [open_database(database_url)]
    if database_url.startswith("postgresql"):
        databases += [open_database(database_url) for _ in range(2)]
    books = await asyncio.gather(*(open_book(one, PACK, now=now) for one in databases))
    shipped = {item.id for item in read_agencies(BUNDLED / PACK / "agencies.yaml")}
    await books[0].refresh(databases[0])
    await books[0].write(databases[0], lambda known: close(known, "so_du_lich", last_day=date(2026, 1, 1)), by="u1")

    reopened = await open_book(databases[0], PACK, now=now)
    variant = await open_book(databases[0], "thua_thien_hue_2025", now=now)

    assert set(reopened.today.agencies) <= shipped
    assert not reopened.today.is_active("so_du_lich")
    assert reopened.history.edition == variant.history.edition == 2
    for one in databases:
        await one.close()


SHIPPED = """
agencies:
  tinh: {{name: UBND tỉnh, kind: province}}
  so_xay_dung: {{name: {works}, kind: department, parent: tinh}}
  so_y_te: {{name: Sở Y tế, kind: department, parent: tinh}}
  {commune}: {{name: UBND phường Đồng Hới, kind: commune, parent: tinh, commune_code: "{code}", since: 2025-07-01}}
"""


@on_both_engines
async def test_a_demonstration_takes_up_what_ships_now(database_url: str, tmp_path: Path) -> None:
    """Names, codes, another id for the same commune; what a person changed stays, and a second start writes nothing."""
    store, file = open_database(database_url), tmp_path / "agencies.yaml"
    file.write_text(SHIPPED.format(works="Sở Xây dựng", commune="p_dong_hoi", code="99001"), encoding="utf-8")
    book = await open_book(store, str(file), now=now)
    await book.write(store, lambda known: amend(known, "so_y_te", since=date(2026, 1, 1), name="Sở Y tế mới"), by="u1")
    file.write_text(SHIPPED.format(works="Sở Xây dựng và GTVT", commune="dong_hoi", code="18880"), encoding="utf-8")

    for _ in range(2):
        book = await open_book(store, str(file), now=now)
        await renew_book(book, store, str(file))

    assert book.history.edition == 3
    assert book.today.name("so_xay_dung") == "Sở Xây dựng và GTVT"
    assert book.today.name("so_y_te") == "Sở Y tế mới"
    assert [one.id for one in book.today if one.commune_code and book.today.is_active(one.id)] == ["dong_hoi"]
    assert book.today.name("p_dong_hoi") == "UBND phường Đồng Hới", "cases still find it"
    await store.close()


async def test_what_does_not_hold_together_leaves_the_tree_as_it_was(database_url: str, tmp_path: Path) -> None:
    """The province gave the commune to an agency of its own; the demo starts all the same."""
    store, file = open_database(database_url), tmp_path / "agencies.yaml"
    file.write_text(SHIPPED.format(works="Sở Xây dựng", commune="p_dong_hoi", code="99001"), encoding="utf-8")
    book = await open_book(store, str(file), now=now)
    own = Entry(agency_id="xa_rieng", name="UBND xã riêng", kind="commune", parent="tinh", commune_code="18880")
    await book.write(store, lambda known: add(known, own), by="u1")
    file.write_text(SHIPPED.format(works="Sở khác", commune="dong_hoi", code="18880"), encoding="utf-8")

    with capture_logs() as lines:
        await renew_book(book, store, str(file))

    assert book.history.edition == 2
    assert [line["event"] for line in lines] == ["agencies_stay_as_they_were"]
    await store.close()


def to_0002(connection: Connection) -> None:
    """A store as the version before left it, with an account, a role and an open case in it."""
    config = Config()
    config.set_main_option("script_location", str(Path(core.storage.migrations.__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "0002")
    account = "VALUES ('u1', 'an', 'An', 'x', 1)"
    columns = "(id, login, display_name, password_hash, created_at)"
    connection.execute(text(f'INSERT INTO "user" {columns} {account}'))
    connection.execute(text("INSERT INTO role_grant (user_id, role, agency_id) VALUES ('u1', 'officer', 'so_y_te')"))
    columns = "(id, code, regulation, version, head, stage, open, urgency, received_at, state)"
    row = 'INSERT INTO "case" ' + columns + " VALUES ('c1', '1', 'r', 1, :state, 's', true, 'normal', 1, :state)"
    connection.execute(text(row), {"state": b'{"commune_code":"19753","point":[16461,107591]}'})
    row = "(case_id, published_at, view, kind, search_text) VALUES ('c1', 1, :view, 'result', 'den')"
    connection.execute(text(f"INSERT INTO publication {row}"), {"view": b'{"commune_code":"19753"}'})


@pytest.mark.parametrize("engine", ENGINES)
async def test_a_store_of_the_version_before_is_brought_up_to_date(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Its accounts and roles stay; the new tables are there and take the pack's agencies."""
    database: Database
    if engine == "sqlite":
        database = SqliteDatabase(tmp_path / "old.sqlite3")
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        server.create_database("from_0002")
        database = PostgresDatabase(server.url("from_0002"))
    await database.write(to_0002)

    await database.write(upgrade)
    accounts = await database.read(lambda one: one.execute(text('SELECT login, identity_blind FROM "user"')).all())
    roles = await database.read(lambda one: one.execute(text("SELECT role FROM role_grant")).scalars().all())
    place = 'SELECT latitude, longitude, commune_code FROM "case"'
    places = await database.read(lambda one: one.execute(text(place)).all())
    shown = await database.read(partial(reports.published, kind="result", text="xa19753"))
    tables = await database.read(lambda one: set(inspect(one).get_table_names()))
    book = await open_book(database, PACK, now=now)

    assert [tuple(row) for row in accounts] == [("an", None)]
    assert roles == ["officer"]
    assert [tuple(row) for row in places] == [(16461, 107591, "19753")]
    assert [one.search_text for one in shown] == ["den xa19753"]
    assert {"agency_edition", "agency_entry", "commune", "commune_succession", "focal_point", "stand_in"} <= tables
    assert book.today.is_active("so_y_te")
    await database.close()
