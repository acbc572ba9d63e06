"""
Backup and restore as the manual tells it, without a pause of the gateway, and an audit that names what was harmed.

`make chaos` does it with very many cases (DRILL_CASES, else a hundred thousand; a million need 80 GB of disk)
and leaves its figures for docs/reliability.md.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.drill.drill import BackedUp, back_up_at_work, harm, make_store, plain_copy
from tests.drill.operator import Operator, Ran
from tests.support.databases import ENGINES, TEMPLATE
from tests.support.record import record
from tests.support.servers import PostgresServer

CASES = int(os.environ.get("DRILL_CASES", "100000"))
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def urls(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Two empty databases: to fill, and to restore into."""
    if request.param == "sqlite":
        return "", ""
    server: PostgresServer = request.getfixturevalue("migrated_postgres")
    names = [f"drill_{number}" for number in range(2)]
    for name in names:
        server.create_database(name, template=TEMPLATE)
    return server.dsn(names[0]), server.dsn(names[1])


@pytest.mark.parametrize("urls", ENGINES, indirect=True)
async def test_a_small_archive_comes_back_and_harm_is_named(urls: tuple[str, str], tmp_path: Path) -> None:
    """A hundred cases."""
    await drill(urls, tmp_path, cases=100, templates=2)


@pytest.mark.chaos
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("urls", ENGINES, indirect=True)
async def test_a_large_archive_comes_back_and_harm_is_named(
    urls: tuple[str, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """A hundred thousand, or as many as the environment says; timed."""
    made, restored, well = await drill(urls, tmp_path, cases=CASES, templates=100)

    held = tmp_path / "backup" / "archive"
    base = plain_copy(held, tmp_path)
    size = sum(path.stat().st_size for path in held.rglob("*") if path.is_file())
    figures = {
        "cases": CASES,
        "rows": sum(made.archive.json["tables"].values()),
        "MB": size // 2**20,
        "backup (s)": round(made.archive.seconds),
        "backup / copy of its files": round(made.archive.seconds / base, 1),
        "commands and messages meanwhile": made.during.commands + made.during.deliveries,
        "longest stall of the event loop (ms)": round(made.worst_lag * 1000),
        "restore (s)": round(restored.seconds),
        "restore, most memory (MB)": restored.peak,
        "audit (s)": round(well.seconds),
        "audit, most memory (MB)": well.peak,
    }
    record("drill", "PostgreSQL" if urls[0] else "SQLite", figures)


async def drill(urls: tuple[str, str], folder: Path, *, cases: int, templates: int) -> tuple[BackedUp, Ran, Ran]:
    """All of it; the backup, the restore and the first audit are returned for their figures."""
    before = await make_store(folder / "before", cases=cases, database_url=urls[0], templates=templates)
    (folder / "backup").mkdir()
    made = await back_up_at_work(before, folder / "backup")
    assert (made.archive.code, made.keys.code) == (0, 0), made.archive.err + made.keys.err
    told = made.archive.json
    assert made.events[0] <= told["tables"]["case_event"] <= made.events[1]
    assert made.during.deliveries > 0, "the gateway stood still while its backup was made"

    after = Operator(folder / "after", before.master_key, urls[1])
    restored = await restore(after, folder / "backup")
    assert restored.json["tables"] == told["tables"]
    well = await after.types("audit", "verify", "--json")
    assert (well.code, well.json["findings"]) == (0, []), well.out + well.err
    assert (well.json["cases"], well.json["events"]) == (told["tables"]["case"], told["tables"]["case_event"])

    harmed = await harm(after)
    ill = await after.types("audit", "verify")
    assert ill.code == 1
    assert findings(ill.out) == {
        (harmed["byte"], "event 2: altered"),
        (harmed["event"], "event 2: missing"),
        (harmed["case"], "deleted"),
    }
    return made, restored, well


async def restore(operator: Operator, backup: Path) -> Ran:
    """The keys first."""
    keys = await operator.types("restore", "--keys", str(backup / "keys"))
    assert keys.code == 0, keys.err
    archive = await operator.types("restore", str(backup / "archive"))
    assert archive.code == 0, archive.err
    return archive


def findings(printed: str) -> set[tuple[str, str]]:
    """(case, what) of each line that names a chain or a case; a broken chain has no fold, which is told beside it."""
    lines = [line.split("\t") for line in printed.splitlines()]
    return {(ref, problem.partition(": it")[0]) for what, ref, problem in lines if what in ("chain", "case")}
