"""One altered byte, one deleted event, one deleted case: each is found, on both engines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import delete, update

from core.cases.decide import Actor
from core.contract.errors import NotFound
from core.privacy.roots import read_root
from core.service.auditing import AuditReport
from core.service.desk import Issued
from core.storage import audit, case_search, cases, tables
from core.storage.case_search import Search
from core.storage.database import Connection
from gateway.admin.actions import ACTIONS
from gateway.admin.services import auditor_of
from gateway.workers.daily import Daily
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import write_mail

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor"}))
PLACES = ("số 12 Lê Lợi, phường Vĩnh Ninh", "số 3 Hùng Vương, phường Phú Nhuận")


async def two_cases(world: World) -> list[str]:
    """Two citizens, two cases on their way to an agency; ids in order."""
    for number, place in enumerate(PLACES):
        await write_mail(world, f"Đèn đường trước {place} hỏng từ hôm qua.", sender=f"dan{number}@hopthu.example.vn")
    found = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    assert len(found) == 2
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    for one in found:
        for name, payload in (("accept", {}), ("dispatch", {"agencies": [agency]})):
            answer = await world.deployment.clerk.execute(one.id, name, payload, actor=CENTRE)
            assert isinstance(answer, Issued), answer
    return sorted(one.id for one in found)


async def verify(world: World) -> AuditReport:
    """A whole audit."""
    return await auditor_of(world.deployment).verify()


def alter_body(connection: Connection, case_id: str) -> None:
    """One byte of the first event."""
    event = tables.case_event
    first = (event.c.case_id == case_id) & (event.c.version == 1)
    body = bytearray(connection.execute(event.select().where(first)).one().body)
    body[-2] ^= 1
    connection.execute(update(event).where(first).values(body=bytes(body)))


def delete_event(connection: Connection, case_id: str) -> None:
    """An event from the middle."""
    event = tables.case_event
    connection.execute(delete(event).where(event.c.case_id == case_id, event.c.version == 2))


def delete_last_event(connection: Connection, case_id: str) -> None:
    """The last event: what is left is a whole chain, only shorter."""
    event = tables.case_event
    last = cases.load(connection, case_id).version
    connection.execute(delete(event).where(event.c.case_id == case_id, event.c.version == last))


def alter_columns(connection: Connection, case_id: str) -> None:
    """The actor beside the first event, its bytes untouched."""
    event = tables.case_event
    first = (event.c.case_id == case_id) & (event.c.version == 1)
    connection.execute(update(event).where(first).values(actor="somebody-else"))


def alter_stage(connection: Connection, case_id: str) -> None:
    """The case row says it is finished."""
    connection.execute(update(tables.case).where(tables.case.c.id == case_id).values(stage="published"))


def alter_state(connection: Connection, case_id: str) -> None:
    """The fold beside the row says something that no event said."""
    row = cases.load(connection, case_id)
    state = row.state | {"language": "en"}
    connection.execute(update(tables.case).where(tables.case.c.id == case_id).values(state=state))


def forget_clock(connection: Connection, case_id: str) -> None:
    """A deadline that would never fire."""
    connection.execute(delete(tables.case_clock).where(tables.case_clock.c.case_id == case_id))


def delete_row(connection: Connection, case_id: str) -> None:
    """The case row, its events left behind."""
    connection.execute(delete(tables.case).where(tables.case.c.id == case_id))


def delete_case(connection: Connection, case_id: str) -> None:
    """The whole case, without a trace in its own tables."""
    for table, column in (
        (tables.case_event, tables.case_event.c.case_id),
        (tables.case_task, tables.case_task.c.case_id),
        (tables.case_clock, tables.case_clock.c.case_id),
        (tables.case, tables.case.c.id),
    ):
        connection.execute(delete(table).where(column == case_id))


@on_both_engines
async def test_an_untouched_archive_has_no_findings(world: World) -> None:
    """And everything was looked at."""
    ids = await two_cases(world)
    await Daily(world.deployment).run_once()

    report = await verify(world)

    assert report.findings == []
    assert (report.cases, report.roots) == (len(ids), 1)
    assert report.events == sum([(await _row(world, one)).version for one in ids])


async def _row(world: World, case_id: str) -> cases.CaseRow:
    return await world.deployment.database.read(partial(cases.load, case_id=case_id))


@pytest.mark.parametrize(
    ("tamper", "what", "problem"),
    [
        (alter_body, "chain", "event 1: altered"),
        (delete_event, "chain", "event 2: missing"),
        (delete_last_event, "chain", "missing"),
        (alter_columns, "fold", "its columns differ from its bytes"),
        (alter_stage, "fold", "the row's stage is not that of its events"),
        (alter_state, "fold", "the row's state is not the fold of its events"),
        (forget_clock, "index", "the due-time index does not hold the clocks of the case"),
        (delete_row, "case", "events without a case"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
@on_both_engines
async def test_what_was_tampered_with_is_found(
    world: World, tamper: Callable[..., None], what: str, problem: str
) -> None:
    """Named by its case; the other case stays in order."""
    touched, _ = await two_cases(world)

    await world.deployment.database.write(partial(tamper, case_id=touched))

    found = (await verify(world)).findings
    assert any(one.what == what and problem in one.problem for one in found), found
    assert {one.ref for one in found} == {touched}


@on_both_engines
async def test_a_deleted_case_is_found_by_the_root_of_the_day_before(world: World) -> None:
    """A chain cannot show its own absence; the day's root can."""
    gone, _ = await two_cases(world)
    await Daily(world.deployment).run_once()
    await world.pass_time(days=1)
    await Daily(world.deployment).run_once()

    await world.deployment.database.write(partial(delete_case, case_id=gone))

    report = await verify(world)
    assert report.roots == 2
    assert [(one.what, one.ref) for one in report.findings] == [("case", gone)]
    assert "deleted" in report.findings[0].problem


async def test_a_case_deleted_between_two_roots_is_found_later(world: World) -> None:
    """The newest root does not know it any more; the one before does."""
    gone, _ = await two_cases(world)
    await Daily(world.deployment).run_once()
    await world.deployment.database.write(partial(delete_case, case_id=gone))
    await world.pass_time(days=1)
    await Daily(world.deployment).run_once()

    report = await verify(world)

    assert report.roots == 2
    assert [(one.what, one.ref) for one in report.findings] == [("case", gone)]


async def test_a_chain_rewritten_from_its_start_is_found(world: World) -> None:
    """Somebody who can hash again what they altered still cannot change yesterday's root."""
    touched, _ = await two_cases(world)
    await Daily(world.deployment).run_once()

    def rewrite(connection: Connection) -> None:
        from core.cases.events import canonical, parse_event
        from core.cases.evolve import fold
        from core.privacy import chain

        rows = cases.load_events(connection, touched)
        events = [parse_event(row.body).model_copy(update={"rules": ("HUE-9",)}) for row in rows]
        bodies = [canonical(event) for event in events]
        hashes = chain.extend(chain.start(touched), bodies)
        for row, body, digest in zip(rows, bodies, hashes, strict=True):
            place = (tables.case_event.c.case_id == touched) & (tables.case_event.c.version == row.version)
            connection.execute(update(tables.case_event).where(place).values(body=body, hash=digest))
        state = fold(events).model_dump(mode="json")
        changed = update(tables.case).where(tables.case.c.id == touched)
        connection.execute(changed.values(head=hashes[-1], state=state))

    await world.deployment.database.write(rewrite)

    found = (await verify(world)).findings
    assert [(one.what, one.ref) for one in found] == [("case", touched)]
    assert "is not the one of" in found[0].problem


@pytest.mark.parametrize("column", ["record", "leaves"])
async def test_an_altered_root_is_found(world: World, column: str) -> None:
    """Its signature, or its leaves, no longer fit."""
    await two_cases(world)
    await Daily(world.deployment).run_once()

    def alter(connection: Connection) -> None:
        row = audit.newest_root(connection)
        assert row is not None
        held = bytearray(getattr(row, column))
        held[-20] ^= 1
        connection.execute(update(tables.chain_root).values({column: bytes(held)}))

    await world.deployment.database.write(alter)

    assert {one.what for one in (await verify(world)).findings} == {"root"}


async def test_a_removed_root_breaks_the_chain_of_roots(world: World) -> None:
    """Each record names the one before."""
    await two_cases(world)
    for _ in range(3):
        await Daily(world.deployment).run_once()
        await world.pass_time(days=1)

    def remove(connection: Connection) -> None:
        middle = sorted(row.day for row in connection.execute(tables.chain_root.select()))[1]
        connection.execute(delete(tables.chain_root).where(tables.chain_root.c.day == middle))

    await world.deployment.database.write(remove)

    found = (await verify(world)).findings
    assert [one.what for one in found] == ["root"]


async def test_a_day_has_one_root_made_when_it_is_over(world: World) -> None:
    """Yesterday's, in Vietnam's days; the second round of the day makes none."""
    daily = Daily(world.deployment)

    assert await daily.run_once() == 1
    assert await daily.run_once() == 0
    world.clock.advance(hours=15, minutes=59)
    assert await daily.run_once() == 0
    world.clock.advance(minutes=2)
    assert await daily.run_once() == 1

    newest = await world.deployment.database.read(audit.newest_root)
    assert newest is not None
    assert newest.day == "2026-11-23"
    assert read_root(newest.record).made_at == world.clock()


async def test_the_operator_sees_counts_findings_and_the_newest_root(world: World) -> None:
    """What `langnghe audit` prints."""
    with pytest.raises(NotFound):
        await ACTIONS["audit.root"](world.deployment, {})
    touched, _ = await two_cases(world)
    await Daily(world.deployment).run_once()
    await world.deployment.database.write(partial(alter_stage, case_id=touched))

    shown = await ACTIONS["audit.verify"](world.deployment, {})
    root = await ACTIONS["audit.root"](world.deployment, {})

    assert shown["cases"] == 2
    assert shown["findings"][0]["ref"] == touched
    assert (root["day"], root["cases"], len(root["public_key"])) == ("2026-11-22", 2, 64)
    assert timedelta(0) <= world.clock() - read_root(root["record"].encode()).made_at
