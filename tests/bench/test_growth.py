"""The large stores of the bench are real: they verify, open, are found and worked on like any other."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bench.growth import measurements as growth
from bench.growth.copy import copy
from bench.growth.lives import LIVES
from bench.growth.load import Loaded, load, settings_of
from bench.growth.plan import open_cases
from bench.growth.store import SERIALS
from bench.growth.stories import COUNTED
from bench.growth.timing import time_postgres, time_sqlite
from bench.statistics.page import periods
from bench.statistics.report import differing, time_report
from core.cases.decide import Actor
from core.contract.schema import Report
from core.identity.codes import is_code
from core.intake.fold import fold
from core.service.desk import Issued
from core.storage import case_search, reports
from core.storage.case_search import Search
from core.storage.tables import case, case_milestone, outbox, report
from gateway.admin.services import auditor_of, eraser_of, rebuilding_of
from gateway.deployment import Deployment, open_deployment
from tests.support.servers import PostgresServer

MANY = 200


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An embedded store, made once; to be copied before it is written to."""
    place = tmp_path_factory.mktemp("growth") / "store"
    made: Loaded = asyncio.run(load(place, cases=MANY, templates=len(LIVES)))
    assert (made.cases, made.open) == (MANY, open_cases(MANY))
    return place


@pytest_asyncio.fixture
async def opened(store: Path) -> AsyncIterator[Deployment]:
    """A deployment over it."""
    async with open_deployment(settings_of(store)) as deployment:
        yield deployment


async def test_nothing_is_wrong_with_it(opened: Deployment) -> None:
    """Chains, folds, due-time index and the daily root, as `langnghe audit verify` looks at them."""
    found = await auditor_of(opened).verify()

    assert (found.findings, found.cases, found.roots) == ([], MANY, 1)


async def test_cases_are_as_many_and_as_open_as_asked_for(opened: Deployment) -> None:
    """With codes that are codes, no two alike, over two years."""
    counts = select(case.c.open, func.count()).group_by(case.c.open)
    known = dict(await opened.database.read(lambda one: one.execute(counts).all()))
    codes = await opened.database.read(lambda one: list(one.scalars(select(report.c.code))))
    ages = select(func.min(case.c.received_at), func.max(case.c.received_at))
    first, last = await opened.database.read(lambda one: one.execute(ages).one())

    assert known == {True: open_cases(MANY), False: MANY - open_cases(MANY)}
    assert len(set(codes)) == MANY
    assert all(map(is_code, codes))
    assert (last - first).days > 600


async def test_words_open_and_are_found_by_search(opened: Deployment) -> None:
    """What the index says of a case is what its sealed report says."""
    rows = await opened.database.read(partial(case_search.search, wanted=Search(), most=MANY))
    for row in rows[:20]:
        stored = await opened.database.read(partial(reports.by_code, code=row.code))
        told = await asyncio.to_thread(
            opened.safe.open_model,
            stored.content_sealed or b"",
            Report,
            subject_id=stored.contact_id,
            place=f"report:{stored.id}",
        )
        assert row.search_text == fold(f"{told.content} {told.place.text}")
        asked = Search(text=f'"{fold(" ".join(told.content.rstrip(".").split()[:4]))}"')
        assert row.id in [hit.id for hit in await opened.database.read(partial(case_search.search, wanted=asked))]


async def test_milestones_are_those_of_its_events(store: Path, tmp_path: Path) -> None:
    """Moved by weeks with everything else, they are what is read off the events again."""
    shutil.copytree(store, tmp_path / "store")
    async with open_deployment(settings_of(tmp_path / "store")) as opened:
        known, rebuilding = await _milestones(opened), rebuilding_of(opened)
        await rebuilding.begin()
        while await rebuilding.run_once():
            pass

        assert len(known) > 5 * MANY
        assert await _milestones(opened) == known


async def _milestones(opened: Deployment) -> list[tuple[object, ...]]:
    columns = case_milestone.c
    query = select(case_milestone).order_by(columns.case_id, columns.version, columns.place)
    return [tuple(row) for row in await opened.database.read(lambda one: one.execute(query).all())]


async def test_figures_come_from_a_store_of_figures_alone(tmp_path: Path) -> None:
    """It verifies like any other; the report is made of it, and figures brought forward are those counted anew."""
    store = tmp_path / "counted"
    await load(store, cases=60, templates=len(LIVES), tables=COUNTED)
    async with open_deployment(settings_of(store)) as opened:
        assert (await auditor_of(opened).verify()).findings == []

    reported = await time_report(store)
    assert 0 < reported.cases < 60
    assert reported.per_case_us > 0
    assert await differing(store, periods()) == 0


async def test_work_goes_on_in_it(store: Path, tmp_path: Path) -> None:
    """A copied case is dispatched like any other; a copied person is erased like any other."""
    shutil.copytree(store, tmp_path / "store")
    async with open_deployment(settings_of(tmp_path / "store")) as opened:
        await _work_in(opened)


async def _work_in(opened: Deployment) -> None:
    clerk, centre = opened.clerk, Actor("ioc", frozenset({"receptionist", "distributor"}))
    (row,) = await opened.database.read(partial(case_search.search, wanted=Search(stage="accepted"), most=1))
    done = await clerk.execute(row.id, "dispatch", {"agencies": ["cty_cap_nuoc"]}, actor=centre)
    assert isinstance(done, Issued)
    newest = await opened.database.read(
        lambda one: one.execute(select(outbox.c.seq, outbox.c.case_id).order_by(outbox.c.seq.desc())).first()
    )
    assert newest is not None
    assert newest.case_id == row.id
    found = Search(agencies=("cty_cap_nuoc",))
    assert row.id in [one.id for one in await opened.database.read(partial(case_search.search, wanted=found))]

    erased = await eraser_of(opened).erase_reporter(row.code)
    assert erased.cases_emptied == 1
    assert (await auditor_of(opened).verify()).findings == []


async def test_the_copy_on_postgresql_is_the_same(store: Path, postgres_server: PostgresServer, tmp_path: Path) -> None:
    """Keys and all; new rows are numbered behind the old ones."""
    url = postgres_server.create_database("growth_copy").replace("+asyncpg", "")
    await copy(store, tmp_path / "var", database_url=url)

    async with open_deployment(settings_of(tmp_path / "var", url)) as deployment:
        found = await auditor_of(deployment).verify()
        assert (found.findings, found.cases) == ([], MANY)
        for table, column in SERIALS.items():
            sequence = func.nextval(func.pg_get_serial_sequence(table, column))
            given = await deployment.database.write(lambda one, sequence=sequence: one.scalar(select(sequence)))
            highest = f"SELECT max({column}) FROM {table}"
            assert given > await deployment.database.read(lambda one, sql=highest: one.exec_driver_sql(sql).scalar())


async def test_every_goal_has_its_figure_and_no_question_reads_a_large_table(
    store: Path, postgres_server: PostgresServer, tmp_path: Path
) -> None:
    """On both databases; how long it takes is not this test's business."""
    url = postgres_server.create_database("growth_timing").replace("+asyncpg", "")
    await copy(store, tmp_path / "var", database_url=url)
    found = {
        "sqlite": await asyncio.to_thread(time_sqlite, store, runs=3),
        "pg": await asyncio.to_thread(time_postgres, tmp_path / "var", url, runs=3),
    }

    assert found["sqlite"].keys() == found["pg"].keys()
    assert [one for timings in found.values() for one in timings.values() if one.whole] == []
    figures = growth.figures_of({(engine, size): found[engine] for engine in found for size in (1, 2)}, (1, 2))
    (measurement,) = growth.measurements()
    assert {goal.key for goal in measurement.goals} <= figures.keys()
    assert figures["sqlite_queue_page_growth"] == 1
