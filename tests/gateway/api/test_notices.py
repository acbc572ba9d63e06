"""Notices over the API: how many are unread, what they say, reading them, and what came of a case's deliveries."""

from __future__ import annotations

import pytest

from core.contract.schema import new_id
from tests.gateway.api.conftest import Caller, Hire
from tests.gateway.api.staffing import LIGHTS, WATER, agency, report
from tests.support.databases import on_both_engines
from tests.support.deployments import World


async def late(world: World, ioc: Caller) -> str:
    """A case that an agency has not accepted within its thirty minutes."""
    case_id = await report(world)
    await ioc.issue(case_id, "accept")
    await ioc.issue(case_id, "dispatch", agencies=[LIGHTS])
    await world.pass_time(minutes=21)
    await world.pass_time(minutes=10)
    return case_id


@on_both_engines
@pytest.mark.rule("HUE-2", "TG-7.1a")
async def test_an_officer_reads_what_was_told_once(world: World, ioc: Caller, lights: Caller) -> None:
    """The warning and the breach, the newest first; counted until they are read."""
    case_id = await late(world, ioc)
    assert (await lights.get("/me"))["unread"] == 2

    told = (await lights.get("/me/notices"))["items"]
    assert [item["subject"].partition(":")[0] for item in told] == ["Quá hạn", "Sắp đến hạn"]
    assert {item["case_id"] for item in told} == {case_id}
    assert (await lights("POST", f"/me/notices/{told[0]['id']}/read")).status == 204

    assert (await lights.get("/me"))["unread"] == 1
    assert [item["read_at"] is None for item in (await lights.get("/me/notices"))["items"]] == [False, True]
    assert (await lights("POST", f"/me/notices/{told[0]['id']}/read")).status == 204
    assert (await lights("POST", f"/me/notices/{new_id()}/read")).status == 404


@on_both_engines
async def test_the_deliveries_of_a_case_say_who_and_how_it_ended(world: World, ioc: Caller, lights: Caller) -> None:
    """Each person once for each cause; nobody else's case can be asked about."""
    case_id = await late(world, ioc)
    (breach,) = [item for item in (await lights.get("/me/notices"))["items"] if "Quá hạn" in item["subject"]]
    await lights("POST", f"/me/notices/{breach['id']}/read")

    found = (await ioc.get(f"/cases/{case_id}/deliveries"))["items"]

    assert sorted((item["who"], item["subject"].partition(":")[0], item["state"]["id"]) for item in found) == [
        ("Lê Văn Cường", "Quá hạn", "read"),
        ("Lê Văn Cường", "Sắp đến hạn", "shown"),
        ("Trần Thị Bình", "Quá hạn", "shown"),
    ]
    assert {item["form"]["label"] for item in found} == {"Trang nghiệp vụ"}
    assert all(item["reached"] for item in found)


async def test_deliveries_of_a_case_that_one_may_not_see_are_not_there(
    world: World, ioc: Caller, lights: Caller, calling: Hire
) -> None:
    """404, as the case itself."""
    case_id, stranger = await late(world, ioc), await calling(await agency(world, WATER))

    assert (await stranger("GET", f"/cases/{case_id}/deliveries")).status == 404
    assert (await lights("GET", f"/cases/{case_id}/deliveries")).status == 200
