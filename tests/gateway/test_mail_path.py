"""The whole way of a mail: written, understood, a case, worked on, answered in the same thread."""

from __future__ import annotations

from functools import partial

from core.cases.decide import Actor
from core.service.desk import Issued
from core.storage import cases
from core.storage.cases import Search
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received, write_mail

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
    (case,) = await world.deployment.database.read(partial(cases.search, wanted=Search()))
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
