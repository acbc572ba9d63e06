"""Who answers which queue, with which skills."""

from __future__ import annotations

from channels.call_center.flow.load import read_flow
from channels.call_center.flow.skills import skills_of
from core.service.actors import Member
from gateway.console.phone.seating import PAGE
from tests.gateway.api.staffing import agency, centre, hire
from tests.gateway.console.office import Office
from tests.gateway.console.telephones import telephone
from tests.gateway.console.test_dialling import NOBODY, telephony
from tests.support.caller import telephone as citizen_phone


async def chief(office: Office) -> Member:
    return await hire(office.world, "quan_tri", ("admin", ""))


async def test_somebody_is_given_queues_and_skills_and_signs_in_with_them(office: Office) -> None:
    """What the flow does not know is left out."""
    ioc, admin = await centre(office.world), await chief(office)
    async with office.desk(admin) as desk:
        page = await desk.get(PAGE)
        given = {"nguoi": ioc.id, "hang-doi": ["reports", "made_up"], "ky-nang": ["en"]}
        saved = await desk.submit(page, PAGE, **given)
        again = await desk.get(PAGE)
    assert (saved.status, saved.location) == (303, f"{PAGE}?xong=cho-truc")
    assert again.text.count(" checked") == 2

    async with (
        citizen_phone(NOBODY) as citizen,
        telephony(office, citizen) as running,
        office.desk(ioc) as desk,
        telephone(desk, office.url),
    ):
        known = running.desk.acd.agents[ioc.id]
    assert (known.queues, known.skills) == ({"reports"}, {"en"})


async def test_only_supervisors_give_them_and_only_to_who_answers(office: Office) -> None:
    ioc, officer, admin = await centre(office.world), await agency(office.world), await chief(office)
    async with office.desk(ioc) as desk:
        assert (await desk.get(PAGE)).status == (200 if "distributor" in {role for role, _ in ioc.grants} else 403)
    async with office.desk(officer) as desk:
        assert (await desk.get(PAGE)).status == 403
    async with office.desk(admin) as desk:
        page = await desk.get(PAGE)
        assert (await desk.submit(page, PAGE, nguoi=officer.id)).status == 404
        assert officer.id not in page.text


def test_the_standard_flow_asks_for_english() -> None:
    assert skills_of(read_flow().flow) == ("en",)
