"""The list of results, narrowed: by category and days, as a feed, as points on a map; all of it from the address."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from playwright.async_api import Browser, expect

from core.service.public.listing import LOOK_AT_LEAST
from core.service.publishing import commune_word
from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.test_browser import check, opened
from tests.gateway.portal.test_published import publish, publish_in
from tests.support.deployments import World

ATOM = "{http://www.w3.org/2005/Atom}"
HUE = (16.467, 107.591)


async def labels(citizen: Citizen) -> dict[str, str]:
    """Category label → id, as this regulation has them."""
    found = citizen.deployment.regulation.current.intake.categories
    return {one.label: key for key, one in found.items()}


async def mixed(citizen: Citizen) -> tuple[str, dict[str, str]]:
    """Three results of two categories; one only speaks of the other's. Returns (id of the first category, ids)."""
    known = await labels(citizen)
    first, second = list(known)[:2]
    made = {
        "own": await publish(citizen, 1, category=first, words=first, point=HUE),
        "speaks": await publish(citizen, 2, category=second, words=f"{second} {first}"),
    }
    citizen.world.clock.advance(days=3)
    made["later"] = await publish(citizen, 3, category=first, words=first)
    return known[first], made


async def listed(citizen: Citizen, query: str) -> list[str]:
    """Case ids on the page, in order."""
    page = await citizen.see(f"/cong-khai?{query}")
    assert page.status == 200
    return [part.partition('"')[0] for part in page.html.split('href="/cong-khai/')[1:]]


async def test_a_category_shows_its_own_and_not_what_only_speaks_of_it(citizen: Citizen) -> None:
    category, made = await mixed(citizen)
    assert await listed(citizen, f"linh-vuc={category}") == [made["later"], made["own"]]
    assert await listed(citizen, f"linh-vuc={category}&q=so+1") == [made["own"]]


async def test_days_are_whole_days_in_vietnam(citizen: Citizen) -> None:
    _, made = await mixed(citizen)
    first_day = "2026-11-23"
    assert await listed(citizen, f"tu={first_day}&den={first_day}") == [made["speaks"], made["own"]]
    assert await listed(citizen, "tu=2026-11-24") == [made["later"]]
    assert await listed(citizen, "den=2026-11-22") == []


async def test_a_commune_shows_its_own_on_every_surface(citizen: Citizen) -> None:
    """List, feeds, points and table; the links hand the choice on."""
    category, (here, there) = next(iter((await labels(citizen)).values())), ("90001", "90002")
    own, other = [
        await publish(citizen, number, words=commune_word(code), commune_code=code, point=HUE)
        for number, code in enumerate((here, there), start=1)
    ]
    assert await listed(citizen, f"xa={here}") == [own]
    assert await listed(citizen, f"xa={there}&q=so+2") == [other]
    assert await listed(citizen, f"xa={there}&linh-vuc={category}") == []
    for form in ("atom", "rss", "geojson", "csv"):
        async with citizen.client.get(f"/cong-khai.{form}", params={"xa": here}) as response:
            told = await response.text()
        assert own in told
        assert other not in told
    page = await citizen.see(f"/cong-khai?xa={here}")
    assert page.form("/cong-khai")["xa"] == here
    assert all(f"/cong-khai.{form}?xa={here}" in page.html for form in ("atom", "rss", "geojson"))


@pytest.mark.parametrize(
    "query", ["linh-vuc=khong-co", "xa=khong-co", "tu=mai", "den=2026-99-99", "tu=0001-01-01&den=9999-12-31"]
)
async def test_what_is_no_filter_is_not_asked_for(citizen: Citizen, query: str) -> None:
    _, made = await mixed(citizen)
    assert len(await listed(citizen, query)) == len(made)


async def test_a_rare_category_is_found_behind_many_others(citizen: Citizen) -> None:
    """The index is asked again until the page is full."""
    known = await labels(citizen)
    rare, usual = list(known)[:2]
    wanted = await publish(citizen, 0, category=rare, words=rare)
    for number in range(1, LOOK_AT_LEAST + 30):
        citizen.world.clock.advance(seconds=1)
        await publish(citizen, number, category=usual, words=f"{rare} {usual}")
    assert await listed(citizen, f"linh-vuc={known[rare]}") == [wanted]


async def test_filters_stay_in_the_form_and_in_the_links(citizen: Citizen) -> None:
    category, _ = await mixed(citizen)
    for number in range(10, 45):
        await publish(
            citizen, number, category=next(iter(await labels(citizen))), words=next(iter(await labels(citizen)))
        )
    page = await citizen.see(f"/cong-khai?linh-vuc={category}&tu=2026-11-20")
    form = page.form("/cong-khai")
    assert (form["linh-vuc"], form["tu"]) == (category, "2026-11-20")
    for address in ("/cong-khai.atom?", "/cong-khai.geojson?", "/cong-khai?"):
        assert f"{address}linh-vuc={category}&amp;tu=2026-11-20" in page.html


async def test_the_feed_tells_the_newest_results(citizen: Citizen) -> None:
    category, made = await mixed(citizen)
    async with citizen.client.get("/cong-khai.atom", params={"linh-vuc": category}) as response:
        assert response.content_type == "application/atom+xml"
        feed = ElementTree.fromstring(await response.text())  # our own answer
    links = [entry.findtext(f"{ATOM}id", "") for entry in feed.iter(f"{ATOM}entry")]
    assert [link.rpartition("/")[2] for link in links] == [made["later"], made["own"]]


async def test_points_are_open_data_and_hold_no_more_than_the_page(citizen: Citizen) -> None:
    _, made = await mixed(citizen)
    async with citizen.client.get("/cong-khai.geojson") as response:
        assert (response.content_type, response.headers["Access-Control-Allow-Origin"]) == ("application/geo+json", "*")
        found = json.loads(await response.text())["features"]
    assert [one["id"] for one in found] == [made["own"]]
    assert found[0]["geometry"] == {"type": "Point", "coordinates": [HUE[1], HUE[0]]}
    assert set(found[0]["properties"]) == {"code", "category", "stage", "agencies", "answered_at", "interim", "url"}


@pytest.mark.rule("VN-13")
async def test_map_and_list_stand_side_by_side(world: World, browser: Browser) -> None:
    """Where there are tiles; a point leads to its page, by keyboard as well."""
    async with opened(world, browser, tiles="/static/none/{z}/{x}/{y}.png") as page:
        await publish_in(world, 1, point=HUE)
        await page.set_viewport_size({"width": 1280, "height": 800})
        await page.goto("/cong-khai")
        await expect(page.locator(".results__map .leaflet-interactive")).to_have_count(1)
        box, card = await page.locator(".results__map").bounding_box(), await page.locator(".result").bounding_box()
        assert box is not None
        assert card is not None
        assert box["x"] + box["width"] <= card["x"]
        await page.click(".results__map .leaflet-interactive", force=True)
        await page.click(".leaflet-popup a[href^='/cong-khai/']")
        await page.wait_for_url("**/cong-khai/*")
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.goto("/cong-khai")
        await expect(page.locator(".results__map .leaflet-interactive")).to_have_count(1)
        await check(page)
