"""The app learns what everybody is told, rings when it warns, and leads to public services."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from channels.webpush.sandbox import PushSandbox, SandboxBrowser
from core.storage.tables import outbox
from tests.gateway.api.app.phone import Phone
from tests.gateway.api.app.test_devices import device
from tests.support.databases import on_both_engines
from tests.support.deployments import World, world_over
from tests.support.public_notices import TEXT, TITLE, ring, tell_everybody, withdraw

PLACES = {"land": "https://datdai.example.vn/tra-cuu", "cameras": "https://camera.example.vn", "market": "https://x.vn"}
NIGHT = 14
"""Hours after the beginning of a test: 22:00."""


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushSandbox]:
    """A push service."""
    async with PushSandbox() as opened:
        yield opened


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path, service: PushSandbox) -> AsyncIterator[World]:
    """Tiền Giang, whose app rings devices and leads to some public services."""
    push = {"contact": "mailto:vanhanh@phananh.example.vn", "sandbox": service.url}
    changes: dict[str, Any] = {"regulation": "tien_giang", "push": push, "portal": {"utilities": PLACES}}
    async with world_over(database_url, tmp_path, **changes) as opened:
        service.now = opened.clock
        yield opened


async def ringing(phone: Phone, service: PushSandbox, reports: int = 1) -> SandboxBrowser:
    """A device that was switched on for so many reports."""
    browser = service.subscribe()
    for number in range(reports):
        mine, code, _ = await phone.reported(
            name="Nguyễn Văn An",
            phone=f"090000000{number + 1}",
            email="an@hopthu.example.vn",
            occurred="Sáng nay",
            consent=True,
        )
        assert (await mine("POST", f"/reports/{code}/devices", json=device(browser))).status == 204
    return browser


async def learnt(phone: Phone, since: str = "") -> Any:
    answer = await phone("GET", f"/notices?since={since}")
    assert answer.status == 200, answer
    return answer.json


@pytest.mark.rule("TG-4.1a")
async def test_the_app_learns_what_is_in_force_and_then_what_changed(phone: Phone) -> None:
    """By its key alone, with no report open; what was withdrawn comes without its words."""
    first = await tell_everybody(phone.world, areas=("Phường Mỹ Tho",))
    told = await learnt(phone)
    (notice,) = told["items"]
    assert (notice["id"], notice["kind"], notice["title"], notice["text"]) == (first, "warning", TITLE, TEXT)
    assert (notice["areas"], notice["withdrawn"], told["more"]) == (["Phường Mỹ Tho"], False, False)
    nothing = await learnt(phone, told["cursor"])
    assert nothing == {"items": [], "cursor": told["cursor"], "more": False}

    await withdraw(phone.world, first)
    second = await tell_everybody(phone.world, "disaster")
    gone, come = (await learnt(phone, told["cursor"]))["items"]
    assert (gone["id"], gone["withdrawn"], gone["title"], gone["text"], gone["areas"]) == (first, True, "", "", [])
    assert (come["id"], come["kind"], come["withdrawn"]) == (second, "disaster", False)
    assert [one["id"] for one in (await learnt(phone))["items"]] == [second]


async def test_no_app_no_answer_and_no_made_up_cursor(phone: Phone) -> None:
    refused = await phone("GET", "/notices", headers={"X-App-Key": "khong-phai-khoa"})
    assert (refused.status, refused.code) == (401, "app_unknown")
    wrong = await phone("GET", "/notices?since=%22")
    assert (wrong.status, wrong.code) == (400, "cursor_invalid")


@pytest.mark.rule("TG-4.1a")
async def test_public_services_stand_in_the_order_of_the_regulation_where_they_have_an_address(phone: Phone) -> None:
    found = (await phone("GET", "/utilities")).json
    assert found == {
        "items": [
            {"id": "land", "label": "Đất đai", "url": PLACES["land"]},
            {"id": "cameras", "label": "Camera", "url": PLACES["cameras"]},
        ]
    }


@on_both_engines
@pytest.mark.rule("TG-4.1a", "VN-4")
async def test_a_warning_rings_once_on_each_device_in_words_that_tell_nothing(
    phone: Phone, service: PushSandbox
) -> None:
    """Also on one that was switched on for two reports; whoever has none is not looked for by another way."""
    browser = await ringing(phone, service, reports=2)
    before = len(browser.shown)
    await tell_everybody(phone.world)
    assert await ring(phone.world) == 2
    assert await ring(phone.world) == 0

    warnings = [one for one in browser.shown.values() if one["page"] == "warning"]
    assert len(browser.shown) == before + 1
    (warning,) = warnings
    for words in (TITLE, TEXT):
        assert words not in str(warning)


@pytest.mark.rule("VN-6")
async def test_at_night_a_warning_waits_a_notice_is_silent_and_a_disaster_rings(
    phone: Phone, service: PushSandbox
) -> None:
    browser = await ringing(phone, service)
    await phone.world.pass_time(hours=NIGHT)
    before = len(browser.calls)
    await tell_everybody(phone.world, "notice")
    await tell_everybody(phone.world)
    await ring(phone.world)
    assert len(browser.calls) == before
    await tell_everybody(phone.world, "disaster")
    await ring(phone.world)
    assert len(browser.calls) == before + 1
    await phone.world.pass_time(hours=10)
    assert len(browser.calls) == before + 2


@pytest.mark.rule("VN-6")
async def test_a_warning_that_was_withdrawn_or_is_over_wakes_nobody(phone: Phone, service: PushSandbox) -> None:
    """Bells that wait for the morning go with it; and one that ended at night rings no more."""
    browser = await ringing(phone, service)
    await phone.world.pass_time(hours=NIGHT)
    before, now = len(browser.calls), phone.world.clock()
    withdrawn = await tell_everybody(phone.world)
    await tell_everybody(phone.world, valid_until=now + timedelta(hours=2))
    await ring(phone.world)
    await withdraw(phone.world, withdrawn)
    await phone.world.pass_time(hours=10)

    assert len(browser.calls) == before
    stopped = select(outbox.c.id).where(outbox.c.state.in_(("failed", "unknown")), outbox.c.channel == "webpush")
    assert await phone.world.deployment.database.read(lambda one: one.scalars(stopped).all()) == []


async def test_a_device_that_is_gone_lies_before_nobody(phone: Phone, service: PushSandbox) -> None:
    """The warning stands where everybody reads it; staff need not look at each bell."""
    browser = await ringing(phone, service)
    browser.gone = True
    await tell_everybody(phone.world)
    await ring(phone.world)

    ends = select(outbox.c.state).where(outbox.c.dedupe_key.startswith("everybody/"))
    assert await phone.world.deployment.database.read(lambda one: one.scalars(ends).all()) == ["dropped"]
