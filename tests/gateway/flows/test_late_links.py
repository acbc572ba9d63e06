"""Whose report is linked to a case that has its answer hears that answer (A-3)."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from core.cases.decide import Actor
from core.storage import case_search
from core.storage.case_search import Search
from tests.gateway.flows.office import CENTRE, LAMP, RESULT, handled, issue, published, state_of
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.letters import answer_mail, received, write_mail

BINH = "binh@hopthu.example.vn"
SAME = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh tối om. Tôi là Trần Thị Bình, số 0900 000 002."
ASKED = "Anh/chị có hài lòng không ạ?"


async def reported(world: World, text: str, **mail: str) -> str:
    """A mail; returns the id of its case."""
    find = partial(case_search.search, wanted=Search())
    before = {row.id for row in await world.deployment.database.read(find)}
    await write_mail(world, text, **mail)  # type: ignore[arg-type]
    (made,) = {row.id for row in await world.deployment.database.read(find)} - before
    return made


async def linked(world: World, main: str) -> list[str]:
    """Bình reports the same, and the desk links it; what came of it, with the mailbox it came into."""
    other = await reported(world, SAME, sender=BINH)
    before = len(world.mail.mails)
    await issue(world, main, "link_report", other_case=other)
    assert {mail.recipient for mail in world.mail.mails[before:]} <= {BINH}
    return received(world)[before:]


@pytest.mark.rule("A-3", "A-5")
@on_both_engines
async def test_who_is_linked_late_hears_the_answer_alone_and_rates_it(world: World) -> None:
    main = await reported(world, LAMP)
    await published(world, main)

    (told,) = await linked(world, main)

    assert RESULT in told
    assert ASKED in told
    await answer_mail(world, "hài lòng")
    (answer,) = (await state_of(world, main)).publications
    assert [given.level for given in answer.ratings] == ["satisfied"]


@pytest.mark.rule("A-3", "A-5")
async def test_who_is_linked_when_nobody_may_rate_any_more_is_not_asked_to(world: World) -> None:
    main = await reported(world, LAMP)
    await published(world, main)
    await world.pass_time(days=40)

    (told,) = await linked(world, main)

    assert (RESULT in told, ASKED in told) == (True, False)


@pytest.mark.rule("A-3", "VN-3")
@pytest.mark.parametrize("ending", ["open", "withheld", "secret"])
async def test_who_is_linked_where_no_answer_may_be_told_hears_nothing_yet(world: World, ending: str) -> None:
    main = await reported(world, LAMP)
    await handled(world, main)
    if ending == "secret":
        await issue(world, main, "publish", text=RESULT)
    if ending != "open":
        await issue(world, main, "flag_secret")
    if ending == "withheld":
        await issue(world, main, "withhold", reason="Theo quy định về bí mật nhà nước")

    assert await linked(world, main) == []


@pytest.mark.rule("A-3", "DL-II.2.3c.2")
async def test_an_answer_that_is_worked_out_anew_is_not_told_again(database_url: str, tmp_path: Path) -> None:
    """Who is linked meanwhile hears the new one, like everybody else."""
    async with world_over(database_url, tmp_path, regulation="dak_lak") as world:
        focal = Actor("focal", frozenset({"focal"}), "ubnd_thanh_pho")
        done = {"result": "Đã xong.", "handled_at": "2026-11-20T08:00:00+07:00"}
        main = await reported(world, LAMP)
        await issue(world, main, "accept")
        await issue(world, main, "dispatch", agencies=["ubnd_thanh_pho"])
        await issue(world, main, "submit_result", focal, **done)
        await issue(world, main, "publish", text=RESULT)
        await issue(world, main, "reopen", focal, reason="Đèn lại hỏng")

        assert await linked(world, main) == []

        await issue(world, main, "submit_result", focal, **done)
        before = len(world.mail.mails)
        await issue(world, main, "publish", CENTRE, text=f"{RESULT} Đã thay cả chấn lưu.")
        assert BINH in {mail.recipient for mail in world.mail.mails[before:]}
