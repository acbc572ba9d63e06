"""Stories over HTTP on both engines: archive, notices and public pages hold whatever people try."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from core.regulations.loader import load_pack, pack_names
from gateway.simulation.month import usual_start
from gateway.simulation.office import SimulatedClock, open_office, settings_of
from tests.stories.office import OfficeStory, Told, leaks, work_through
from tests.support.databases import on_both_engines

BASE = [name for name in pack_names() if not load_pack(name).meta.variant_of]

STRAIGHT = [
    name for name in BASE if "unit_named" not in load_pack(name).document and "assign_unit" not in load_pack(name).moves
]
"""Without a second level inside an agency, which not every agency of a demonstration has."""


async def tell(name: str, folder: Path, database_url: str, *, seed: int, reports: int, steps: int) -> OfficeStory:
    """One story with all its checks."""
    server = "" if database_url.startswith("sqlite") else database_url.replace("+asyncpg", "")
    clock = SimulatedClock(usual_start(load_pack(name)))
    async with open_office(settings_of(name, folder / "data", database_url=server), clock) as office:
        story = OfficeStory(office, clock, Random(seed))
        await story.tell(reports=reports, steps=steps)
        await story.look_from_outside()
        await story.check_the_archive()
        await story.check_the_notices()
        return story


@pytest.mark.rule("A-4", "VN-3")
@pytest.mark.parametrize("name", BASE)
async def test_what_must_hold_holds_over_http(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One short story under each regulation; its log names nobody."""
    story = await tell(name, tmp_path, "sqlite", seed=7, reports=2, steps=30)
    log = capfd.readouterr()

    assert story.done > 8
    assert "agencies_changed" in log.out
    story.check_the_log(log.out + log.err)


@pytest.mark.rule("A-4")
@pytest.mark.parametrize("name", STRAIGHT)
async def test_an_answer_tells_nobody_elses_words(name: str, tmp_path: Path) -> None:
    """One of two reports gets its answer; where the regulation writes letters, one was written."""
    clock = SimulatedClock(usual_start(load_pack(name)))
    async with open_office(settings_of(name, tmp_path / "data"), clock) as office:
        story = OfficeStory(office, clock, Random(3))
        await story.tell(reports=2, steps=0)
        await work_through(office, clock, story.told[0])
        await story.look_from_outside()
        await story.check_the_notices()
        letter = await office.deployment.clerk.letters.of_report(story.told[0].code)
        assert (letter is not None) is bool(office.pack.letter.body or office.pack.letter.others)


@on_both_engines
async def test_what_must_hold_holds_on_both_engines(tmp_path: Path, database_url: str) -> None:
    """The same story on either."""
    assert (await tell(BASE[0], tmp_path, database_url, seed=8, reports=2, steps=20)).done > 4


@pytest.mark.chaos
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", pack_names())
@on_both_engines
async def test_what_must_hold_holds_for_long(name: str, seed: int, tmp_path: Path, database_url: str) -> None:
    """Many steps, under every regulation, on both engines."""
    assert (await tell(name, tmp_path, database_url, seed=seed, reports=6, steps=250)).done > 60


def test_the_search_for_leaks_finds_them() -> None:
    """A check that finds nothing is worth what it would find."""
    told = Told("kqaz", "345001")

    assert leaks("xin báo kqazsubmitresultresult nhé", told, ()).startswith("kqazsubmitresultresult")
    assert leaks("gọi 0912345001", told, ()) == "345001"
    assert leaks("Đã vá: kqazpublishtext.", told, ("kqazpublishtext",)) == ""
    assert leaks("kqbzname", told, ()) == ""
