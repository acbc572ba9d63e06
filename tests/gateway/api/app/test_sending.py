"""A report by the province's own app: taken once, with code and PIN, under the app's name."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import select

from core.storage import tables
from gateway.auth.apps import portal_key, revoke_app
from tests.gateway.api.app.phone import NAME, Phone, digits
from tests.gateway.api.conftest import Caller
from tests.gateway.portal.citizen import CONTENT, File, photo
from tests.support.databases import on_both_engines
from tests.support.deployments import World
from tests.support.opened import everything_readable

FIRE = "Cháy nhà, còn người mắc kẹt, cứu với!"
WHO: dict[str, Any] = {"name": "Nguyễn Văn An", "phone": "0900 000 001", "consent": True}


async def rows(world: World, table: str, column: str = "id") -> list[object]:
    """One column of a table."""
    found = select(tables.metadata.tables[table].c[column])
    return list(await world.deployment.database.read(lambda one: one.scalars(found).all()))


@on_both_engines
@pytest.mark.rule("HUE-C", "TG-4.1a")
async def test_a_report_becomes_a_case_that_names_the_app(phone: Phone, ioc: Caller) -> None:
    """Words, place and a photo; staff see by which app it came, and the photo says no more where it was taken."""
    sent = await phone.report(File("anh.jpg", photo()), latitude=16.4637, longitude=107.5909, **WHO)
    await phone.world.settle()

    assert sent.status == 201
    (case,) = (await ioc.get("/cases"))["items"]
    (report,) = (await ioc.get(f"/cases/{case['id']}"))["reports"]
    assert report["channel"]["id"] == "app"
    assert digits(report["code"]) == digits(sent.json["code"])
    rows = await phone.world.deployment.database.read(
        lambda one: one.execute(select(tables.conversation.c.account)).all()
    )
    assert [row.account for row in rows] == [NAME]
    assert not any(
        b"Canary" in (one if isinstance(one, bytes) else one.encode()) for one in await everything_readable(phone.world)
    )


async def test_the_form_says_what_the_regulation_wants(phone: Phone) -> None:
    """An app draws it without knowing the province."""
    form = (await phone("GET", "/form")).json

    deployment = phone.world.deployment
    categories = deployment.regulation.current.intake.categories
    assert {one["id"] for one in form["categories"]} == {key for key, one in categories.items() if one.active}
    fields = {one["id"]: (one["required"], one["may_lack"]) for one in form["fields"]}
    assert fields["content"] == fields["place"] == (True, False)
    assert form["limits"] == {"files": 10, "megabytes": deployment.settings.http.max_body_mb, "content": 8000}
    assert deployment.settings.office in form["agreement"]
    assert {"112", "113", "114", "115"} >= {one["number"] for one in form["emergency_lines"]} != set()
    assert form["proof"] is False
    assert form["push"] == ""


@on_both_engines
async def test_sent_twice_it_is_one_report(phone: Phone) -> None:
    """After a lost answer, at once eight times over, and before or after it was taken up: the same code and PIN."""
    key = "5f0c1f9e-4b7e-4f43-9d0f-3f2f9d1f0a11"
    file = File("anh.jpg", photo())
    many = await asyncio.gather(*(phone.report(file, key=key) for _ in range(8)))
    await phone.world.settle()
    later = await phone.report(file, key=key)
    await phone.world.settle()

    assert {one.status for one in [*many, later]} == {201}
    assert len({(one.json["code"], one.json["pin"]) for one in [*many, later]}) == 1
    assert later.headers["Idempotency-Replayed"] == "true"
    assert len(await rows(phone.world, "case")) == 1


async def test_a_forgotten_key_still_makes_no_second_report(phone: Phone) -> None:
    """A draft that comes after we forgot the key: its content is known."""
    first = await phone.report(key="a-draft")
    await phone.world.settle()
    await phone.world.deployment.database.write(lambda one: one.execute(tables.idempotency.delete()))
    again = await phone.report(key="a-draft")
    await phone.world.settle()

    assert (again.status, again.json["code"], again.json["pin"]) == (201, first.json["code"], first.json["pin"])
    assert len(await rows(phone.world, "case")) == 1


async def test_a_key_of_another_report_is_refused(phone: Phone) -> None:
    await phone.report(key="a-draft")
    other = await phone.report(key="a-draft", content="Đèn đường hỏng.")

    assert (other.status, other.code) == (422, "idempotency_key_reused")


async def test_two_apps_may_use_the_same_key(phone: Phone) -> None:
    ours = Phone(phone.world, phone.client, await portal_key(phone.world.deployment.safe))
    first, second = await phone.report(key="1"), await ours.report(key="1")

    assert (first.status, second.status) == (201, 201)
    assert first.json["code"] != second.json["code"]


async def test_what_is_missing_is_told_field_by_field(phone: Phone) -> None:
    answer = await phone("POST", "/reports", json={"content": CONTENT, "phone": "12"})

    assert (answer.status, answer.code) == (422, "data_missing")
    assert set(answer.json["details"]["fields"]) == {"place", "phone", "consent"}
    assert "bấm" not in answer.json["details"]["fields"]["place"]  # buttons are our own page's


@pytest.mark.rule("QB-II.2h", "VN-8")
async def test_who_needs_help_hears_whom_to_ring_even_where_something_is_missing(phone: Phone) -> None:
    answer = await phone("POST", "/reports", json={"content": "Cháy nhà, cứu với", "phone": "0900000001"})
    usual = await phone("POST", "/reports", json={"content": CONTENT, "phone": "12"})

    assert (answer.status, answer.code, answer.json["details"]["emergency_line"]) == (422, "data_missing", "114")
    assert "gọi ngay 114" in answer.json["message"]
    assert usual.json["details"]["emergency_line"] == ""


@pytest.mark.rule("VN-1", "VN-2")
async def test_what_is_not_ours_is_counted_and_never_stored(phone: Phone) -> None:
    """Also with a file: nothing of it is kept."""
    words = "Tôi tố cáo ông A, cán bộ phường, nhận hối lộ của dân."
    answer = await phone.report(File("anh.jpg", photo()), content=words)
    await phone.world.settle()

    assert (answer.status, answer.code) == (422, "diverted")
    assert answer.json["rules"] == ["VN-1", "VN-2"]
    assert answer.json["message"]
    counted = await phone.world.deployment.database.read(
        lambda one: one.execute(select(tables.diversion.c.channel)).all()
    )
    assert [row.channel for row in counted] == ["app"]
    assert await rows(phone.world, "inbox_raw") == []
    assert not any((phone.world.deployment.settings.data / "media").rglob("*.*"))


@pytest.mark.rule("VN-8")
async def test_an_emergency_says_whom_to_ring(phone: Phone) -> None:
    assert (await phone.report(content=FIRE)).json["emergency_line"] == "114"
    assert (await phone.report()).json["emergency_line"] == ""


async def test_a_file_that_is_none_is_refused_by_name(phone: Phone) -> None:
    answer = await phone.report(File("anh.svg", b"<svg onload='alert(1)'/>", "image/svg+xml"))

    assert answer.status == 422
    assert "anh.svg" in answer.json["details"]["fields"]["media"]


@pytest.mark.parametrize("key", ["", "la_hue-s_" + "x" * 43, "la_portal_" + "0" * 64, "la_không-có_x", "ln_x"])
async def test_an_unknown_app_is_refused(phone: Phone, key: str) -> None:
    stranger = Phone(phone.world, phone.client, key)
    for method, path in (("GET", "/form"), ("POST", "/reports"), ("POST", "/sessions")):
        answer = await stranger(method, path, json={} if method == "POST" else None)
        assert (answer.status, answer.code) == (401, "app_unknown")


@pytest.mark.rule("HUE-C")
async def test_an_app_that_was_ended_is_refused_and_named_no_more(phone: Phone) -> None:
    """While it has a key, the first page names it among the ways to report, as the regulation does."""
    label = phone.world.deployment.regulation.current.intake.channels["app"].label
    seen = []
    for _ in range(2):
        async with phone.client.get("/") as page:
            seen.append(((await phone("GET", "/form")).status, label in await page.text()))
        await revoke_app(phone.world.deployment.database, NAME)

    assert seen == [(200, True), (401, False)]


async def test_one_address_cannot_flood(phone: Phone) -> None:
    """Counted for the app at this address, whatever comes of it; another app is not held up by it."""
    for _ in range(30):
        assert (await phone.report(content="")).status == 422
    answer = await phone.report()
    ours = Phone(phone.world, phone.client, await portal_key(phone.world.deployment.safe))

    assert (answer.status, answer.code) == (429, "too_many_attempts")
    assert int(answer.headers["Retry-After"]) > 0
    assert (await ours.report()).status == 201


async def test_staff_mean_nothing_here_and_apps_nothing_there(phone: Phone, ioc: Caller) -> None:
    """A token of staff opens no door of an app; the key of an app opens none of staff."""
    async with phone.client.get("/api/v1/app/form", headers={"Authorization": f"Bearer {ioc.token}"}) as response:
        assert response.status == 401
    async with phone.client.get("/api/v1/cases", headers={"X-App-Key": phone.key}) as response:
        assert response.status == 401


async def test_a_place_may_be_left_to_the_point(phone: Phone) -> None:
    answer = await phone.report(place="", latitude=16.4637, longitude=107.5909, accuracy=8)

    assert answer.status == 201
