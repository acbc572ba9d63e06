"""Focal points and deputies for programs: the same rules as in the console and on the command line."""

from __future__ import annotations

from typing import Any

import pytest
import pytest_asyncio

from tests.gateway.api.conftest import Caller, Hire
from tests.gateway.api.staffing import LIGHTS, WATER, hire
from tests.support.databases import on_both_engines
from tests.support.deployments import World

POINT = f"/agencies/{LIGHTS}/focal-points"
TODAY, TOMORROW = "2026-11-23", "2026-11-24"
DEPUTY = {"away": "a", "deputy": "b", "first_day": TODAY, "last_day": TOMORROW}


@pytest_asyncio.fixture
async def boss(world: World, calling: Hire) -> Caller:
    """An administrator."""
    return await calling(await hire(world, "Phạm Thị Dung", ("admin", "")))


@pytest.mark.rule("TG-15.1")
@on_both_engines
async def test_focal_points_are_registered_listed_and_ended(world: World, boss: Caller) -> None:
    """One leader and one officer; a new one takes the place of the one before."""
    leader, officer, next_one = [
        (await hire(world, name, ("officer", LIGHTS))).id for name in ("Lê Văn Cường", "Trần Thị Em", "Lý Văn Dũng")
    ]

    made = [
        await boss("PUT", f"{POINT}/leader", json={"user_id": leader, "document": "12/CV-ĐL"}),
        await boss("PUT", f"{POINT}/officer", json={"user_id": officer}),
        await boss("PUT", f"{POINT}/officer", json={"user_id": next_one}),
    ]
    listed = (await boss.get("/offices/focal-points"))["items"]
    dropped = await boss("DELETE", f"{POINT}/officer")
    again = await boss("DELETE", f"{POINT}/officer")
    gaps = (await boss.get("/offices/gaps"))["items"]

    assert [one.status for one in made] == [204, 204, 204]
    assert [(one["part"], one["user"]["id"], one["document"]) for one in listed] == [
        ("leader", leader, "12/CV-ĐL"),
        ("officer", next_one, ""),
    ]
    assert {(one["agency"]["id"], one["since"], one["serves"]) for one in listed} == {(LIGHTS, TODAY, True)}
    assert (dropped.status, again.status) == (204, 404)
    assert [one["kind"] for one in gaps if one["agency"]["id"] == LIGHTS] == ["officer"]


@pytest.mark.rule("TG-15.1")
@pytest.mark.parametrize(
    ("path", "who", "status"),
    [
        (f"{POINT}/leader", "elsewhere", 422),
        (f"{POINT}/leader", "officer", 422),
        (f"{POINT}/leader", "nobody", 404),
        (f"{POINT}/chief", "officer", 404),
        ("/agencies/so_giao_thong/focal-points/leader", "officer", 422),
    ],
    ids=["no role there", "the other one already", "no account", "no such part", "a closed agency"],
)
async def test_what_would_not_be_right_changes_nothing(
    world: World, boss: Caller, path: str, who: str, status: int
) -> None:
    """With a sentence."""
    known = {
        "officer": (await hire(world, "Trần Thị Em", ("officer", LIGHTS))).id,
        "elsewhere": (await hire(world, "Lý Văn Dũng", ("officer", WATER))).id,
        "nobody": "0" * 32,
    }
    await boss("PUT", f"{POINT}/officer", json={"user_id": known["officer"]})

    answer = await boss("PUT", path, json={"user_id": known[who]})

    assert answer.status == status
    assert answer.json["message"]
    assert len((await boss.get("/offices/focal-points"))["items"]) == 1


@pytest.mark.rule("QB-QD.III.2.1")
@on_both_engines
async def test_a_deputy_is_made_listed_and_called_back(world: World, boss: Caller) -> None:
    """By days, both included; whoever is back before their time is so at once."""
    away, deputy = [(await hire(world, name, ("officer", LIGHTS))).id for name in ("Lê Văn Cường", "Trần Thị Em")]
    wanted = {"away": away, "deputy": deputy, "first_day": TODAY, "last_day": TOMORROW}

    made = await boss("POST", "/offices/deputies", json=wanted)
    twice = await boss("POST", "/offices/deputies", json=wanted)
    (listed,) = (await boss.get("/offices/deputies"))["items"]
    ended = await boss("DELETE", f"/offices/deputies/{made.json['id']}")
    again = await boss("DELETE", f"/offices/deputies/{made.json['id']}")

    assert (made.status, twice.status, ended.status, again.status) == (201, 422, 204, 404)
    assert "đã có người thay" in twice.json["message"]
    assert listed == {
        "id": made.json["id"],
        "away": {"id": away, "label": "Lê Văn Cường"},
        "deputy": {"id": deputy, "label": "Trần Thị Em"},
        "first_day": TODAY,
        "last_day": TOMORROW,
    }
    assert (await boss.get("/offices/deputies"))["items"] == []


@pytest.mark.parametrize(
    "change",
    [{"deputy": "away"}, {"last_day": "2026-11-22"}, {"last_day": "2028-01-01"}, {"first_day": "hôm nay"}],
    ids=["oneself", "over", "too long", "no day"],
)
async def test_a_deputy_that_makes_no_sense_is_a_422(world: World, boss: Caller, change: dict[str, str]) -> None:
    """Nobody stands in then."""
    people = {name: (await hire(world, name, ("officer", LIGHTS))).id for name in ("away", "deputy")}
    wanted: dict[str, Any] = {**people, "first_day": TODAY, "last_day": TOMORROW} | change
    wanted["deputy"] = people.get(wanted["deputy"], wanted["deputy"])

    assert (await boss("POST", "/offices/deputies", json=wanted)).status == 422
    assert (await boss.get("/offices/deputies"))["items"] == []


async def test_only_administrators_keep_the_offices(ioc: Caller) -> None:
    """The centre neither reads nor writes them here."""
    body = {"user_id": "0" * 32}
    refused = [
        await ioc("GET", "/offices/focal-points"),
        await ioc("PUT", f"{POINT}/leader", json=body),
        await ioc("DELETE", f"{POINT}/leader"),
        await ioc("GET", "/offices/deputies"),
        await ioc("POST", "/offices/deputies", json=DEPUTY),
        await ioc("DELETE", f"/offices/deputies/{'0' * 32}"),
        await ioc("GET", "/offices/gaps"),
    ]

    assert [one.status for one in refused] == [403] * 7
