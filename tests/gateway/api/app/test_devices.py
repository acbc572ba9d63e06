"""A device that registered rings when there is news, and is told nothing of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import select

from channels.webpush.sandbox import PushSandbox, SandboxBrowser
from channels.webpush.sandbox_fcm import FcmSandbox
from core.storage.tables import outbox
from tests.gateway.api.app.phone import Phone
from tests.gateway.portal.citizen import CONTENT, PLACE
from tests.gateway.portal.test_follow import ANSWER, work_through
from tests.support.codes import WRITTEN, Phones, with_phones
from tests.support.deployments import World, world_over


@pytest_asyncio.fixture
async def service() -> AsyncIterator[PushSandbox]:
    """A push service."""
    async with PushSandbox() as opened:
        yield opened


@pytest_asyncio.fixture
async def apps() -> AsyncIterator[FcmSandbox]:
    """The service that rings apps."""
    async with FcmSandbox() as opened:
        yield opened


@pytest_asyncio.fixture
async def world(database_url: str, tmp_path: Path, service: PushSandbox, apps: FcmSandbox) -> AsyncIterator[World]:
    """A deployment that rings devices."""
    account = {"fcm_account": json.dumps(apps.account), "fcm_sandbox": apps.url}
    push = {"contact": "mailto:vanhanh@phananh.example.vn", "sandbox": service.url, **account}
    async with world_over(database_url, tmp_path, push=push) as opened:
        service.now = apps.now = opened.clock
        yield opened


def device(browser: SandboxBrowser, **changes: str) -> dict[str, Any]:
    """What an app sends of its subscription."""
    given = browser.subscription()
    return {"endpoint": given["endpoint"], **given["keys"], **changes}


@pytest.mark.rule("TG-4.1a", "VN-4")
async def test_news_rings_and_the_words_wait_in_the_app(phone: Phone, service: PushSandbox) -> None:
    assert (await phone("GET", "/form")).json["push"]
    mine, code, _ = await phone.reported()
    ringing, silent = service.subscribe("ringing"), service.subscribe("silent")
    for one in (ringing, silent):
        assert (await mine("POST", f"/reports/{code}/devices", json=device(one))).status == 204
    gone = await mine("DELETE", f"/reports/{code}/devices", json={"endpoint": silent.endpoint})
    assert gone.status == 204
    await work_through(phone.world)

    (notice,) = ringing.shown.values()
    for words in (CONTENT, PLACE, ANSWER):
        assert words not in str(notice)
    assert silent.calls == []
    assert ANSWER in str((await mine.see(code))["own"]["messages"])


async def test_what_is_no_device_is_refused(phone: Phone, service: PushSandbox) -> None:
    """An address that is no push service, and keys that are none: nobody is called there."""
    mine, code, _ = await phone.reported()
    ringing = service.subscribe()
    for changes in ({"endpoint": "https://127.0.0.1:1/x"}, {"p256dh": "x"}, {"auth": "!"}):
        refused = await mine("POST", f"/reports/{code}/devices", json=device(ringing, **changes))
        assert (refused.status, refused.code) == (422, "device_invalid")


@pytest.mark.rule("TG-4.3")
async def test_an_app_rings_by_its_registration_token(phone: Phone, apps: FcmSandbox) -> None:
    """Where the office has an account for it; the app hears that from the form."""
    assert (await phone("GET", "/form")).json["push_fcm"]
    mine, code, _ = await phone.reported()
    app = apps.install()
    given = {"service": "fcm", "endpoint": app.token}
    assert (await mine("POST", f"/reports/{code}/devices", json=given)).status == 204
    wrong = await mine("POST", f"/reports/{code}/devices", json=given | {"endpoint": "x"})
    assert (wrong.status, wrong.code) == (422, "device_invalid")
    await work_through(phone.world)

    (notice,) = app.shown.values()
    assert (notice["page"], ANSWER in str(app.calls)) == ("report", False)


async def told_by_phone(phone: Phone, numbers: Phones) -> list[str]:
    """What came by SMS about a report that was answered."""
    await work_through(phone.world)
    return [one.text for one in numbers.sent]


@pytest.mark.rule("LS-3.2")
async def test_where_no_device_rings_a_number_is_told_that_there_is_news(phone: Phone, service: PushSandbox) -> None:
    """Never registered, or thrown away since: an SMS names the code and says nothing of the report or its answer."""
    numbers = with_phones(phone.world, news=True)
    mine, code, _ = await phone.reported(phone=WRITTEN, consent=True)
    gone = service.subscribe()
    await mine("POST", f"/reports/{code}/devices", json=device(gone))
    gone.gone = True
    told = await told_by_phone(phone, numbers)

    assert len(told) == 3
    for text in told:
        assert f"{code[:4]} {code[4:8]} {code[8:]}" in text
        assert not any(words in text for words in (CONTENT, PLACE, ANSWER))
    assert ANSWER in str((await mine.see(code))["own"]["messages"])
    whys = select(outbox.c.why).where(outbox.c.channel == "sms").distinct()
    found = await phone.world.deployment.database.read(lambda one: one.scalars(whys).all())
    assert found == ["thông báo trên thiết bị không đến được người nhận → SMS"]


async def test_a_device_that_rings_costs_no_sms(phone: Phone, service: PushSandbox) -> None:
    numbers = with_phones(phone.world, news=True)
    mine, code, _ = await phone.reported(phone=WRITTEN, consent=True)
    await mine("POST", f"/reports/{code}/devices", json=device(service.subscribe()))

    assert await told_by_phone(phone, numbers) == []


async def test_without_device_and_number_the_words_wait_in_the_app(phone: Phone, service: PushSandbox) -> None:
    """Nothing is tried that cannot arrive, so that nothing lies before staff as undelivered."""
    numbers = with_phones(phone.world, news=True)
    mine, code, _ = await phone.reported()

    assert await told_by_phone(phone, numbers) == []
    found = select(outbox.c.state).where(outbox.c.state != "sent")
    assert await phone.world.deployment.database.read(lambda one: one.execute(found).all()) == []
    assert ANSWER in str((await mine.see(code))["own"]["messages"])
    assert service.browsers == {}
