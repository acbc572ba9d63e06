"""Where a photo says that it was taken: a suggestion to the centre, and nothing that anybody else ever reads."""

from __future__ import annotations

import io

from PIL import Image

from tests.gateway.api.staffing import LIGHTS, agency, centre, issue
from tests.gateway.console.office import open_office
from tests.gateway.flows.office import only_case, stored_reports
from tests.gateway.flows.remote import PHOTO, fetch, kept_by, remote_chat, reported
from tests.support.deployments import World

WORDS = "Ảnh chụp tại"


def photo() -> bytes:
    """Taken at 16° 27′ 49″ N, 107° 35′ 27″ E."""
    image, exif, out = Image.new("RGB", (32, 24), "gray"), Image.Exif(), io.BytesIO()
    exif.get_ifd(0x8825).update({1: "N", 2: (16.0, 27.0, 49.0), 3: "E", 4: (107.0, 35.0, 27.0)})
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


async def test_only_the_centre_reads_where_a_photo_was_taken(world: World) -> None:
    """It is no place of the report; the stored photo itself tells nothing."""
    chat = remote_chat(world)
    kept_by(chat).files[PHOTO] = photo()
    key = await reported(world, chat)
    await fetch(world, chat)
    case, ioc, lights = await only_case(world), await centre(world), await agency(world)
    await issue(world, ioc, case.id, "accept")
    await issue(world, ioc, case.id, "dispatch", agencies=[LIGHTS])
    async with open_office(world) as office, office.desk(ioc) as theirs, office.desk(lights) as others:
        seen, hidden = await theirs.get(f"/console/ho-so/{case.id}"), await others.get(f"/console/ho-so/{case.id}")

    (report,) = await stored_reports(world)
    assert (WORDS in seen.text, "16.46361, 107.59083" in seen.text) == (True, True)
    assert (hidden.status, WORDS in hidden.text) == (200, False)
    assert report.place.point is None
    assert not Image.open(io.BytesIO(await world.deployment.media.get(key))).getexif()
