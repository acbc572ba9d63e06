"""Archives, scripts and lies, by chat and by mail: the words are taken, the file is not."""

from __future__ import annotations

import pytest

from tests.gateway.flows.office import LAMP, picture, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.deployments import World
from tests.support.hostile import CLIMBING, HOSTILE
from tests.support.letters import Enclosure, write_mail


def lying(world: World) -> list[str]:
    """Names of all files that are stored."""
    return [path.name for path in (world.deployment.settings.data / "media").rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", HOSTILE)
async def test_by_chat(world: World, name: str) -> None:
    """Asked for again, with the reason."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = HOSTILE[name]()
    await reported(world, chat)
    await fetch(world, chat)

    assert "chưa được hỗ trợ" in chat.heard[-1]
    assert lying(world) == []


@pytest.mark.parametrize("name", HOSTILE)
async def test_by_mail(world: World, name: str) -> None:
    """The report is there without it."""
    file = Enclosure(data=HOSTILE[name](), media_type="image/jpeg", name="anh.jpg")
    await write_mail(world, LAMP, subject="Đèn hỏng", files=[file])
    (report,) = await stored_reports(world)

    assert report.attachments == ()
    assert lying(world) == []


async def test_a_name_that_climbs_leads_nowhere(world: World) -> None:
    """No file is called by its name."""
    file = Enclosure(data=picture(), media_type="image/jpeg", name=CLIMBING)
    await write_mail(world, LAMP, subject="Đèn hỏng", files=[file])
    (report,) = await stored_reports(world)
    (photo,) = report.attachments

    assert "/" not in photo.name
    assert lying(world) == [photo.stored_key[32:]]
