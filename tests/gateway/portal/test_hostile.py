"""Archives, scripts and lies on the web form: named, refused, and nothing that was typed is lost."""

from __future__ import annotations

import pytest

from tests.gateway.portal.citizen import CONTENT, PLACE, Citizen, File, photo
from tests.support.hostile import CLIMBING, HOSTILE


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_file_is_refused_in_words(citizen: Citizen, name: str) -> None:
    """Whatever it says that it is."""
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File("anh.jpg", HOSTILE[name]())], content=CONTENT, place=PLACE)

    assert (page.status, "chưa được hỗ trợ" in page.text, CONTENT in page.html) == (422, True, True)


async def test_a_name_that_climbs_leads_nowhere(citizen: Citizen) -> None:
    """The picture is stored by its key."""
    form = (await citizen.see("/phan-anh")).form("/phan-anh")
    page = await citizen.send(form, [File(CLIMBING, photo())], content="", place=PLACE)
    stored = [path for path in (citizen.deployment.settings.data / "media").rglob("*") if path.is_file()]

    assert len(stored) == 1
    assert "passwd" not in str(stored[0])
    assert "../" not in page.text
