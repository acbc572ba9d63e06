"""A voice message in AMR: staff and citizen play it where it stands, and can still save what was sent."""

from __future__ import annotations

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer

from gateway.portal.follow import REPORT
from gateway.portal.shared import FOLLOW, PORTAL
from tests.core.privacy.films import voice
from tests.gateway.api.staffing import centre
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import only_case, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.gateway.portal.conftest import portal_app
from tests.support.deployments import World

PIECE = {"Range": "bytes=4-7"}


async def heard(world: World, sound: bytes) -> str:
    """A report with a voice message that was fetched; returns its key."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = sound
    key = await reported(world, chat)
    await fetch(world, chat)
    return key


async def test_staff_play_a_voice_message_and_save_it(world: World) -> None:
    """On the page of the case; a player may ask for a piece, as Safari does."""
    key = await heard(world, sound := voice())
    case, member = await only_case(world), await centre(world)
    address = f"/console/ho-so/{case.id}/tep/{key}"
    async with open_office(world) as office, office.desk(member) as desk:
        page = await desk.get(f"/console/ho-so/{case.id}")
        played, saved = await desk.get(f"{address}/phat"), await desk.get(address)
        async with desk.client.get(f"{office.url}{address}/phat", headers=PIECE) as response:
            await check_piece(response, len(played.body))

    assert f'<audio src="{address}/phat"' in page.text
    assert f'href="{address}"' in page.text
    assert (played.status, played.headers["Content-Type"], played.body[4:8]) == (200, "audio/mp4", b"ftyp")
    assert saved.body == sound


async def check_piece(response: ClientResponse, length: int) -> None:
    """Four bytes, and where they stand."""
    assert (response.status, await response.read()) == (206, b"ftyp")
    assert response.headers["Content-Range"] == f"bytes 4-7/{length}"


async def test_a_citizen_plays_their_own(world: World) -> None:
    """And nobody else does."""
    key = await heard(world, voice())
    (report,) = await stored_reports(world)
    app = portal_app(world.deployment)
    async with TestClient(TestServer(app)) as client:
        note = app[PORTAL].notes.write(FOLLOW, {"code": report.code}, now=world.clock())
        own = {"Cookie": f"{FOLLOW}={note}"}
        async with client.get(f"{REPORT}/tep/{key}/phat", headers=own) as response:
            assert (response.status, response.content_type) == (200, "audio/mp4")
        async with client.get(f"{REPORT}/tep/{key}/phat", allow_redirects=False) as response:
            assert response.status == 303


async def test_one_that_cannot_be_played_is_refused_in_words(world: World) -> None:
    """And can still be saved."""
    key = await heard(world, b"#!AMR\n" + b"\xff" * 200)
    case, member = await only_case(world), await centre(world)
    address = f"/console/ho-so/{case.id}/tep/{key}"
    async with open_office(world) as office, office.desk(member) as desk:
        played, saved = await desk.get(f"{address}/phat"), await desk.get(address)

    assert (played.status, saved.status) == (422, 200)
    assert "tải tệp gốc" in played.text
