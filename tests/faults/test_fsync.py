"""
No 200 before its row is on disk, none when syncing fails; and a database that does not sync turns this red.

SIGKILL proves nothing here, since the page cache survives it. The power is cut instead: what a file held at its last
completed sync is all that is left (`tests.support.fsync_shim.Disk`), and every acknowledged message must be in it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults.ground import Ground, ground_on
from tests.faults.running import BUSY, OK, Answer, Citizens, premature, statuses
from tests.support.record import record
from tests.support.waiting import until

ENOUGH = 120
WEAKENED = {
    "SQLite, synchronous=OFF": ("sqlite", ("--synchronous", "OFF"), {}),
    "PostgreSQL, synchronous_commit=off": ("postgresql", ("--commit", "off"), {"wal_writer_delay": "10s"}),
    "PostgreSQL, fsync=off": ("postgresql", (), {"fsync": "off"}),
}
"""Name → engine, the gateway's options, postgresql.conf."""


LONG = pytest.mark.chaos
EVERYWHERE = ["sqlite", "postgresql"]
MOSTLY_LONG = ["sqlite", pytest.param("postgresql", marks=LONG)]
CUTS, TRIES = 25, 3


@pytest.fixture
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """A new deployment on the engine that the test asks for."""
    with ground_on(request.param, tmp_path) as made:
        yield made


@dataclass
class Verdict:
    """What came of one power cut."""

    acknowledged: int
    premature: list[Answer]
    missing: set[str]
    doubled: set[str]


async def cut(ground: Ground, *, enough: int = ENOUGH, away: bool = False) -> Verdict:
    """Write, cut the power in the middle of it, look what is left; `away` halts the database half-way."""
    async with ground.gateway() as gateway:
        citizens = Citizens(gateway, f"cut-{ground.cuts}")
        if away:
            await citizens.write(enough // 4)
            assert ground.server is not None
            ground.server.halt()

        def take_power() -> bool:
            if len(citizens.acknowledged) >= enough:
                gateway.kill()
            return not gateway.running

        await citizens.write_until(take_power)
    early = premature(citizens.answers, ground.shim.trace(), places=[ground.database, ground.journal])
    ground.cut_power()
    counted = await ground.kept()
    missing = citizens.acknowledged - counted.keys()
    return Verdict(len(citizens.acknowledged), early, missing, {one for one, times in counted.items() if times > 1})


def prove(verdict: Verdict, *, enough: int = ENOUGH) -> None:
    """Nothing was promised too early, nothing is missing, nothing is there twice."""
    assert (verdict.premature, verdict.missing, verdict.doubled) == ([], set(), set())
    assert verdict.acknowledged >= enough


async def cut_weakened(folder: Path, weakness: str) -> Verdict:
    """The first cut that took something, or the last: a busy machine may leave it all to the journal, which syncs."""
    engine, options, settings = WEAKENED[weakness]
    for number in range(TRIES):
        (place := folder / str(number)).mkdir()
        with ground_on(engine, place, options=options, settings=settings) as ground:
            verdict = await cut(ground)
        if verdict.missing:
            break
    return verdict


@pytest.mark.parametrize("ground", EVERYWHERE, indirect=True)
async def test_a_power_cut_takes_nothing_that_was_acknowledged(ground: Ground) -> None:
    """From the very first start on: also the folders and names that were new are synced."""
    prove(await cut(ground))


async def test_a_power_cut_takes_nothing_from_the_journal(tmp_path: Path) -> None:
    """The database goes away half-way; what the journal took is as safe, and is shipped once."""
    with ground_on("postgresql", tmp_path) as ground:
        prove(await cut(ground, away=True))


@pytest.mark.parametrize("weakness", [*list(WEAKENED)[:2], pytest.param(list(WEAKENED)[2], marks=LONG)])
async def test_a_database_that_does_not_sync_is_found_out(tmp_path: Path, weakness: str) -> None:
    """The same check turns red, in both of its halves; or it would prove nothing."""
    verdict = await cut_weakened(tmp_path, weakness)

    assert verdict.premature
    assert verdict.missing


@pytest.mark.parametrize("ground", MOSTLY_LONG, indirect=True)
async def test_while_syncs_hang_nobody_is_told_that_it_is_stored(ground: Ground) -> None:
    """Database and journal hang: everybody is asked to come back; they go on: everybody is taken, once."""
    async with ground.gateway() as gateway:
        citizens = Citizens(gateway)
        ground.shim.hold()

        answers = await citizens.write(20)

        assert statuses(answers) == {BUSY}
        assert ground.shim.held > 0
        ground.shim.release()
        await citizens.write_again()
        assert await gateway.stop() == 0
    assert await ground.kept() == dict.fromkeys((one.id for one in answers), 1)


@pytest.mark.parametrize("ground", EVERYWHERE, indirect=True)
async def test_what_the_database_cannot_sync_the_journal_keeps(ground: Ground) -> None:
    """
    EIO beneath the database (which stops PostgreSQL altogether): answered 200 from the journal, and shipped later.

    When the journal fails, too, nobody hears 200; afterwards everything that was promised is there, and once.
    """
    async with ground.gateway() as gateway:
        citizens = Citizens(gateway)
        assert statuses(await citizens.write(20)) == {OK}
        ground.shim.fail(below=ground.database)
        assert statuses(await citizens.write(40)) == {OK}
        assert ground.shim.failed > 0
        assert list(ground.journal.glob("*.journal"))

        ground.shim.fail(below="")
        assert statuses(await citizens.write(10)) == {BUSY}

        ground.heal()
        await citizens.write_again()
        await until(lambda: not list(ground.journal.glob("*.journal")), "the journal being shipped")
        assert statuses(await citizens.write(5)) == {OK}
        assert gateway.running
        gateway.kill()
    ground.cut_power()
    assert await ground.kept() == dict.fromkeys((one.id for one in citizens.answers), 1)


KINDS = {
    "SQLite": ("sqlite", False),
    "PostgreSQL": ("postgresql", False),
    "the journal, PostgreSQL stopped half-way": ("postgresql", True),
}
"""Name → engine, whether the database goes away half-way."""


@pytest.mark.chaos
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
async def test_many_power_cuts(tmp_path: Path, kind: str) -> None:
    """One after the other on what the last one left; whatever was acknowledged at any time is there in the end."""
    engine, away = KINDS[kind]
    chance, verdicts = random.Random(kind), []
    with ground_on(engine, tmp_path) as ground:
        for _ in range(CUTS):
            enough = chance.randint(20, 2 * ENOUGH)
            verdicts.append(await cut(ground, enough=enough, away=away))
            prove(verdicts[-1], enough=enough)
            note(kind, verdicts)
            if away and ground.server:
                ground.server.restart()


@pytest.mark.chaos
@pytest.mark.timeout(600)
@pytest.mark.parametrize("weakness", WEAKENED)
async def test_weakened_databases_for_the_record(tmp_path: Path, weakness: str) -> None:
    """What the same check finds where it must find something."""
    verdict = await cut_weakened(tmp_path, weakness)
    note(f"{weakness} (weakened on purpose)", [verdict])

    assert verdict.missing


def note(row: str, verdicts: list[Verdict]) -> None:
    """Keep the figures of some cuts."""
    figures = {
        "power cuts": len(verdicts),
        "acknowledged": sum(one.acknowledged for one in verdicts),
        "lost": sum(len(one.missing) for one in verdicts),
        "stored twice": sum(len(one.doubled) for one in verdicts),
        "answered before a sync": sum(len(one.premature) for one in verdicts),
    }
    record("power-cuts", row, figures)
