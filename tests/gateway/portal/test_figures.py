"""Open figures: counted over the cases themselves, by months of a Vietnamese calendar, and the same for programs."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.gateway.portal.citizen import Citizen
from tests.gateway.portal.test_follow import work_through


async def data(citizen: Citizen) -> dict[str, list[dict[str, object]]]:
    """What programs get."""
    async with citizen.client.get("/thong-ke.json") as response:
        assert response.headers["Access-Control-Allow-Origin"] == "*"
        told: dict[str, list[dict[str, object]]] = json.loads(await response.text())
        return told


async def test_figures_count_what_came_and_what_is_finished(citizen: Citizen) -> None:
    await citizen.reported(content="Ổ gà lớn trên đường, xe máy hay ngã, mong sửa sớm.")
    await work_through(citizen.world)
    citizen.world.clock.at += timedelta(days=8)  # 1 December: another month
    await citizen.reported()

    told = await data(citizen)
    assert [(row["name"], row["received"], row["finished"]) for row in told["months"][:3]] == [
        ("12/2026", 1, 0),
        ("11/2026", 1, 1),
        ("10/2026", 0, 0),
    ]
    assert len(told["months"]) == 12
    assert sum(int(str(row["received"])) for row in told["categories"]) == 2
    assert [row["received"] for row in told["channels"]] == [2]
    page = await citizen.see("/thong-ke")
    assert "phản ánh đã nhận" in page.text
    assert "(50,0%)" in page.text


async def test_they_are_counted_anew_after_a_while(citizen: Citizen) -> None:
    assert (await data(citizen))["months"][0]["received"] == 0
    await citizen.reported()
    assert (await data(citizen))["months"][0]["received"] == 0
    citizen.world.clock.advance(minutes=10)
    assert (await data(citizen))["months"][0]["received"] == 1


@pytest.mark.rule("A-4")
async def test_no_person_is_in_them(citizen: Citizen) -> None:
    await citizen.reported(content="Canary ở đây", name="Hoàng Thị Canary", phone="0900 000 001", consent="1")
    for path in ("/thong-ke", "/thong-ke.json"):
        html = (await citizen.see(path)).html
        assert "Canary" not in html
        assert not any(number in html for number in ("900 000 001", "900000001"))


@pytest.mark.rule("VN-4")
@pytest.mark.parametrize(("language", "words"), [("vi", "Quyền của Quý vị"), ("en", "Your rights")])
async def test_everybody_can_read_how_their_data_are_used(citizen: Citizen, language: str, words: str) -> None:
    page = await citizen.see(f"/du-lieu-cua-ban?lang={language}")
    assert words in page.text
    assert '/du-lieu-cua-ban"' in (await citizen.see("/")).html
