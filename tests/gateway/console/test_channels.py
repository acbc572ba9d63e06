"""Every channel at a glance, also one whose provider does not answer."""

from __future__ import annotations

import asyncio

import pytest

from core.contract.ports import Health
from gateway.console import channels
from gateway.watch.checkup import NO_ANSWER
from tests.gateway.api.staffing import agency, centre, report
from tests.gateway.console.office import Office

PAGE = "/console/kenh"


async def test_channels_are_shown_with_what_came_and_what_waits(office: Office) -> None:
    """For the centre; an agency has nothing to do with providers."""
    await report(office.world)
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(PAGE)
    async with office.desk(await agency(office.world)) as desk:
        refused = await desk.get(PAGE)

    assert page.status == 200
    assert "Thư điện tử" in page.text
    assert "Hoạt động" in page.text
    assert refused.status == 403


async def test_a_silent_provider_holds_up_nobody(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown as not working, and the others as they are."""

    async def never(_self: object) -> Health:
        await asyncio.Event().wait()
        return Health(ok=True)

    monkeypatch.setattr(channels, "PATIENCE", 0.05)
    monkeypatch.setattr(type(office.world.deployment.channels["email"]), "check_health", never)
    async with office.desk(await centre(office.world)) as desk:
        page = await desk.get(PAGE)

    assert page.status == 200
    assert NO_ANSWER in page.text
