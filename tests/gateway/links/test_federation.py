"""A province and a city, each with a system of its own, handle one case: one code, one answer, whoever is away."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial

import pytest
from aiohttp import ClientSession

from core.cases.model import Case
from core.service.links.book import Link
from core.service.reading import CaseReader
from core.storage import cases
from gateway.console.partners import PartnerState, partners_of
from gateway.links.partner import EVENTS, signed_headers
from tests.gateway.api.staffing import LIGHTS, REPORT, WATER, agency, case_ids, centre, issue, report
from tests.gateway.links.conftest import ACTS, CITY, PROVINCE, linked, standing
from tests.gateway.links.offices import Office, pass_time, stored, until_quiet
from tests.gateway.portal.citizen import photo
from tests.support.letters import Enclosure, answer_mail, received

NOTE = "Trụ đèn số mấy ạ?"


async def only_case(office: Office) -> Case:
    (case_id,) = await case_ids(office.world)
    return Case.model_validate(
        (await office.world.deployment.database.read(partial(cases.load, case_id=case_id))).state
    )


def name_of(office: Office, agency_id: str) -> str:
    """What an agency is called there."""
    return office.world.deployment.regulation.agencies.name(agency_id)


async def said_in(office: Office, case: Case) -> str:
    """Everything that an official of the centre reads of a case, as JSON."""
    one = office.world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    return (await reader.case_page(case.id, await centre(office.world))).model_dump_json()


async def shown(office: Office, case_id: str) -> Mapping[str, PartnerState]:
    """What the case page says of the partner."""
    one = office.world.deployment
    reader = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    return await partners_of(one, await reader.case_page(case_id, office.people["ioc"]))


async def handed_over(province: Office) -> str:
    """A citizen's report with its case given to the city; returns the case's id."""
    ioc = province.people["ioc"] = await centre(province.world)
    case_id = await report(province.world)
    await issue(province.world, ioc, case_id, "accept")
    await issue(province.world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    return case_id


@pytest.mark.rule("QB-QD.III.1.1c", "TG-11.3")
async def test_a_case_goes_to_the_city_and_its_answer_comes_back(province: Office, city: Office) -> None:
    """The city was away for three hours when it was handed over, the province when the answer came."""
    await city.close()
    case_id = await handed_over(province)
    for _ in range(12):
        await province.work()
        pass_time(province, minutes=15)
    assert await standing(province.world) == {CITY: (1, 0)}
    assert [one.waits for one in (await shown(province, case_id)).values()] == [True]

    await city.open(like=province)
    pass_time(province, city, minutes=20)
    await until_quiet(province, city)
    theirs, ours = await only_case(city), await only_case(province)
    assert (theirs.code, theirs.channel, theirs.account) == (ours.code, "partner", PROVINCE)
    assert [one.stage for one in ours.dispatches] == ["distributed"]

    officials, ioc = await agency(city.world, WATER), await centre(city.world)
    await issue(city.world, ioc, theirs.id, "accept")
    await until_quiet(province, city)
    assert [one.stage for one in (await only_case(province)).dispatches] == ["processing"]

    await issue(city.world, ioc, theirs.id, "dispatch", agencies=[WATER])
    await issue(city.world, officials, theirs.id, "accept_dispatch")
    evidence = await stored(city, data=photo(), subject_id=theirs.id, name="xong.jpg")
    await issue(city.world, officials, theirs.id, "submit_result", result="Đã thay bóng đèn.", evidence=[evidence])
    await issue(city.world, officials, theirs.id, "approve")
    await province.close()
    answer = "Đơn vị đã thay bóng đèn ngày 23/11/2026."
    await issue(city.world, ioc, theirs.id, "publish", text=answer, media=[evidence])
    await city.work()
    pass_time(city, hours=1)
    await city.work()
    assert (await standing(city.world))[PROVINCE][0] >= 1

    await province.open(like=city)
    pass_time(province, city, minutes=20)
    await until_quiet(city, province)
    (part,) = (await only_case(province)).dispatches
    assert (part.stage, len(part.resolutions), len(part.resolutions[0].evidence)) == ("approved", 1, 1)
    said = await province.world.deployment.clerk.texts.read([part.resolutions[0].result])
    assert list(said.values()) == [answer]
    assert (await standing(province.world), await standing(city.world)) == ({CITY: (0, 0)}, {PROVINCE: (0, 0)})
    mirror = (await province.world.deployment.clerk.origins.mirrors(case_id))[part.id]
    assert (mirror.link, mirror.state) == (CITY, "answered")
    assert (await shown(province, case_id))[part.id].stage == mirror.stage != ""
    await issue(province.world, province.people["ioc"], case_id, "publish", text=answer)


@pytest.mark.rule("QB-QD.III.1.1c")
async def test_the_city_learns_what_its_officer_may_and_no_more(province: Office, city: Office) -> None:
    """The words without who wrote them; the person stays with the province, which tells them."""
    await handed_over(province)
    await until_quiet(province, city)
    case = await only_case(city)
    assert case.content is not None
    words = await city.world.deployment.clerk.texts.read([case.content])

    (content,) = words.values()
    assert REPORT[:40] in content
    assert "0900 000 001" not in content
    async with ClientSession() as session, session.get(f"{city.url}/api/v1/queue") as answer:
        assert answer.status == 401


async def test_what_is_not_the_citys_comes_back_with_its_reason(province: Office, city: Office) -> None:
    """Declined there is returned here, one step up; given out anew it is worked on again, in the same case."""
    case_id = await handed_over(province)
    await until_quiet(province, city)
    theirs = await only_case(city)
    reason = {"reason_code": "out_of_area", "reason": "Tuyến đường do tỉnh quản lý."}
    await issue(city.world, await centre(city.world), theirs.id, "decline", **reason)
    await until_quiet(city, province)
    (part,) = (await only_case(province)).dispatches
    assert part.stage == "sent_back"

    await issue(province.world, province.people["ioc"], case_id, "dispatch", agencies=[LIGHTS])
    await until_quiet(province, city)
    assert (await only_case(city)).id == theirs.id
    assert await standing(province.world) == {CITY: (0, 0)}


@pytest.mark.rule("QB-QD.III.1.1c")
async def test_the_city_asks_the_citizen_who_answers_the_province(province: Office, city: Office) -> None:
    """Each side away for a while; half an answer is asked for the rest; neither name nor number goes along."""
    case_id = await handed_over(province)
    await until_quiet(province, city)
    theirs, ioc = await only_case(city), await centre(city.world)
    await province.close()
    await issue(city.world, ioc, theirs.id, "request_supplement", fields=["time", "media", "phone"], note=NOTE)
    await city.work()
    await province.open(like=city)
    pass_time(province, city, minutes=20)
    before = len(received(province.world))
    await until_quiet(city, province)

    (asked,) = received(province.world)[before:]
    assert "thời gian xảy ra" in asked
    assert "số điện thoại" not in asked
    assert f"{name_of(province, LIGHTS)}: {NOTE}" in asked
    await city.close()
    mail = province.world.mail.mails[-1]
    await answer_mail(province.world, "Hỏng từ tối hôm qua. Gọi tôi 0900 000 001, Nguyễn Văn An.", to=mail)
    assert [one.asks for one in (await shown(province, case_id)).values()] == [True]
    picture = Enclosure(photo(), "image/jpeg", "den.jpg")
    await answer_mail(province.world, "Ảnh đây ạ.", to=mail, files=[picture])
    await province.work()
    await city.open(like=province)
    pass_time(province, city, minutes=20)
    await until_quiet(province, city)

    answered = await only_case(city)
    assert (answered.stage, answered.asked_for) == ("received", ())
    words = await said_in(city, answered)
    assert "Hỏng từ tối hôm qua" in words
    assert "900 000 001" not in words
    assert "Nguyễn Văn An" not in words
    assert [one.asks for one in (await shown(province, case_id)).values()] == [False]
    assert (await standing(province.world), await standing(city.world)) == ({CITY: (0, 0)}, {PROVINCE: (0, 0)})


async def test_who_somebody_is_cannot_be_asked_through_us(province: Office, city: Office) -> None:
    """It is told so, and a person of theirs sees it; nobody is written to."""
    await handed_over(province)
    await until_quiet(province, city)
    sent = len(received(province.world))
    theirs = await only_case(city)
    await issue(city.world, await centre(city.world), theirs.id, "request_supplement", fields=["name", "phone"])
    await until_quiet(city, province)

    assert len(received(province.world)) == sent
    assert await standing(city.world) == {PROVINCE: (0, 1)}


async def test_news_told_twice_or_by_somebody_else_changes_nothing(province: Office, city: Office) -> None:
    """Heard again by its id; about a part that is not theirs, from a link that is no peer, ill-formed: refused."""
    case_id = await handed_over(province)
    (part,) = (await only_case(province)).dispatches
    told = {"case_id": case_id, "dispatch_id": part.id, "state": "taken", "stage": "Đang xử lý"}
    peer = await province.world.deployment.clerk.links.find(CITY)
    assert peer is not None
    by_agency = {"kind": "agency", "agency": LIGHTS, "roles": ["officer"]}
    agencys = await linked(province.world, "dien-luc", **by_agency)
    waters = await linked(
        province.world, "cap-nuoc", url=city.url, known_as="x1", **ACTS | {"agency": WATER, "roles": ["officer"]}
    )

    async def tell(name: str, secret: str, data: object, **more: object) -> tuple[int, dict[str, object]]:
        news = {
            "id": "news-0001",
            "type": "case.mirrored",
            "at": province.world.clock().isoformat(),
            "data": data,
            **more,
        }
        body = json.dumps(news).encode()
        link = Link(name, "", "peer", known_as=name, secrets=(secret,))
        headers = signed_headers(link, "POST", EVENTS, body=body, now=province.world.clock())
        headers["Content-Type"] = "application/json"
        async with (
            ClientSession() as session,
            session.post(province.url + EVENTS, data=body, headers=headers) as answer,
        ):
            return answer.status, await answer.json()

    ours = peer.secrets[0]
    refused = [
        await tell("dien-luc", agencys, told),
        await tell("cap-nuoc", waters, told),
        await tell(CITY, ours, {**told, "case_id": "0" * 32}),
        await tell(CITY, ours, {**told, "dispatch_id": "x"}),
        await tell(CITY, ours, {**told, "state": "sneezed"}),
        await tell(CITY, ours, {**told, "state": "returned", "text": ""}),
    ]
    assert [status for status, _ in refused] == [403, 404, 404, 404, 422, 422]
    assert (await only_case(province)).dispatches[0].stage == "distributed"

    first, again = await tell(CITY, ours, told), await tell(CITY, ours, told)
    unknown = await tell(CITY, ours, {}, id="news-0002", type="weather.changed")
    newer = await tell(CITY, ours, {**told, "mood": "good"}, id="news-0003", weather="fine")
    assert (first[1]["again"], again[1]["again"], unknown[0], newer[0]) == (False, True, 200, 200)
    assert (await only_case(province)).dispatches[0].stage == "processing"
