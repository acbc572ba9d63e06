"""While somebody writes: a category from their words, the same nearby to follow instead, and what is needed and why."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.gateway.portal.citizen import GPS_IFD, Citizen, photo
from tests.gateway.portal.test_browser import check, opened
from tests.gateway.portal.test_follow import issue, work_through
from tests.support.deployments import World

LAMPS = "Đèn đường trước chợ tắt ba hôm nay, tối om rất nguy hiểm."
HERE = {"latitude": "16.4637", "longitude": "107.5909"}
NEXT_DOOR = {"latitude": "16.4641", "longitude": "107.5921"}
FAR_AWAY = {"latitude": "16.4900", "longitude": "107.5909"}


async def suggested(citizen: Citizen, **typed: str) -> dict[str, Any]:
    """What the page is told about what is typed so far."""
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    async with citizen.client.post("/phan-anh/goi-y", data={"csrf": form["csrf"], **typed}) as response:
        assert response.status == 200
        assert response.headers["Cache-Control"] == "no-store"
        told: dict[str, Any] = json.loads(await response.text())
        return told


async def test_words_hint_at_a_category(citizen: Citizen) -> None:
    told = await suggested(citizen, content=LAMPS)
    known = citizen.deployment.regulation.current.intake.categories
    assert told["category"]["label"] == known[told["category"]["id"]].label
    assert (await suggested(citizen, content="Xin chào quý cơ quan."))["category"] is None


async def test_the_same_nearby_can_be_followed(citizen: Citizen) -> None:
    """Its public view, by its code; neither a word of the reporter nor an exact place is told."""
    code, _ = await citizen.reported(content=LAMPS, place="Trước chợ", name="Hoàng Thị Canary", consent="1", **HERE)
    told = await suggested(citizen, content="Mấy bóng đèn đường ở đây hỏng hết rồi.", **NEXT_DOOR)
    (near,) = told["near"]
    assert (near["shown"], near["stage"], near["away"]) == (code, "Đã nhận phản ánh", 200)
    assert "Canary" not in json.dumps(told, ensure_ascii=False)
    assert "Trước chợ" not in json.dumps(told, ensure_ascii=False)

    form = (await citizen.see("/phan-anh")).form("/tra-cuu")
    assert (await citizen.send(form, code=near["code"])).text.count(code) >= 1


@pytest.mark.rule("A-4")
@pytest.mark.parametrize(
    ("content", "place"),
    [(LAMPS, FAR_AWAY), ("Rác chất đống ở góc chợ ba ngày nay, mùi hôi thối.", NEXT_DOOR), (LAMPS, {})],
    ids=["far away", "of another kind", "no place"],
)
async def test_what_is_not_the_same_is_not_offered(citizen: Citizen, content: str, place: dict[str, str]) -> None:
    await citizen.reported(content=LAMPS, **HERE)
    assert (await suggested(citizen, content=content, **place))["near"] == []


@pytest.mark.rule("A-4", "VN-3")
async def test_a_confidential_case_is_never_offered(citizen: Citizen) -> None:
    await citizen.reported(content=LAMPS, confidential="1", **HERE)
    assert (await suggested(citizen, content=LAMPS, **HERE))["near"] == []


async def test_a_finished_case_is_not_offered(citizen: Citizen) -> None:
    await citizen.reported(content=LAMPS, **HERE)
    await work_through(citizen.world)
    assert (await suggested(citizen, content=LAMPS, **HERE))["near"] == []


async def test_without_a_token_nothing_is_suggested(citizen: Citizen) -> None:
    async with citizen.client.post("/phan-anh/goi-y", data={"content": LAMPS}) as response:
        assert response.status == 403


async def test_somebody_who_asks_without_end_is_told_to_wait(citizen: Citizen) -> None:
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    statuses = []
    for _ in range(121):
        async with citizen.client.post("/phan-anh/goi-y", data={"csrf": form["csrf"], "content": ""}) as response:
            statuses.append(response.status)
    assert (statuses[119], statuses[120]) == (200, 429)


async def test_the_form_says_what_is_needed(citizen: Citizen) -> None:
    page = await citizen.see("/phan-anh")
    for entry in citizen.deployment.regulation.current.intake.required.values():
        assert entry.field == "reachable" or entry.label in page.text


async def test_the_next_step_and_its_date_stand_on_the_tracking_page(citizen: Citizen) -> None:
    """As soon as a limit of the regulation runs; until then there is none to name."""
    await citizen.reported()
    assert "Bước tiếp theo:" not in (await citizen.see("/tra-cuu/phan-anh")).text
    await issue(citizen.world, "accept")
    agency = next(one.id for one in citizen.deployment.regulation.agencies.of_kinds(["enterprise"]))
    await issue(citizen.world, "dispatch", agencies=[agency])
    page = await citizen.see("/tra-cuu/phan-anh")
    assert "Bước tiếp theo:" in page.text
    assert "Chậm nhất 23/11/2026 08:30" in page.text
    await citizen.world.pass_time(minutes=20)
    assert "(đã quá thời hạn)" not in (await citizen.see("/tra-cuu/phan-anh")).text
    await citizen.world.pass_time(minutes=15)
    assert "(đã quá thời hạn)" in (await citizen.see("/tra-cuu/phan-anh")).text
    assert "At the latest" in (await citizen.see("/tra-cuu/phan-anh?lang=en")).text


@pytest.mark.rule("VN-13")
async def test_a_photo_tells_its_place_and_words_their_category(world: World, browser: Browser) -> None:
    """Photo, words, one tap for the category; a report nearby is offered and opens beside what was written."""
    async with opened(world, browser) as page:
        await page.goto("/phan-anh")
        picture = {"name": "anh.jpg", "mimeType": "image/jpeg", "buffer": located(16.4641, 107.5921)}
        await page.set_input_files('input[name="media"] >> nth=1', picture)  # type: ignore[arg-type]
        await expect(page.get_by_text("Đã lấy vị trí từ ảnh.")).to_be_visible()
        assert abs(float(await page.input_value("#latitude")) - 16.4641) < 0.0001
        assert abs(float(await page.input_value("#longitude")) - 107.5921) < 0.0001
        await page.fill("#content", LAMPS)
        await page.locator("#content").blur()
        await page.click("text=Chọn lĩnh vực này")
        assert await page.input_value("#category") != ""
        await page.click("text=Gửi phản ánh >> nth=-1")
        await expect(page.locator("#ma")).to_be_visible()
        code = await page.inner_text("#ma")
        await world.settle()

        await page.goto("/phan-anh")
        await page.set_input_files('input[name="media"] >> nth=1', picture)  # type: ignore[arg-type]
        await expect(page.get_by_text("Đã lấy vị trí từ ảnh.")).to_be_visible()
        await page.fill("#content", "Đèn đường ở đây tắt cả tuần, đi lại khó khăn.")
        await page.locator("#content").blur()
        await expect(page.get_by_role("button", name=f"Theo dõi {code}")).to_be_visible()
        await check(page)
        async with page.context.expect_page() as beside:
            await page.get_by_role("button", name=f"Theo dõi {code}").click()
        await expect((await beside.value).get_by_role("heading", level=1)).to_contain_text(code)
        assert await page.input_value("#content") != ""


def located(latitude: float, longitude: float) -> bytes:
    """A photo taken there, as a phone writes it."""
    import io

    from PIL import Image

    image, out, exif = Image.open(io.BytesIO(photo(place=False))), io.BytesIO(), Image.Exif()
    exif.get_ifd(GPS_IFD).update({1: "N", 2: _parts(latitude), 3: "E", 4: _parts(longitude)})
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    minutes = degrees % 1 * 60
    return float(int(degrees)), float(int(minutes)), minutes % 1 * 60
