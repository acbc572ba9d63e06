"""The commune of a report from the portal: suggested while typing, chosen, or read out of the words."""

from __future__ import annotations

import pytest

from core.contract.schema import GeoPoint
from core.storage import case_search
from gateway.portal.communes import PAGE, Spot, place_of
from tests.gateway.portal.citizen import Citizen
from tests.support.deployments import World

TODAY = "2026-11-23"
POINT = GeoPoint(latitude=16.4637, longitude=107.5909)


@pytest.mark.rule("VN-10", "LS-7.2a")
@pytest.mark.parametrize(
    ("words", "typed", "text", "code"),
    [
        ("12 Lê Lợi, phường Thanh Trà", "", "12 Lê Lợi, phường Thanh Trà", "90003"),
        ("12 Lê Lợi, P. Vĩnh Ninh", "", "12 Lê Lợi, P. Vĩnh Ninh", "19789"),
        ("12 Lê Lợi", "phường Thuận Hóa, thành phố Huế", "12 Lê Lợi, phường Thuận Hóa", "19789"),
        (
            "12 Lê Lợi",
            "phường Thuận Hóa, thành phố Huế (trước đây: phường Vĩnh Ninh)",
            "12 Lê Lợi, phường Thuận Hóa",
            "19789",
        ),
        ("", "vinh ninh", "phường Thuận Hóa", "19789"),
        ("12 Lê Lợi", "Xã Ở Đâu", "12 Lê Lợi, Xã Ở Đâu", None),
        ("gần chợ", "", "gần chợ", None),
        ("gần chợ", "phường", "gần chợ, phường", None),
    ],
)
async def test_the_commune_is_known_where_it_is_clear(
    world: World, words: str, typed: str, text: str, code: str | None
) -> None:
    """With the day of its code; nothing that was typed is lost."""
    await world.deployment.places.warm()

    place = place_of(world.deployment, Spot(words, typed, POINT))

    assert (place.text, place.commune_code) == (text, code)
    assert place.commune_as_of == (TODAY if code else None)
    assert place.point == POINT


@pytest.mark.rule("VN-10")
async def test_names_are_suggested_while_typing(citizen: Citizen) -> None:
    """Old ones say what they have become; too little, or nothing known, suggests nothing."""
    found = await citizen.client.get(f"{PAGE}?q=v%C4%A9nh%20nin")
    little = await citizen.client.get(f"{PAGE}?q=v")
    long = await citizen.client.get(f"{PAGE}?q={'x' * 3000}")

    assert await found.json() == ["phường Thuận Hóa, thành phố Huế (trước đây: phường Vĩnh Ninh)"]
    assert (await little.json(), await long.json()) == ([], [])


@pytest.mark.rule("LS-7.2a", "VN-10")
async def test_the_case_knows_the_commune_that_was_chosen(citizen: Citizen) -> None:
    """From the form through the inbox into the case: routing by place needs no person to read it."""
    await citizen.deployment.places.warm()
    await citizen.report(place="Trước số 12", commune="Vĩnh Ninh")
    await citizen.world.settle()

    (row,) = await citizen.deployment.database.read(lambda one: case_search.search(one, case_search.Search()))

    assert row.state["commune_code"] == "19789"
