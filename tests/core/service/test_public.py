"""Codes promised to citizens, the lock on a report, and what a code alone opens; on both engines."""

from __future__ import annotations

import asyncio
from dataclasses import fields, replace
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import update

from core.cases.decide import Actor
from core.contract.errors import NotFound
from core.identity.codes import check_pin, is_code, new_code, parse_pin
from core.service.desk import Issued
from core.service.public import FollowView, Glance, Opened, PublicDesk, Refused, Wanted
from core.storage import case_search, reports
from core.storage.case_search import Search
from core.storage.cases import CaseRow
from core.storage.reports import PublicationRow
from core.storage.tables import report
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.letters import received, write_mail

CENTRE = Actor("ioc", frozenset({"receptionist", "distributor", "editor"}))
LIGHT = "Đèn đường trước số 12 Lê Lợi, phường Vĩnh Ninh hỏng ba hôm nay."


async def desk_of(world: World) -> PublicDesk:
    """The desk of a world."""
    deployment = world.deployment
    return await PublicDesk.open(
        deployment.database, safe=deployment.safe, regulation=deployment.regulation, now=world.clock
    )


async def reported(world: World) -> tuple[str, str]:
    """Code and PIN of a report that came by mail."""
    await write_mail(world, LIGHT)
    digits = "".join(letter for letter in received(world)[0].partition("mã")[2] if letter.isdigit())
    return digits[:12], digits[12:18]


async def the_case(world: World) -> CaseRow:
    """The only case there is."""
    (row,) = await world.deployment.database.read(partial(case_search.search, wanted=Search()))
    return row


async def issue(world: World, name: str, **payload: object) -> None:
    """One command of the centre that must be allowed."""
    answer = await world.deployment.clerk.execute((await the_case(world)).id, name, payload, actor=CENTRE)
    assert isinstance(answer, Issued), answer


@on_both_engines
async def test_the_same_submission_is_promised_the_same_code(world: World) -> None:
    desk = await desk_of(world)
    first, again, other = await asyncio.gather(desk.promise("a"), desk.promise("a"), desk.promise("b"))

    assert first == again
    assert first.code != other.code
    assert is_code(first.code)
    assert parse_pin(first.pin) == first.pin
    key = await asyncio.to_thread(world.deployment.safe.keys.system_secret, "pin")
    assert check_pin(first.pin, first.pin_hash, code=first.code, key=key)


async def test_another_deployment_promises_other_codes(world: World) -> None:
    desk = await desk_of(world)
    promise = await desk.promise("a")
    desk._secrets = replace(desk._secrets, codes=bytes(32))
    assert (await desk.promise("a")).code != promise.code


@on_both_engines
async def test_a_code_that_somebody_holds_is_not_promised_but_ones_own_is(world: World) -> None:
    await reported(world)
    desk = await desk_of(world)
    promise = await desk.promise("a")
    database = world.deployment.database

    await database.write(lambda c: c.execute(update(report).values(code=promise.code)))
    taken = await desk.promise("a")
    assert taken.code != promise.code

    await database.write(lambda c: c.execute(update(report).values(pin_hash=promise.pin_hash)))
    assert await desk.promise("a") == promise, "the report of this very submission"


@on_both_engines
async def test_only_code_and_pin_together_unlock(world: World) -> None:
    code, pin = await reported(world)
    desk = await desk_of(world)

    assert await desk.unlock(f"{code[:4]} {code[4:8]}-{code[8:]}", pin, client="c") == Opened(code)
    for typed, number in ((code, "000000"), (code, ""), (new_code(lambda _: 0), pin), ("x", pin)):
        if number != pin:
            assert await desk.unlock(typed, number, client="c") == Refused()


@on_both_engines
async def test_a_report_without_a_pin_stays_shut(world: World) -> None:
    code, pin = await reported(world)
    await world.deployment.database.write(lambda c: c.execute(update(report).values(pin_hash="")))
    desk = await desk_of(world)
    for typed in (pin, "", "000000"):
        assert await desk.unlock(code, typed, client="c") == Refused()


@on_both_engines
async def test_many_guesses_at_once_do_not_outrun_the_lock(world: World) -> None:
    code, pin = await reported(world)
    wrong = "000000" if pin != "000000" else "111111"
    desk = await desk_of(world)
    answers = await asyncio.gather(*(desk.unlock(code, wrong, client=f"c{turn}") for turn in range(30)))

    looked_at = [answer for answer in answers if answer == Refused()]
    assert len(looked_at) == 5
    blocked = await desk.unlock(code, pin, client="another")
    assert isinstance(blocked, Refused)
    assert blocked.wait > timedelta(0)


async def test_a_right_pin_forgives_the_report_and_not_the_guesser(world: World) -> None:
    code, pin = await reported(world)
    desk = await desk_of(world)
    for _ in range(4):
        await desk.unlock(code, "999999", client="guesser")
    assert await desk.unlock(code, pin, client="owner") == Opened(code)
    for _ in range(4):
        assert await desk.unlock(code, "999999", client="guesser") == Refused()
    for number in range(40):
        await desk.unlock(new_code(lambda above, number=number: number % above), "999999", client="guesser")
    blocked = await desk.unlock(code, pin, client="guesser")
    assert isinstance(blocked, Refused)
    assert blocked.wait > timedelta(0)


@pytest.mark.rule("A-4", "A-TG-8")
@on_both_engines
async def test_a_code_alone_opens_what_the_pack_lists(world: World) -> None:
    code, _ = await reported(world)
    desk = await desk_of(world)
    glance = await desk.glance(code, client="c")

    assert isinstance(glance, Glance)
    assert glance.stage == "Đã nhận phản ánh"
    assert [step.label for step in glance.steps] == ["Đã nhận phản ánh"]
    assert {field.name for field in fields(Glance)} == {
        "code",
        "case_id",
        "stage",
        "received_at",
        "category",
        "agencies",
        "steps",
        "published",
    }
    assert await desk.glance(new_code(lambda _: 0), client="c") is None
    assert await desk.glance("12", client="c") is None


@pytest.mark.rule("A-TG-8")
async def test_a_confidential_case_shows_less_and_a_secret_one_least(world: World) -> None:
    code, _ = await reported(world)
    desk = await desk_of(world)
    await issue(world, "set_confidential", confidential=True)
    glance = await desk.glance(code, client="c")
    assert isinstance(glance, Glance)
    assert glance.stage
    assert glance.agencies == ()

    await issue(world, "flag_secret")
    glance = await desk.glance(code, client="c")
    assert isinstance(glance, Glance)
    assert (glance.category, glance.steps, glance.published) == ("", (), "")


@on_both_engines
async def test_the_reporter_reads_their_own_words_and_the_answers_to_them(world: World) -> None:
    code, _ = await reported(world)
    desk = await desk_of(world)
    await issue(world, "request_supplement", fields=["place"], note="Xin cho biết số nhà.")
    await world.settle()
    view = await desk.follow(code)

    assert isinstance(view, FollowView)
    assert "Đèn đường" in view.content
    assert [line.ours for line in view.lines] == [False, True, True]
    assert "Xin cho biết số nhà." in view.lines[-1].text
    assert view.progress.asked_for == ("Nơi xảy ra",)
    assert "supply_supplement" in view.progress.may
    assert "accept" not in view.progress.may
    assert await desk.follow(new_code(lambda _: 0)) is None


@on_both_engines
async def test_the_pulse_changes_with_every_word_and_step(world: World) -> None:
    code, _ = await reported(world)
    desk = await desk_of(world)
    before = await desk.pulse(code)
    assert await desk.pulse(code) == before
    await issue(world, "accept")
    assert await desk.pulse(code) != before


@on_both_engines
async def test_published_cases_are_paged_and_found_in_any_spelling(world: World) -> None:
    desk = await desk_of(world)
    for number in range(5):
        row = PublicationRow(
            f"{number:032x}", world.clock(), {"answer": f"{number}"}, "result", f"mat duong so {number}"
        )
        await world.deployment.database.write(partial(reports.publish, row=row))
    first = await desk.published(Wanted(search="Mặt ĐƯỜNG"), most=3)
    assert first.more is not None
    rest = await desk.published(Wanted(search="Mặt ĐƯỜNG"), before=first.more, most=3)
    assert [shown.answer for _, shown in (*first.rows, *rest.rows)] == ["4", "3", "2", "1", "0"]
    assert rest.more is None
    assert (await desk.published(Wanted(search="100%"))).rows == ()
    assert (await desk.publication(f"{3:032x}")).answer == "3"
    with pytest.raises(NotFound):
        await desk.publication("f" * 32)
