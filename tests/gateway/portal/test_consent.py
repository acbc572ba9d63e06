"""Consent is provable (VN-4): the words that stood beside the box lie with the report, and go with it."""

from __future__ import annotations

from hashlib import sha256

import pytest

from core.contract.schema import Consent, Report
from gateway.admin.services import eraser_of
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import only_case, stored_reports
from tests.gateway.portal.citizen import Citizen, ticket
from tests.support.databases import on_both_engines


async def sent(citizen: Citizen, **changes: str) -> Report:
    """A report through the form, as it is stored."""
    ticket(await citizen.report(**changes))
    await citizen.world.settle()
    (report,) = await stored_reports(citizen.world)
    return report


@pytest.mark.rule("VN-4")
@on_both_engines
async def test_what_was_agreed_to_is_kept_with_the_report(citizen: Citizen) -> None:
    """The very words of the page, their hash, which fields are meant, where and when; not what stands in the fields."""
    page = await citizen.see("/phan-anh")
    at = citizen.world.clock()

    report = await sent(citizen, name="Nguyễn Văn An", email="an@hopthu.example.vn", consent="1")

    assert report.consent is not None
    assert report.consent.wording in page.text
    assert citizen.deployment.settings.office in report.consent.wording
    assert report.consent.sha256 == sha256(report.consent.wording.encode()).hexdigest()
    assert (report.consent.covers, report.consent.channel, report.consent.at) == (("name", "email"), "web", at)
    assert "Nguyễn" not in report.consent.model_dump_json()


@pytest.mark.rule("VN-4")
async def test_nobody_is_said_to_have_agreed_who_did_not(citizen: Citizen) -> None:
    """A report without a name needs no consent, and none is made up."""
    assert (await sent(citizen)).consent is None


@pytest.mark.rule("VN-4")
async def test_staff_see_it_until_the_reporter_is_erased(citizen: Citizen) -> None:
    """One line on the case page; erased with the report it came with."""
    report = await sent(citizen, name="Nguyễn Văn An", phone="0900 000 001", consent="1")
    assert isinstance(report.consent, Consent)
    case = await only_case(citizen.world)
    reception = await centre(citizen.world)
    async with open_office(citizen.world) as office, office.desk(reception) as desk:
        before = await desk.get(f"/console/ho-so/{case.id}")
        await eraser_of(citizen.deployment).erase_contact(report.contact_id)
        after = await desk.get(f"/console/ho-so/{case.id}")

    assert report.consent.wording in before.text
    assert report.consent.sha256[:8] in before.text
    assert report.consent.wording not in after.text
    assert await stored_reports(citizen.world) == []
