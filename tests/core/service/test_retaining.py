"""Identifiers go some years after a case was closed: the case stays, and still verifies (VN-15)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from core.cases.model import Case
from core.service.retaining import years_before
from core.storage import case_search, cases, holdings, people, retention
from gateway.admin.services import auditor_of, retention_of
from gateway.workers.daily import Daily
from tests.core.service.test_erasing import (
    CANARY,
    CENTRE,
    WORD,
    everything_readable,
    issue,
    only_case,
    work_it,
    write_everything,
)
from tests.support.canary import find_in_files, find_in_texts
from tests.support.deployments import World, open_world
from tests.support.letters import write_mail

MAIL = f"{WORD}@hopthu.example.vn"
ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026."


@pytest_asyncio.fixture
async def keeping(tmp_path: Path) -> AsyncIterator[World]:
    """A deployment that lets identifiers go two years after closing."""
    async with open_world(tmp_path / "var", retention={"pseudonymise_after_years": 2}) as world:
        yield world


async def noted(world: World, case_id: str) -> list[tuple[str, str]]:
    """(who, what) the access log says of a case."""
    rows = await world.deployment.database.read(partial(people.accesses, ref=case_id))
    return [(user, what) for _, user, what in rows]


@pytest.mark.rule("VN-15", "TG-11.1", "LS-9.1", "QB-IV.1.6a")
async def test_the_name_goes_on_the_day_and_the_case_stays(keeping: World, tmp_path: Path) -> None:
    """Not a second before; afterwards it is nowhere, the story is whole, chain and fold verify, and it is noted."""
    world = keeping
    await write_everything(world)
    case = await only_case(world)
    await work_it(world, case.id, answer=f"{ANSWER} Cảm ơn {CANARY}.")
    world.clock.advance(days=731, seconds=-1)  # two years, one of them a leap year
    assert await Daily(world.deployment)._retention.run_once() == 0
    assert len(find_in_texts(await everything_readable(world), [WORD])) >= 8

    world.clock.advance(seconds=1)
    with capture_logs() as logs:
        await Daily(world.deployment).run_once()
        await Daily(world.deployment).run_once()

    assert find_in_files(tmp_path, [CANARY, MAIL]) == []
    readable = await everything_readable(world)
    assert find_in_texts(readable, [CANARY, MAIL]) == []
    assert any(ANSWER in str(text) for text in readable)
    row = await world.deployment.database.read(partial(cases.load, case_id=case.id))
    assert (row.version, row.stage) == (Case.model_validate(row.state).version, "published")
    assert (await auditor_of(world.deployment).verify()).findings == []
    assert await noted(world, case.id) == [(retention.SYSTEM, retention.PSEUDONYMISED)]
    (line,) = [line for line in logs if line["event"] == "reporters_pseudonymised"]
    assert line["count"] == 1
    assert find_in_texts([str(logs)], [CANARY, MAIL]) == []


@pytest.mark.rule("VN-15")
async def test_nobody_is_forgotten_by_default(world: World) -> None:
    """None of the texts sets an end: without a setting everything is kept."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    await work_it(world, (await only_case(world)).id, answer=ANSWER)
    world.clock.advance(days=36_500)

    assert await retention_of(world.deployment).run_once() == 0
    assert len(await world.deployment.database.read(holdings.contacts_kept)) == 1


@pytest.mark.rule("VN-15")
async def test_an_open_case_a_later_one_or_a_late_word_keeps_the_person(keeping: World) -> None:
    """Whoever is still being answered, or has written since, is not made nobody."""
    world = keeping
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng từ hôm qua.")
    first = await only_case(world)
    await work_it(world, first.id, answer=ANSWER)
    world.clock.advance(days=700)
    await write_mail(world, "Cống trước số 3 Hùng Vương, phường Phú Nhuận bị nghẹt từ sáng nay.")
    world.clock.advance(days=100)
    run = retention_of(world.deployment).run_once
    assert await run() == 0  # the first case is old enough, the second open

    found = await world.deployment.database.read(partial(case_search.search, wanted=case_search.Search()))
    second = next(one for one in found if one.id != first.id)
    await issue(world, second.id, CENTRE, "cancel", reason_code="mistake", reason="Gửi nhầm.")
    world.clock.advance(days=700)
    assert await run() == 0  # closed, but not long enough
    world.clock.advance(days=31)
    assert await run() == 1
    assert await noted(world, first.id) == await noted(world, second.id) == [(retention.SYSTEM, "pseudonymise")]


@pytest.mark.rule("VN-15")
async def test_one_night_does_no_more_than_it_may(tmp_path: Path) -> None:
    """The rest waits for the next; none is left out and none is done twice."""
    limits = {"pseudonymise_after_years": 1, "most_a_day": 2}
    async with open_world(tmp_path / "var", retention=limits) as world:
        for number, place in enumerate(("Lê Lợi", "Hùng Vương", "Nguyễn Huệ")):
            text = f"Rác chất đống trước số 1{number} {place}, phường Vĩnh Ninh từ hôm qua."
            await write_mail(world, text, sender=f"nguoi{number}@hopthu.example.vn")
        for row in await world.deployment.database.read(partial(case_search.search, wanted=case_search.Search())):
            await issue(world, row.id, CENTRE, "cancel", reason_code="mistake", reason="Gửi nhầm.")
        world.clock.advance(days=367)
        run = retention_of(world.deployment).run_once

        assert [await run(), await run(), await run()] == [2, 1, 0]


def test_a_leap_day_counts_from_the_day_before() -> None:
    at = datetime(2028, 2, 29, 3, 0, tzinfo=UTC)
    assert years_before(at, 1) == datetime(2027, 2, 28, 3, 0, tzinfo=UTC)
    assert years_before(at, 4) == datetime(2024, 2, 29, 3, 0, tzinfo=UTC)
