"""Officers who switched it on are rung for their work, under a regulation that names the form."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from channels.webpush.sandbox import PushSandbox
from tests.gateway.api.staffing import hire
from tests.gateway.console.office import Office, open_office
from tests.gateway.flows.test_officers import ROADS, centre, deliveries, distributed, ends
from tests.gateway.portal.test_bell import CONTACT, flat
from tests.support.deployments import open_world

PAGE = "/console/thong-bao"
BELL = f"{PAGE}/trinh-duyet"


@dataclass
class Building:
    """An office, and the push service its officers' browsers hang on."""

    office: Office
    service: PushSandbox


@pytest_asyncio.fixture
async def building(tmp_path: Path) -> AsyncIterator[Building]:
    async with PushSandbox() as service:
        push = {"contact": CONTACT, "sandbox": service.url}
        async with open_world(tmp_path / "var", regulation="tien_giang_2025", push=push) as world:
            service.now = world.clock
            async with open_office(world) as office:
                yield Building(office, service)


@pytest.mark.rule("TG-7.1a", "TG-4.1c")
async def test_an_officer_is_rung_and_the_case_says_so(building: Building) -> None:
    office, phone = building.office, building.service.subscribe()
    people, officer = await centre(office.world), await hire(office.world, "Lê Văn Cường", ("officer", ROADS))
    async with office.desk(officer) as desk:
        assert (await desk.send(PAGE, BELL, on="1", **flat(phone))).status == 204

    case_id = await distributed(office.world, people)

    found = await deliveries(office.world, case_id, "officer_new")
    assert ("Lê Văn Cường", "push", "queued") in ends(found)
    await office.world.settle()
    (notice,) = phone.shown.values()
    assert (notice["page"], notice["body"]) == ("work", "Có thông báo công việc mới. Bấm để xem.")
    (pushed,) = [one for one in await deliveries(office.world, case_id, "officer_new") if one.notice.form == "push"]
    assert pushed.sending == "sent"


@pytest.mark.rule("TG-7.1a")
async def test_who_switched_it_off_has_no_address(building: Building) -> None:
    """And whoever never did has none either."""
    office, phone = building.office, building.service.subscribe()
    people, officer = await centre(office.world), await hire(office.world, "Lê Văn Cường", ("officer", ROADS))
    await hire(office.world, "Võ Văn Em", ("officer", ROADS))
    async with office.desk(officer) as desk:
        await desk.send(PAGE, BELL, on="1", **flat(phone))
        await desk.send(PAGE, BELL, on="0", **flat(phone))

    case_id = await distributed(office.world, people)

    pushed = [end for end in ends(await deliveries(office.world, case_id, "officer_new")) if end[1] == "push"]
    assert pushed == [("Lê Văn Cường", "push", "no_address"), ("Võ Văn Em", "push", "no_address")]
    assert phone.calls == []
