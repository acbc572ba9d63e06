"""The form that distributes: filled in with where the case should go, and why."""

from __future__ import annotations

import pytest

from core.storage import cases
from tests.gateway.api.staffing import WATER, centre, issue, report
from tests.gateway.console.office import Office

IN_TOWN = (
    "Vỉa hè trước số 12 Lê Lợi, phường Bạch Mai Trung bị lấn chiếm cả tuần nay. Tôi là Nguyễn Văn An, số 0900 000 001."
)


async def form(office: Office, text: str, category: str) -> tuple[str, str, str]:
    """The page with the form, its address, and the case."""
    ioc = await centre(office.world)
    case_id = await report(office.world, text)
    await issue(office.world, ioc, case_id, "classify", category=category)
    await issue(office.world, ioc, case_id, "accept")
    address = f"/console/ho-so/{case_id}/dispatch"
    async with office.desk(ioc) as desk:
        return (await desk.get(address)).text, address, case_id


def ticked(page: str) -> list[str]:
    """Agencies that are chosen when the form opens."""
    boxes = [part.partition(">")[0] for part in page.split("<input") if 'name="agencies"' in part.partition(">")[0]]
    return [box.partition('value="')[2].partition('"')[0] for box in boxes if "checked" in box]


@pytest.mark.rule("TG-P1.II.3a", "TG-P1.II.3b")
async def test_the_agency_of_the_category_is_chosen_already(office: Office) -> None:
    """With the reason, what else comes into question, and what it rests on; one click sends it."""
    page, address, case_id = await form(
        office, "Cúp điện từ hôm qua ở phường Vỹ Dạ. Lê Văn Bình, 0900 000 002.", "lighting_power_water"
    )

    assert ticked(page) == ["cty_dien_luc"]
    assert "Đề xuất: Công ty Điện lực" in page
    assert "Lĩnh vực “Chiếu sáng, điện, cấp thoát nước” do" in page
    assert "Cũng có thể: Công ty Cấp nước" in page
    assert "HUE-1" in page
    ioc = await centre(office.world)
    async with office.desk(ioc) as desk:
        sent = await desk.send(address, address, agencies=[WATER])
    row = await office.world.deployment.database.read(lambda one: cases.load(one, case_id))
    assert sent.status == 303
    assert [item["agency_id"] for item in row.state["dispatches"]] == [WATER]


@pytest.mark.rule("LS-7.2a", "VN-10")
async def test_the_commune_in_the_words_decides_between_heirs(office: Office) -> None:
    """A district that ended became three communes; the place names one of them."""
    page, _, _ = await form(office, IN_TOWN, "urban_order")

    assert ticked(page) == ["ubnd_bach_mai"]
    assert "trước đây: UBND huyện Sông Trung" in page
    assert "Nơi xảy ra có nhắc đến: phường Bạch Mai Trung" in page


async def test_what_is_not_clear_is_left_to_a_person(office: Office) -> None:
    """No agency is chosen, the likely ones are named."""
    page, _, _ = await form(office, "Vỉa hè bị lấn chiếm trước số 12 Lê Lợi. Lê Văn Bình, 0900 000 002.", "urban_order")

    assert ticked(page) == []
    assert "Chưa có đề xuất" in page
    assert "UBND phường Thanh Trà" in page
