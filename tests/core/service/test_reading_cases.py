"""What a case page shows to whom, and what is logged when it shows a person."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from core.contract.errors import NotFound
from core.service.actors import Member, seats
from core.service.reading import CaseReader, RevealRefused
from core.storage import erasure, people
from tests.gateway.api.staffing import LIGHTS, WATER, agency, answered, centre, hire, issue, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World


@pytest.fixture
def reader(world: World) -> CaseReader:
    """A reader over the test's deployment."""
    one = world.deployment
    return CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)


async def accesses(world: World, ref: str) -> list[tuple[str, str]]:
    """(who, what) was logged."""
    found = await world.deployment.database.read(partial(people.accesses, ref=ref))
    return [(user, what) for _, user, what in found]


@on_both_engines
async def test_the_page_of_an_answered_case_tells_its_whole_story(world: World, reader: CaseReader) -> None:
    """Stages, clocks, texts, answers and people, all in words."""
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await answered(world, ioc, lights, case_id)

    page = await reader.case_page(case_id, ioc)

    assert page.stage.label == world.deployment.regulation.current.stage("case", page.stage.id).label
    assert [one.kind for one in page.answers] == ["public"]
    assert page.answers[0].text == "Đơn vị đã thay bóng đèn ngày 23/11/2026."
    assert page.dispatches[0].agency.id == LIGHTS
    assert page.dispatches[0].resolutions[0].result == "Đã thay bóng đèn."
    assert page.dispatches[0].resolutions[0].by.name == "Lê Văn Cường"
    told = [entry.sentence for entry in page.timeline]
    assert told[0].startswith("Nhận phản ánh qua kênh")
    assert f"Phân phối đến {page.dispatches[0].agency.label}." in told
    assert "Phê duyệt kết quả." in told
    assert [entry.version for entry in page.timeline] == list(range(1, page.version + 1))
    sent = next(entry for entry in page.timeline if entry.kind == "case_dispatched")
    assert (sent.by.name, sent.texts[0].label, sent.texts[0].text) == (
        "Trần Thị Bình",
        "Ghi chú",
        "Đề nghị xử lý sớm.",
    )
    assert "HUE-1" in sent.rules


async def test_the_limit_of_acceptance_comes_with_its_arithmetic(world: World, reader: CaseReader) -> None:
    """HUE-2: thirty minutes from the distribution, counted in the open."""
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await world.pass_time(minutes=10)

    page = await reader.case_page(case_id, lights)

    (clock,) = [one for one in page.clocks if one.name == "acceptance"]
    assert clock.remaining_s == pytest.approx(20 * 60, abs=1)
    assert clock.left == "20 phút"
    assert clock.status in ("on_time", "due_soon")
    assert clock.explanation.startswith("30 phút kể từ 08:00")
    assert "HUE-2" in clock.rules
    assert page.tasks[0].clock_id == clock.id
    await world.pass_time(minutes=21)
    late = await reader.case_page(case_id, lights)
    assert next(one for one in late.clocks if one.id == clock.id).status == "overdue"
    assert late.tasks[0].overdue


async def test_people_are_masked_until_somebody_asks_and_that_is_logged(world: World, reader: CaseReader) -> None:
    """VN-4: every reading of personal data leaves a line."""
    ioc, case_id = await centre(world), await report(world)

    masked = await reader.case_page(case_id, ioc)
    assert masked.reports[0].reporter.name == "N*** V** A*"
    assert "0900 000 001" not in masked.model_dump_json()
    assert "an@hopthu" not in masked.model_dump_json()
    assert "Nguyễn Văn An" not in masked.model_dump_json()
    assert await accesses(world, case_id) == []

    clear = await reader.case_page(case_id, ioc, reveal=True)
    assert clear.reports[0].reporter.name == "Nguyễn Văn An"
    assert "0900 000 001" in clear.reports[0].content_as_sent
    assert await accesses(world, case_id) == [(ioc.id, "identity")]


async def test_an_agency_sees_only_cases_it_has_a_part_in(world: World, reader: CaseReader) -> None:
    """Another agency is told that there is no such case; conversations stay with the centre."""
    ioc, lights, water = await centre(world), await agency(world), await agency(world, WATER)
    case_id = await report(world)
    with pytest.raises(NotFound):
        await reader.case_page(case_id, lights)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])

    assert (await reader.case_page(case_id, lights)).conversations == ()
    with pytest.raises(NotFound):
        await reader.case_page(case_id, water)
    with pytest.raises(NotFound):
        await reader.case_page("no-such-case", ioc)


@pytest.mark.rule("TG-5.4")
async def test_secrecy_on_request_keeps_the_reporter_from_the_agency(world: World, reader: CaseReader) -> None:
    """The centre still knows whom to answer."""
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    assert (await reader.case_page(case_id, lights, reveal=True)).revealed
    await issue(world, ioc, case_id, "set_confidential", confidential=True, reason="Người gửi đề nghị.")

    with pytest.raises(RevealRefused):
        await reader.case_page(case_id, lights, reveal=True)
    page = await reader.case_page(case_id, lights)
    assert not page.may_reveal
    assert "Giữ bí mật người phản ánh" in [flag.label for flag in page.flags]
    assert (await reader.case_page(case_id, ioc, reveal=True)).reports[0].reporter.name == "Nguyễn Văn An"


async def test_an_administrator_sees_everything_masked_and_may_do_nothing(world: World, reader: CaseReader) -> None:
    """No regulation knows the role, so it has no moves and reveals nobody."""
    admin, case_id = await hire(world, "Quản trị", ("admin", "")), await report(world)

    page = await reader.case_page(case_id, admin)

    assert page.moves == ()
    assert page.conversations[0].messages[0].text
    with pytest.raises(RevealRefused):
        await reader.case_page(case_id, admin, reveal=True)


async def test_an_administrator_with_a_role_elsewhere_reveals_only_what_that_role_does(
    world: World, reader: CaseReader
) -> None:
    """One sees every case, the other opens identities where its agency has a part: together they open no more."""
    both = await hire(world, "Quản trị", ("admin", ""), ("officer", WATER))
    ioc, case_id = await centre(world), await report(world)
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])

    assert not (await reader.case_page(case_id, both)).may_reveal
    with pytest.raises(RevealRefused):
        await reader.case_page(case_id, both, reveal=True)
    await issue(world, ioc, case_id, "dispatch", agencies=[WATER])
    assert (await reader.case_page(case_id, both, reveal=True)).reports[0].reporter.name == "Nguyễn Văn An"


async def test_moves_are_the_commands_allowed_now_with_their_choices(world: World, reader: CaseReader) -> None:
    """Buttons in the words of the regulation, fields with lists to choose from."""
    ioc, lights, case_id = await centre(world), await agency(world), await report(world)
    assert "accept" in [move.command for move in (await reader.case_page(case_id, ioc)).moves]
    await issue(world, ioc, case_id, "accept")
    page = await reader.case_page(case_id, ioc)
    dispatch = next(move for move in page.moves if move.command == "dispatch")
    agencies = next(one for one in dispatch.fields if one.name == "agencies")
    assert agencies.required
    assert LIGHTS in [choice.id for choice in agencies.choices]
    classify = next(move for move in page.moves if move.command == "classify")
    assert [one.label for one in classify.fields][:1] == ["Lĩnh vực"]

    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    theirs = await reader.case_page(case_id, lights)
    accept = next(move for move in theirs.moves if move.command == "accept_dispatch")
    assert accept.dispatch_id == theirs.dispatches[0].id
    assert accept.about == theirs.dispatches[0].agency.label
    assert theirs.acting_for is not None
    assert theirs.acting_for.id == LIGHTS


async def test_somebody_of_every_agency_acts_for_the_one_whose_turn_it_is(world: World, reader: CaseReader) -> None:
    """The agency may also be named; one that was never granted is refused."""
    ioc, case_id = await centre(world), await report(world)
    everywhere = await hire(world, "Phạm Thị Dung", ("officer", WATER), ("officer", LIGHTS))
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])

    page = await reader.case_page(case_id, everywhere)
    assert page.acting_for is not None
    assert page.acting_for.id == LIGHTS
    assert "accept_dispatch" in [move.command for move in page.moves]
    other = await reader.case_page(case_id, everywhere, acting=WATER)
    assert "accept_dispatch" not in [move.command for move in other.moves]
    with pytest.raises(ValueError, match="no role"):
        await reader.case_page(case_id, everywhere, acting="so_y_te")


async def test_a_file_of_another_case_is_not_found(world: World, reader: CaseReader) -> None:
    """Keys are checked against the case; an opening is logged."""
    ioc, case_id = await centre(world), await report(world)
    media = world.deployment.media
    stranger = await media.put_file(b"%PDF-1.4 x", subject_id="other", name="x.pdf")
    with pytest.raises(NotFound):
        await reader.open_file(case_id, stranger.stored_key, ioc)
    assert await accesses(world, case_id) == []


async def test_erased_words_are_gone_and_the_story_stays(world: World, reader: CaseReader) -> None:
    """Destroying the keys leaves facts, and says that something was erased."""
    ioc, case_id = await centre(world), await report(world)
    page = await reader.case_page(case_id, ioc)
    texts = await world.deployment.database.read(partial(erasure.text_subject, case_id=case_id))
    for subject in (page.reports[0].reporter.contact_id, texts):
        await asyncio.to_thread(world.deployment.safe.keys.destroy, subject, world.clock())

    after = await reader.case_page(case_id, ioc, reveal=True)

    assert after.reports[0].erased
    assert after.reports[0].reporter.name == ""
    assert after.timeline[0].texts[0].text == "[đã xóa theo yêu cầu]"
    assert after.timeline[0].sentence == page.timeline[0].sentence


async def test_a_grant_without_agency_gives_no_seat_in_every_agency(world: World) -> None:
    """A slip in a grant must not open the work of everybody."""
    pack = world.deployment.regulation.current
    member = Member("u", (("officer", ""), ("officer", LIGHTS), ("editor", ""), ("unknown", "")))
    assert set(seats(member.grants, pack)) == {("officer", LIGHTS), ("editor", "")}
