"""The whole way of a mail: written, understood, a case, worked on, answered in the same thread."""

from __future__ import annotations

import io
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from core.cases.decide import Actor
from core.service.desk import Issued
from core.service.work import Work
from core.storage import case_search
from core.storage.case_search import Search
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import Enclosure, received, write_mail

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))


async def issue(world: World, case_id: str, actor: Actor, name: str, **payload: object) -> None:
    """One command that must be allowed."""
    answer = await world.deployment.clerk.execute(case_id, name, payload, actor=actor)
    assert isinstance(answer, Issued), answer
    await world.settle()


@on_both_engines
async def test_a_mail_becomes_a_case_and_the_answer_goes_back_in_its_thread(world: World) -> None:
    """Receipt with code, then the published result, in the citizen's own conversation."""
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay.", subject="Đèn hỏng")
    (case,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    assert case.stage == "received"
    assert case.code in received(world)[0].replace(" ", "")

    await issue(world, case.id, CENTRE, "accept")
    agency = next(one.id for one in world.deployment.regulation.agencies.of_kinds(["enterprise"]))
    await issue(world, case.id, CENTRE, "dispatch", agencies=[agency])
    officer = Actor("officer", frozenset({"officer"}), agency)
    leader = Actor("leader", frozenset({"leader"}), agency)
    await issue(world, case.id, officer, "accept_dispatch")
    await issue(world, case.id, officer, "submit_result", result="Đã thay bóng đèn.")
    await issue(world, case.id, leader, "approve")
    await issue(world, case.id, CENTRE, "publish", text="Đơn vị đã thay bóng đèn ngày 23/11/2026.")

    answer = world.mail.mails[-1].shown()
    assert "Đơn vị đã thay bóng đèn" in answer["text"]
    assert answer["subject"] == "Re: Đèn hỏng"
    assert answer["headers"]["In-Reply-To"]


async def test_a_failed_try_leaves_no_file_that_nobody_owns(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer's files lie under the same key at the second try, and are found when the person is erased."""
    finish, tries = world.deployment.clerk.finish, 0

    async def fail_twice(work: Work) -> None:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise OSError("the disk hiccups")
        await finish(work)

    monkeypatch.setattr(world.deployment.clerk, "finish", fail_twice)
    photo = Enclosure(png(), "image/png", "anh.png")
    await write_mail(world, "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng.", files=[photo])
    for seconds in (1, 2):  # the pauses between the tries grow
        await world.pass_time(seconds=seconds)

    assert tries > 2
    assert len([path for path in (tmp_path / "var" / "media").rglob("*") if path.is_file()]) == 1


def png() -> bytes:
    """A small picture."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "navy").save(picture, "PNG")
    return picture.getvalue()
