"""What keeps an audit possible when the archive is large: roots of what changed, pages, processes, a bounded report."""

from __future__ import annotations

import os
import signal
from functools import partial

from sqlalchemy import delete, update

from core.privacy.roots import read_leaves, read_root
from core.service.auditing import Auditor, AuditReport
from core.service.checking import Checkers, Finding
from core.storage import audit, case_search, tables
from core.storage.case_search import Search
from core.storage.database import Connection
from gateway.workers.daily import Daily
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail
from tests.support.waiting import until


async def report(world: World, number: int) -> str:
    """One more case; its id."""
    before = await ids(world)
    text = f"Đèn đường trước số {number} Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua."
    await write_mail(world, text, sender=f"dan{number}@hopthu.example.vn")
    (new,) = await ids(world) - before
    return new


async def ids(world: World) -> set[str]:
    """Every case."""
    return {one.id for one in await world.deployment.database.read(partial(case_search.search, wanted=Search()))}


async def next_root(world: World, *, days: int = 1) -> tuple[set[str], bool]:
    """Days pass, the root is made; which cases it covers, and whether it is the first."""
    await world.pass_time(days=days)
    await Daily(world.deployment).run_once()
    row = await world.deployment.database.read(audit.newest_root)
    assert row is not None
    return {head.case_id for head in read_leaves(row.leaves)}, read_root(row.record).since is None


async def verify(world: World, *, pages_here: int = 8) -> AuditReport:
    """A whole audit."""
    deployment = world.deployment
    auditor = Auditor(
        deployment.database,
        safe=deployment.safe,
        now=deployment.now,
        checkers=partial(Checkers, pages_here=pages_here),
    )
    return await auditor.verify()


def delete_case(connection: Connection, case_id: str) -> None:
    """Without a trace in its own tables."""
    for table in (tables.case_event, tables.case_task, tables.case_clock):
        connection.execute(delete(table).where(table.c.case_id == case_id))
    connection.execute(delete(tables.case).where(tables.case.c.id == case_id))


def quiet(connection: Connection) -> None:
    """Clocks that would make every case change every day."""
    connection.execute(delete(tables.case_clock))


@on_both_engines
async def test_a_root_covers_what_changed_and_the_chain_of_roots_everything(world: World) -> None:
    """A day costs what happened on it; a case deleted a month later is missed by the root of its own day."""
    old = await report(world, 1)
    await Daily(world.deployment).run_once()
    await world.deployment.database.write(quiet)
    assert await next_root(world, days=5) == ({old}, False)  # it was decided within a day before the last root
    assert await next_root(world, days=5) == (set(), False)
    new = await report(world, 2)
    await world.deployment.database.write(quiet)
    assert await next_root(world) == ({new}, False)
    assert await next_root(world, days=30) == ({new}, False)
    assert await next_root(world, days=30) == (set(), False)

    for lost in (old, new):
        await world.deployment.database.write(partial(delete_case, case_id=lost))

    found = (await verify(world)).findings
    assert {(one.what, one.ref) for one in found} == {("case", old), ("case", new)}
    assert {one.problem.partition(":")[0] for one in found} == {"deleted"}


async def test_an_event_stored_late_is_in_the_next_root(world: World) -> None:
    """Decided before the root was made, stored after it: a day's overlap covers it."""
    await report(world, 1)
    world.clock.advance(hours=23)
    await Daily(world.deployment).run_once()
    world.clock.advance(hours=-1)
    late = await report(world, 2)
    await world.deployment.database.write(quiet)

    covered, _ = await next_root(world)

    assert late in covered


@on_both_engines
async def test_the_oldest_roots_cannot_be_removed_unseen(world: World) -> None:
    """The first names no other before it; whatever follows does."""
    await report(world, 1)
    for _ in range(3):
        await next_root(world)

    def remove(connection: Connection) -> None:
        days = sorted(row.day for row in connection.execute(tables.chain_root.select()))
        connection.execute(delete(tables.chain_root).where(tables.chain_root.c.day.in_(days[:2])))

    await world.deployment.database.write(remove)

    (found,) = (await verify(world)).findings
    assert (found.what, found.problem) == ("root", "the roots before it are gone")


async def test_pages_that_go_to_other_processes_find_the_same(world: World) -> None:
    """An altered row, seen from a process that never saw the database; a healthy archive first."""
    touched = await report(world, 1)
    await report(world, 2)
    well = await verify(world, pages_here=0)
    stage = update(tables.case).where(tables.case.c.id == touched).values(stage="elsewhere")
    await world.deployment.database.write(lambda connection: connection.execute(stage))

    ill = await verify(world, pages_here=0)

    assert (well.cases, well.findings) == (2, [])
    assert [(one.what, one.ref) for one in ill.findings] == [("fold", touched)]
    assert ill == await verify(world)


async def test_a_killed_process_costs_nothing_but_time(world: World) -> None:
    """What it had in hand is checked here."""
    await report(world, 1)
    page = await world.deployment.database.read(audit.case_page)
    async with Checkers(pages_here=0) as checkers:
        assert await checkers.check(page) == []
        assert await checkers.rest() == []
        assert checkers._pool is not None
        for process in list(checkers._pool._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        for _ in range(3):
            await checkers.check(page)
        assert await checkers.rest() == []


async def test_a_pool_that_knows_it_is_broken_gets_nothing_more(world: World) -> None:
    """Its process died while nothing was in hand, and the pool has seen it: the next page is checked here."""
    await report(world, 1)
    page = await world.deployment.database.read(audit.case_page)
    async with Checkers(pages_here=0) as checkers:
        assert await checkers.check(page) == []
        assert await checkers.rest() == []
        pool = checkers._pool
        assert pool is not None
        for process in list(pool._processes.values()):
            os.kill(process.pid, signal.SIGKILL)
        await until(lambda: bool(pool._broken), "the pool sees that its process is gone")

        assert await checkers.check(page) == []
        assert await checkers.rest() == []


async def test_the_page_is_bounded_and_goes_on_behind_its_last(world: World) -> None:
    """Whatever the number of cases: so many in memory, and none twice."""
    wanted = sorted([await report(world, number) for number in range(5)])
    read, after, sizes = [], "", []
    while True:
        page = await world.deployment.database.read(partial(audit.case_page, after=after, most=2))
        assert page.events.keys() == {row.id for row in page.cases}
        read += [row.id for row in page.cases]
        sizes.append(len(page.cases))
        after = page.last
        if not after:
            break

    assert (read, sizes) == (wanted, [2, 2, 1])


def test_a_report_lists_a_thousand_findings_and_counts_the_rest() -> None:
    """An archive that is wrong throughout must not fill memory with what is wrong."""
    report = AuditReport()
    report.add(Finding("fold", str(number), "altered") for number in range(1500))

    assert (len(report.findings), report.more) == (1000, 500)
