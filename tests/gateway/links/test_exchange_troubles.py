"""What goes wrong between two deployments in a year: large files, long words, changed minds, a wrong secret."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pytest
from PIL import Image

from core.privacy.errors import MediaRefused
from core.service.reading.views import CaseView
from gateway.admin.actions import ACTIONS
from tests.gateway.api.staffing import LIGHTS, REPORT, WATER, agency, case_ids, centre, hire, issue
from tests.gateway.links.conftest import ACTS, CITY, PROVINCE, introduce, linked, standing
from tests.gateway.links.offices import Office, pass_time, until_quiet
from tests.gateway.links.test_federation import handed_over, only_case, said_in
from tests.support.letters import Enclosure, answer_mail, received, write_mail

ANSWER = "Đơn vị đã thay bóng đèn ngày 23/11/2026."
WANTED = "Thiếu ảnh hiện trường sau khi thay."


def large_photo() -> bytes:
    """As a good telephone takes it: more than four megabytes."""
    side, out = 2400, io.BytesIO()
    noise = random.Random(1).randbytes(side * side * 3)
    Image.frombytes("RGB", (side, side), noise).save(out, "JPEG", quality=92)
    return out.getvalue()


async def with_photo(province: Office, data: bytes) -> str:
    """A report with a photograph, whose case is given to the city; its id."""
    ioc = await centre(province.world)
    await write_mail(province.world, REPORT, subject="Đèn", files=[Enclosure(data, "image/jpeg", "den.jpg")])
    (case_id,) = await case_ids(province.world)
    await issue(province.world, ioc, case_id, "accept")
    await issue(province.world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    return case_id


async def answered(city: Office, text: str = ANSWER) -> None:
    """The city does its work."""
    theirs, ioc, officials = await only_case(city), await centre(city.world), await agency(city.world, WATER)
    await issue(city.world, ioc, theirs.id, "accept")
    await issue(city.world, ioc, theirs.id, "dispatch", agencies=[WATER])
    await issue(city.world, officials, theirs.id, "accept_dispatch")
    await issue(city.world, officials, theirs.id, "submit_result", result=text)
    await issue(city.world, officials, theirs.id, "approve")
    await issue(city.world, ioc, theirs.id, "publish", text=text)


@pytest.mark.rule("QB-QD.III.1.1c")
async def test_a_quiet_day_keeps_no_case_from_going(province: Office, city: Office) -> None:
    """Nobody has opened anything for half a minute on either side: each key is fetched anew."""
    for office in (province, city):
        office.world.deployment.safe.keys._cache._max_age = -1.0
    await handed_over(province)
    await until_quiet(province, city)
    theirs = await only_case(city)
    await issue(
        city.world, await centre(city.world), theirs.id, "request_supplement", fields=["time"], note="Từ bao giờ?"
    )
    await until_quiet(city, province)
    await answer_mail(province.world, "Hỏng từ tối hôm qua.", to=province.world.mail.mails[-1])
    await until_quiet(province, city)
    await answered(city)
    await until_quiet(city, province)

    assert "Hỏng từ tối hôm qua" in await said_in(city, await only_case(city))
    assert [one.stage for one in (await only_case(province)).dispatches] == ["approved"]
    assert (await standing(province.world), await standing(city.world)) == ({CITY: (0, 0)}, {PROVINCE: (0, 0)})


async def test_a_large_photograph_goes_along_whole(province: Office, city: Office) -> None:
    """None of it is cut off on the way."""
    await with_photo(province, large_photo())
    (kept,) = (await only_case(province)).media
    sent = await province.world.deployment.media.get(kept)
    assert len(sent) > 4 * 1024 * 1024
    await until_quiet(province, city)

    (key,) = (await only_case(city)).media
    there = await city.world.deployment.media.get(key)
    assert Image.open(io.BytesIO(there)).size == (2400, 2400)
    assert await standing(province.world) == {CITY: (0, 0)}


async def test_a_file_that_is_not_taken_holds_no_case_up(
    province: Office, city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city's scanner refuses it: the case comes without it, and says so."""

    async def refuse(*_args: object, **_more: object) -> None:
        raise MediaRefused("virus", "")

    await with_photo(province, large_photo())
    monkeypatch.setattr(city.world.deployment.media, "put_file", refuse)
    await until_quiet(province, city)

    theirs = await only_case(city)
    assert theirs.media == ()
    assert "1 tệp không nhận được: tệp có mã độc" in await said_in(city, theirs)


async def test_what_is_gone_at_home_holds_no_case_up(province: Office, city: Office) -> None:
    """A photograph that its provider never gave out has a place in the case, and nothing lies there."""
    await city.close()
    await with_photo(province, large_photo())
    (kept,) = (await only_case(province)).media
    await province.world.deployment.media.delete(kept)
    await city.open(like=province)
    await until_quiet(province, city)

    assert "1 tệp không nhận được: không còn ở nơi chuyển" in await said_in(city, await only_case(city))


async def handed_over_and_taken_back(province: Office) -> str:
    """A case that the city does not have any more; its id."""
    case_id = await handed_over(province)
    officer = await agency(province.world, LIGHTS)
    await issue(province.world, officer, case_id, "send_back", reason="Nhầm đơn vị", agency_unknown=True)
    return case_id


async def test_what_is_withdrawn_before_it_came_is_told_as_well(province: Office, city: Office) -> None:
    """The city was away for it all: it reads the end right behind the beginning, before a case was made of either."""
    await city.close()
    await handed_over_and_taken_back(province)
    await province.work()
    await city.open(like=province)
    pass_time(province, city, minutes=20)
    await until_quiet(province, city)

    assert "đã kết thúc phần việc này" in await said_in(city, await only_case(city))


async def test_what_is_handed_over_twice_before_it_came_is_one_case(province: Office, city: Office) -> None:
    """Taken back and given again while the city was away: one case there, whose end comes home."""
    await city.close()
    case_id = await handed_over_and_taken_back(province)
    await issue(province.world, province.people["ioc"], case_id, "dispatch", agencies=[LIGHTS])
    await city.open(like=province)
    pass_time(province, city, minutes=20)
    await until_quiet(province, city)
    assert len(await case_ids(city.world)) == 1

    await answered(city)
    await until_quiet(city, province)
    assert [one.stage for one in (await only_case(province)).dispatches] == ["redirected", "approved"]


@pytest.mark.rule("QB-QD.III.1.1c", "TG-8.1a")
async def test_an_answer_that_is_to_be_mended_is_heard_of_and_mended(tmp_path: Path) -> None:
    """Who approves at home returns it with a ground: the city reads that, once, and answers anew."""
    async with Office(tmp_path / "province") as province, Office(tmp_path / "city") as city:
        await introduce(province, city, **ACTS | {"roles": ["officer"]})
        case_id = await handed_over(province)
        await until_quiet(province, city)
        await answered(city)
        await until_quiet(city, province)
        leader = await hire(province.world, "Phạm Văn Dũng", ("leader", LIGHTS))
        assert WANTED not in await said_in(city, await only_case(city))
        await issue(province.world, leader, case_id, "return_for_revision", reason=WANTED)
        await until_quiet(province, city)

        theirs = await only_case(city)
        assert (theirs.stage, len(theirs.feedbacks)) == ("clarifying", 1)
        assert f"trả lại kết quả để hoàn thiện: {WANTED}" in await said_in(city, theirs)
        officials = await agency(city.world, WATER)
        await issue(city.world, officials, theirs.id, "clarify", text="Đã chụp và gửi kèm ảnh sau khi thay.")
        await until_quiet(city, province)
        (part,) = (await only_case(province)).dispatches
        said = await province.world.deployment.clerk.texts.read([part.resolutions[-1].result])
        assert (part.stage, len(part.resolutions)) == ("awaiting_approval", 2)
        assert list(said.values()) == [f"{ANSWER}\n\nĐã chụp và gửi kèm ảnh sau khi thay."]


async def test_a_long_question_is_asked_whole(province: Office, city: Office) -> None:
    """As long as a desk may write one; and a long answer comes back as far as a case takes it."""
    await handed_over(province)
    await until_quiet(province, city)
    theirs, note = await only_case(city), "Trụ đèn số mấy ạ? " * 200
    await issue(city.world, await centre(city.world), theirs.id, "request_supplement", fields=["time"], note=note)
    await until_quiet(city, province)

    assert note.strip() in received(province.world)[-1]
    await answer_mail(province.world, "Hỏng từ tối hôm qua. " + "Đường rất tối. " * 1_500)
    await until_quiet(province, city)
    assert (await only_case(city)).asked_for == ()
    assert await standing(province.world) == {CITY: (0, 0)}


async def test_whoever_is_brought_up_to_date_first_is_understood(
    province: Office, city: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A later version says more of a case: the city passes over what it does not know."""
    shown = CaseView.model_dump_json
    monkeypatch.setattr(CaseView, "model_dump_json", lambda one: shown(one)[:-1] + ',"mood":"good"}')
    await handed_over(province)
    await until_quiet(province, city)

    monkeypatch.undo()
    assert (await only_case(city)).channel == "partner"


async def test_a_case_that_came_from_there_is_not_handed_back_as_a_new_one(tmp_path: Path) -> None:
    """Each is an agency of the other: what the city was given it cannot give on to whoever has it already."""
    async with Office(tmp_path / "province") as province, Office(tmp_path / "city") as city:
        secret = await linked(province.world, CITY, url=city.url, known_as=PROVINCE, **ACTS)
        back = {**ACTS, "agency": WATER, "url": province.url, "known_as": CITY, "secret": secret}
        await linked(city.world, PROVINCE, **back)
        await handed_over(province)
        await until_quiet(province, city)
        theirs, ioc = await only_case(city), await centre(city.world)
        await issue(city.world, ioc, theirs.id, "accept")
        await issue(city.world, ioc, theirs.id, "dispatch", agencies=[WATER])
        await until_quiet(city, province)

        assert len(await case_ids(province.world)) == 1
        (line,) = await ACTIONS["link.list"](city.world.deployment, {})
        assert (line["failed"], line["reason"]) == (1, "http_409 code_in_use")
