"""After a case was handed over: it becomes urgent, its answer is rated, asked about, made clear and corrected."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from core.cases.decide import Actor
from core.cases.model import Case
from core.service.actors import Member
from core.service.desk import Issued
from core.service.links import telling
from core.storage import staff_notices
from gateway.links.answered import NEWER
from tests.gateway.api.staffing import LIGHTS, agency, centre, issue, report
from tests.gateway.console.office import open_office
from tests.gateway.links.conftest import ACTS, CITY, PROVINCE, introduce, standing
from tests.gateway.links.offices import Office, pass_time, until_quiet
from tests.gateway.links.test_exchange_troubles import ANSWER, answered
from tests.gateway.links.test_federation import handed_over, only_case, said_in, shown
from tests.support.letters import received

QUESTION = "Đèn lại tắt từ tối qua. Gọi tôi 0900 000 001, Nguyễn Văn An."
CLEAR = "Đã thay cả dây cấp nguồn sáng nay."


async def published(province: Office, city: Office) -> str:
    """The citizen has the city's answer, through the province; the case's id there."""
    case_id = await handed_over(province)
    await until_quiet(province, city)
    await answered(city)
    await until_quiet(city, province)
    await issue(province.world, province.people["ioc"], case_id, "publish", text=ANSWER)
    await until_quiet(province, city)
    return case_id


async def by_the_reporter(office: Office, command: str, **payload: Any) -> None:
    """What the citizen does on their page."""
    case = await only_case(office)
    actor = Actor.reporter(case.reports[0].contact_id)
    outcome = await office.world.deployment.clerk.execute(case.id, command, payload, actor=actor)
    assert isinstance(outcome, Issued), outcome


def urgency(case: Case) -> str:
    """Its tier."""
    return case.urgency


@pytest.mark.rule("QB-QD.III.1.1c", "TG-10.1", "TG-10.2")
async def test_a_question_about_the_answer_is_made_clear_by_who_answered(province: Office, city: Office) -> None:
    """It goes to the city without name or number, and the city's words come to whoever asked, in the agency's name."""
    await published(province, city)
    await by_the_reporter(province, "give_feedback", text=QUESTION)
    await until_quiet(province, city)

    theirs = await only_case(city)
    assert (theirs.stage, len(theirs.feedbacks)) == ("clarifying", 1)
    words = await said_in(city, theirs)
    assert "Người phản ánh phản hồi về kết quả: Đèn lại tắt từ tối qua" in words
    assert "900 000 001" not in words
    assert "Nguyễn Văn An" not in words

    await issue(city.world, await agency(city.world, "cty_cap_nuoc"), theirs.id, "clarify", text=CLEAR)
    await until_quiet(city, province)
    ours = await only_case(province)
    said = await province.world.deployment.clerk.texts.read([ours.feedbacks[0].clarification])
    assert (ours.stage, list(said.values())) == ("published", [CLEAR])
    assert CLEAR in received(province.world)[-1]
    assert (await standing(province.world), await standing(city.world)) == ({CITY: (0, 0)}, {PROVINCE: (0, 0)})
    assert len((await only_case(city)).feedbacks) == 1


@pytest.mark.rule("QB-QD.III.1.1c", "TG-10.1")
async def test_a_rating_counts_where_the_answer_was_made(province: Office, city: Office) -> None:
    """With its comment, once; a second one of another answer too."""
    await published(province, city)
    await by_the_reporter(province, "rate", level="dissatisfied", comment="Chậm quá. 0900 000 001")
    await until_quiet(province, city)

    ((given,),) = [one.ratings for one in (await only_case(city)).publications]
    comment = await city.world.deployment.clerk.texts.read([given.comment])
    assert given.level == "dissatisfied"
    assert "Chậm quá." in "".join(comment.values())
    assert "0900 000 001" not in "".join(comment.values())


async def test_what_the_province_made_clear_itself_is_read_at_the_city(province: Office, city: Office) -> None:
    """Whoever was about to write hears that it is done; what the city makes clear is not told back to it."""
    case_id = await published(province, city)
    await by_the_reporter(province, "give_feedback", text=QUESTION)
    await until_quiet(province, city)
    await issue(province.world, await agency(province.world, LIGHTS), case_id, "clarify", text=CLEAR)
    await until_quiet(province, city)

    assert f"Nơi chuyển hồ sơ đã làm rõ với người phản ánh: {CLEAR}" in await said_in(city, await only_case(city))


async def corrected(city: Office, text: str) -> None:
    """The city answers anew, as regulations allow that have a step for it."""
    theirs = await only_case(city)
    contact = theirs.reports[0].contact_id
    clerk = city.world.deployment.clerk
    asked = await clerk.execute(theirs.id, "give_feedback", {"text": "Xin xem lại."}, actor=Actor.reporter(contact))
    assert isinstance(asked, Issued), asked
    await issue(city.world, await agency(city.world, "cty_cap_nuoc"), theirs.id, "clarify", text=text)


async def test_a_corrected_answer_is_read_at_home_by_who_publishes(province: Office, city: Office) -> None:
    """Beside the part, until somebody has done something with it; the console says that it is there."""
    case_id = await published(province, city)
    (part,) = (await only_case(province)).dispatches
    assert (await shown(province, case_id))[part.id].newer is None
    province.world.clock.advance(minutes=5)
    city.world.clock.advance(minutes=5)
    await corrected(city, "Đính chính: đã thay ngày 24/11.")
    await until_quiet(city, province)

    newer = (await shown(province, case_id))[part.id].newer
    assert newer is not None
    assert newer.text == f"{ANSWER}\n\nĐính chính: đã thay ngày 24/11."
    page = await case_page(province, province.people["ioc"], case_id)
    assert "Bên đó đã trả lời lại" in page
    assert "Đính chính: đã thay ngày 24/11." in page
    (notice,) = await notices(province)
    assert notice.case_id == case_id
    assert await standing(city.world) == {PROVINCE: (0, 0)}
    kept = await province.world.deployment.database.read(
        lambda one: str(one.exec_driver_sql("SELECT value FROM setting").all())
    )
    assert "Đính chính" not in kept

    province.world.clock.advance(minutes=5)
    await by_the_reporter(province, "give_feedback", text="Sao chưa thấy gì?")
    await issue(province.world, await agency(province.world, LIGHTS), case_id, "clarify", text="Đã thay ngày 24/11.")
    assert (await shown(province, case_id))[part.id].newer is None


async def case_page(office: Office, member: Member, case_id: str) -> str:
    """What stands on it in the console."""
    async with open_office(office.world) as console, console.desk(member) as desk:
        return (await desk.get(f"/console/ho-so/{case_id}")).text


async def test_what_the_province_keeps_is_named_on_the_citys_page(province: Office, city: Office) -> None:
    """In words: who reported, and how to reach them, is known where they wrote."""
    await handed_over(province)
    await until_quiet(province, city)
    page = await case_page(city, await centre(city.world), (await only_case(city)).id)

    assert "Số điện thoại: Hồ sơ liên thông" in page
    assert "phone: " not in page


async def notices(office: Office) -> list[Any]:
    """What staff were told of newer answers."""
    ioc = office.people["ioc"]
    told = await office.world.deployment.database.read(partial(staff_notices.of_user, user_id=ioc.id, most=50))
    return [one for one in told if one.notification == NEWER]


async def test_an_answer_that_is_corrected_before_it_was_approved_is_not_approved_unseen(tmp_path: Path) -> None:
    """Who approves at home sees both; the city is not told that it failed."""
    async with Office(tmp_path / "province") as province, Office(tmp_path / "city") as city:
        await introduce(province, city, **ACTS | {"roles": ["officer"]})
        case_id = await handed_over(province)
        await until_quiet(province, city)
        await answered(city)
        await until_quiet(city, province)
        await corrected(city, "Đính chính: đã thay ngày 24/11.")
        await until_quiet(city, province)

        (part,) = (await only_case(province)).dispatches
        newer = (await shown(province, case_id))[part.id].newer
        assert (part.stage, len(part.resolutions)) == ("awaiting_approval", 1)
        assert newer is not None
        assert newer.text.endswith("Đính chính: đã thay ngày 24/11.")
        assert await standing(city.world) == {PROVINCE: (0, 0)}


@pytest.mark.rule("QB-II.2h", "TG-6.3k")
async def test_what_staff_marked_as_urgent_is_urgent_at_the_city(province: Office, city: Office) -> None:
    """A lamp says nothing of danger: what was marked before it was handed over goes along."""
    ioc = province.people["ioc"] = await centre(province.world)
    case_id = await report(province.world)
    await issue(province.world, ioc, case_id, "accept")
    await issue(province.world, ioc, case_id, "raise_emergency")
    await issue(province.world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await until_quiet(province, city)

    assert urgency(await only_case(city)) == urgency(await only_case(province)) == "emergency"


@pytest.mark.rule("QB-II.2h", "TG-6.3k")
async def test_what_becomes_urgent_later_is_raised_there_and_lowered_by_its_own_desk(
    province: Office, city: Office
) -> None:
    """Once; the case that was handed over plain is urgent at the city too."""
    case_id = await handed_over(province)
    await until_quiet(province, city)
    assert urgency(await only_case(city)) == "normal"
    ioc = province.people["ioc"]
    await issue(province.world, ioc, case_id, "raise_emergency")
    await until_quiet(province, city)
    assert urgency(await only_case(city)) == "emergency"

    await issue(province.world, ioc, case_id, "downgrade_emergency", reason="Không nguy hiểm.")
    await until_quiet(province, city)
    theirs = await only_case(city)
    assert urgency(theirs) == "emergency"
    assert "Nơi chuyển hồ sơ đã bỏ mức khẩn" in await said_in(city, theirs)
    assert await standing(province.world) == {CITY: (0, 0)}


async def test_what_becomes_urgent_before_the_case_is_there_is_told_until_it_is(province: Office, city: Office) -> None:
    """Handed over and marked within a second: the city has not taken it out of its inbox yet."""
    case_id = await handed_over(province)
    await province.work()
    await issue(province.world, province.people["ioc"], case_id, "raise_emergency")
    await province.work()
    assert await standing(province.world) == {CITY: (1, 0)}

    await city.work()
    pass_time(province, city, minutes=1)
    await until_quiet(province, city)
    assert urgency(await only_case(city)) == "emergency"
    assert await standing(province.world) == {CITY: (0, 0)}


async def test_a_partner_of_an_earlier_version_is_not_disturbed(
    province: Office, city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not know these kinds of news, takes them as any it does not know, and its answers still count."""
    from gateway.api import links

    monkeypatch.setattr(links, "_AFTERWARDS", {})
    mirrored = telling.Mirrored
    monkeypatch.setattr(
        telling,
        "Mirrored",
        lambda **told: mirrored(**{key: told[key] for key in told if not key.startswith("clarification")}),
    )
    case_id = await published(province, city)
    await by_the_reporter(province, "give_feedback", text=QUESTION)
    await issue(province.world, await agency(province.world, LIGHTS), case_id, "clarify", text=CLEAR)
    await until_quiet(province, city)

    assert (await only_case(city)).feedbacks == ()
    assert (await standing(province.world), await standing(city.world)) == ({CITY: (0, 0)}, {PROVINCE: (0, 0)})
