"""Regions of a picture that the public must not see: painted over in the public's copy, whole for who handles it."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.async_api import Browser

from core.privacy.covering import Region, painted
from core.service.actors import Member
from tests.gateway.api.staffing import LIGHTS, WATER, agency, centre, issue
from tests.gateway.console.letters import report_with_picture
from tests.gateway.console.office import Office
from tests.gateway.console.test_browser import WIDE, page_of
from tests.gateway.pages.axe import violations


def picture_of(data: bytes) -> Image.Image:
    """An image out of its bytes."""
    return Image.open(io.BytesIO(data)).convert("RGB")


def white() -> bytes:
    """A picture without anything on it."""
    made = io.BytesIO()
    Image.new("RGB", (200, 100), "white").save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(
    ("region", "inside", "outside"),
    [
        pytest.param(Region(0, 0, 500, 500), (50, 25), (150, 75), id="a quarter"),
        pytest.param(Region(900, 900, 100, 100), (195, 95), (20, 20), id="at the edge"),
        pytest.param(Region(500, 0, 1000, 1000), (150, 50), (50, 50), id="beyond the edge"),
    ],
)
def test_only_the_region_is_black(region: Region, inside: tuple[int, int], outside: tuple[int, int]) -> None:
    """In thousandths of the picture's size."""
    seen = picture_of(painted(white(), [region]))

    assert max(seen.getpixel(inside)) < 20
    assert min(seen.getpixel(outside)) > 230
    assert seen.size == (200, 100)


async def published(office: Office) -> tuple[Member, str, str]:
    """A case that is published with its reporter's picture: the case's address, and the picture's key."""
    world = office.world
    ioc, lights, case_id = await centre(world), await agency(world), await report_with_picture(world)
    async with office.desk(ioc) as desk:
        key = (await desk.get(f"/console/ho-so/{case_id}")).text.partition("/tep/")[2][:64]
    await issue(world, ioc, case_id, "accept")
    await issue(world, ioc, case_id, "dispatch", agencies=[LIGHTS])
    await issue(world, lights, case_id, "accept_dispatch")
    await issue(world, lights, case_id, "submit_result", result="Đã thay bóng đèn.")
    await issue(world, lights, case_id, "approve")
    await issue(world, ioc, case_id, "publish", text="Đơn vị đã thay bóng đèn ngày 23/11/2026.", media=[key])
    return ioc, case_id, key


async def test_the_public_sees_the_covered_copy_and_staff_the_whole(office: Office) -> None:
    """At once, also where it is published already; more can be added; all of it can be taken away again."""
    ioc, case_id, key = await published(office)
    page, public = f"/console/ho-so/{case_id}/che-anh/{key}", f"/cong-khai/{case_id}/tep/1"
    async with office.desk(ioc) as desk:
        whole = await desk.get(public)
        nothing = await desk.send(page, page, vung="")
        await desk.send(page, page, vung="0,0,500,500;")
        await desk.send(page, page, o=["47"])
        covered, own = await desk.get(public), await desk.get(f"/console/ho-so/{case_id}/tep/{key}")
        await desk.send(page, page, bo="1")
        again = await desk.get(public)

    assert nothing.status == 422
    seen = picture_of(covered.body)
    width, height = seen.size
    assert max(seen.getpixel((width // 4, height // 4))) < 20
    assert max(seen.getpixel((width - 2, height - 2))) < 20
    assert own.body == whole.body == again.body
    assert own.body != covered.body


async def test_only_who_publishes_paints_and_only_pictures_of_the_case(office: Office) -> None:
    """Another agency does not find the case; its own leader is no editor; another key is not its picture."""
    ioc, case_id, key = await published(office)
    page = f"/console/ho-so/{case_id}/che-anh"
    async with office.desk(await agency(office.world, WATER)) as desk:
        stranger = await desk.get(f"{page}/{key}")
    async with office.desk(await agency(office.world)) as desk:
        handler = await desk.get(f"{page}/{key}")
    async with office.desk(ioc) as desk:
        other = await desk.get(f"{page}/{'0' * 64}")

    assert (stranger.status, handler.status, other.status) == (404, 403, 404)


async def test_what_goes_takes_its_covered_copy_along(office: Office) -> None:
    """Erased or over its time, a picture leaves nothing behind."""
    ioc, case_id, key = await published(office)
    page, media = f"/console/ho-so/{case_id}/che-anh/{key}", office.world.deployment.media
    async with office.desk(ioc) as desk:
        await desk.send(page, page, vung="0,0,500,500;")
    assert await media.holds(media.covered_key(key))
    await media.delete(key)

    assert not await media.holds(media.covered_key(key))


async def test_a_region_is_drawn_with_the_mouse(office: Office, browser: Browser) -> None:
    """Dragged over the picture; without barriers."""
    ioc, case_id, key = await published(office)
    page = await page_of(office, browser, ioc, WIDE)
    await page.goto(f"{office.url}/console/ho-so/{case_id}/che-anh/{key}")
    box = await page.locator("[data-cover]").bounding_box()
    assert box is not None
    await page.mouse.move(box["x"] + 2, box["y"] + 2)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    await page.mouse.up()
    assert await violations(page) == []
    await page.get_by_role("button", name="Che các vùng đã chọn").click()
    await page.wait_for_url("**?xong=che-anh")
    async with office.desk(ioc) as desk:
        seen = picture_of((await desk.get(f"/cong-khai/{case_id}/tep/1")).body)

    assert max(seen.getpixel((seen.width // 4, seen.height // 4))) < 20
