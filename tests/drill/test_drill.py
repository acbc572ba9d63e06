"""
Backup and restore as the manual tells it, and an audit that names what was harmed.

The backup is made without a pause of the gateway. Then the house burns down: data folder and database are deleted, and
all that is left are the archive, the keys and the master key. What comes back is held against what was read of the
store before; then one byte is altered, one event and one case are deleted, and the audit must name the three.

`make chaos` does it with very many cases (DRILL_CASES, else a hundred thousand; a million need 65 GB of disk) and
leaves its figures for docs/reliability.md. A million are made in an hour: DRILL_STORE names a store that is there
already, a data folder of `bench.growth.load`. It is spent; the backup stays in its place, and the next drill takes
its store from there. So PostgreSQL is given what SQLite has left.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bench.growth.server import SETTINGS
from tests.drill.harm import harm
from tests.drill.making import BackedUp, back_up_at_work, plain_copy
from tests.drill.operator import Operator, Ran
from tests.drill.stores import BACKUP, MASTER_KEY, burn_down, keep, make_store, opened, restore, take_over
from tests.drill.witness import counted, some_cases
from tests.support.databases import ENGINES
from tests.support.record import Figure, record
from tests.support.servers import PostgresServer

CASES = int(os.environ.get("DRILL_CASES", "100000"))
STORE = os.environ.get("DRILL_STORE")
pytestmark = pytest.mark.timeout(300)


@dataclass(frozen=True)
class Drilled:
    """What is told of one drill; `copied`: seconds that a plain copy of the archive takes."""

    made: BackedUp
    copied: float
    restored: Ran
    audited: Ran


@pytest.fixture
def houses(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Operator, Operator]]:
    """One that stands and one to be built, on the engine that the test asks for; the master key lies in neither."""
    data, key = (tmp_path / "before", tmp_path / "after"), tmp_path / MASTER_KEY
    if request.param == "sqlite":
        yield Operator(data[0], key), Operator(data[1], key)
        return
    with PostgresServer.start(settings=SETTINGS) as server:
        for folder in data:
            server.create_database(folder.name)
        yield Operator(data[0], key, server.dsn("before")), Operator(data[1], key, server.dsn("after"))


@pytest.mark.parametrize("houses", ENGINES, indirect=True)
async def test_a_small_archive_comes_back_and_harm_is_named(houses: tuple[Operator, Operator], tmp_path: Path) -> None:
    """A hundred cases."""
    await make_store(houses[0], cases=100, templates=2)
    await drill(*houses, tmp_path / BACKUP)


@pytest.mark.chaos
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("houses", ENGINES, indirect=True)
async def test_a_large_archive_comes_back_and_harm_is_named(houses: tuple[Operator, Operator], tmp_path: Path) -> None:
    """A hundred thousand, or as many as the environment says; timed."""
    before, after = houses
    if STORE:
        await take_over(before, Path(STORE))
    else:
        await make_store(before, cases=CASES, templates=100)
    backup = tmp_path / BACKUP
    done = await drill(before, after, backup)
    record("drill", "PostgreSQL" if before.database_url else "SQLite", figures(done, backup / "archive"))
    if STORE:
        keep(before, backup, Path(STORE))
    shutil.rmtree(tmp_path)


async def drill(before: Operator, after: Operator, backup: Path) -> Drilled:
    """All of it; `before` is gone at the end, and `after` harmed."""
    made = await back_up_at_work(before, backup)
    assert_is_whole(made)
    await burn_down(before)
    copied = plain_copy(backup / "archive", backup)

    restored = await restore(after, backup)
    await assert_is_the_same(after, made)
    audited = await after.types("audit", "verify", "--json")
    assert (audited.code, audited.json["findings"]) == (0, []), audited.out + audited.err
    told = made.archive.json["tables"]
    assert (audited.json["cases"], audited.json["events"]) == (told["case"], told["case_event"])

    harmed = await harm(after)
    ill = await after.types("audit", "verify")
    assert ill.code == 1
    assert findings(ill.out) == {
        (harmed["byte"], "event 2: altered"),
        (harmed["event"], "event 2: missing"),
        (harmed["case"], "deleted"),
    }
    return Drilled(made, copied, restored, audited)


def assert_is_whole(made: BackedUp) -> None:
    """What was there when it began is in it, and nothing that came after its end."""
    assert (made.archive.code, made.keys.code) == (0, 0), made.archive.err + made.keys.err
    before, after = made.rows
    for name, rows in made.archive.json["tables"].items():
        assert before[name] <= rows <= after[name], name
    assert made.during.deliveries > 0, "the gateway stood still while its backup was made"


async def assert_is_the_same(after: Operator, made: BackedUp) -> None:
    """As many rows in each table as the backup told, and some cases word by word."""
    assert any(one for case in made.cases for one in case.reports), "no word of the cases could be read before"
    async with opened(after) as deployment:
        assert await counted(deployment) == made.archive.json["tables"]
        assert await some_cases(deployment) == made.cases


def findings(printed: str) -> set[tuple[str, str]]:
    """(case, what) of each line that names a chain or a case; a broken chain has no fold, which is told beside it."""
    lines = [line.split("\t") for line in printed.splitlines()]
    return {(ref, problem.partition(": it")[0]) for what, ref, problem in lines if what in ("chain", "case")}


def figures(done: Drilled, archive: Path) -> dict[str, Figure]:
    """For the table."""
    made, size = done.made, sum(path.stat().st_size for path in archive.rglob("*") if path.is_file())
    told = made.archive.json["tables"]
    return {
        "cases": told["case"],
        "rows": sum(told.values()),
        "MB": size // 2**20,
        "backup (s)": round(made.archive.seconds),
        "backup / copy of its files": round(made.archive.seconds / done.copied, 1),
        "commands and messages meanwhile": made.during.commands + made.during.deliveries,
        "longest stall of the event loop (ms)": round(made.during.stall * 1000),
        "restore (s)": round(done.restored.seconds),
        "restore, most memory (MB)": done.restored.peak,
        "audit (s)": round(done.audited.seconds),
        "audit, most memory (MB)": done.audited.peak,
    }
