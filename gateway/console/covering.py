"""`/console/ho-so/{case}/che-anh/{key}`: paint faces, number plates and doors over before a picture becomes public."""

from __future__ import annotations

import re
from collections.abc import Iterator

import structlog
from aiohttp import web

from core.contract.errors import NotFound
from core.privacy.covering import WHOLE, Region, cover, open_covered, uncover
from core.privacy.errors import MediaRefused
from core.service.reading.views import CaseView, File
from gateway.auth import NotAllowed, require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.casefile import read_view
from gateway.console.fields import Posted
from gateway.console.files import answer
from gateway.console.letter_list import PUBLISHING
from gateway.console.shared import CASES, line_of, member_of, reader_of, show
from gateway.deployment import DEPLOYMENT

AS_PUBLIC = "nhu-cong-khai"
"""Below a case: its files as the public sees them."""
ACROSS, DOWN = 8, 6
"""Fields of the picture for those who choose by keyboard."""
MOST = 50
NOTHING = "Chưa chọn vùng nào. Kéo chuột trên ảnh, hoặc đánh dấu các ô bên dưới."
_DRAWN = re.compile(r"(\d{1,4}),(\d{1,4}),(\d{1,4}),(\d{1,4})")

log = structlog.get_logger()


@require_staff()
async def show_picture(request: web.Request) -> web.StreamResponse:
    """The picture as the public sees it, and what one paints over with."""
    view = await _view(request)
    return await _page(request, view, _file(view, request.match_info["key"]))


@require_staff()
async def show_covered(request: web.Request) -> web.StreamResponse:
    """The picture itself, as the public sees it; the reading is noted like that of any file (VN-4)."""
    view, key = await _view(request), request.match_info["key"]
    await reader_of(request).open_file(view.id, key, member_of(request))
    found = await request.app[DEPLOYMENT].media.open_public(key)
    return answer(found.data, found.media_type, key)


@require_staff()
async def paint(request: web.Request) -> web.StreamResponse:
    """Paint over what was chosen, or take all of it away again."""
    view, key = await _view(request), request.match_info["key"]
    file, posted, media = _file(view, key), await request.post(), request.app[DEPLOYMENT].media
    if "bo" in posted:
        await uncover(media, key)
        log.info("picture_uncovered", case=view.id, by=staff_of(request).id)
        return see_other(f"{CASES}/{view.id}/che-anh/{key}?xong=bo-che")
    regions = list(_regions(posted))
    if not regions:
        return await _page(request, view, file, problem=NOTHING, status=422)
    try:
        await cover(media, key, regions)
    except MediaRefused as refused:
        return await _page(request, view, file, problem=refused.vi, status=422)
    log.info("picture_covered", case=view.id, by=staff_of(request).id, regions=len(regions))
    return see_other(f"{CASES}/{view.id}/che-anh/{key}?xong=che-anh")


async def _view(request: web.Request) -> CaseView:
    """The case, for those who may make something of it public now, and for the centre. Raises NotAllowed."""
    view = await read_view(request)
    if not (reader_of(request).hears(member_of(request)) or any(one.command in PUBLISHING for one in view.moves)):
        raise NotAllowed("publishes nothing of this case")
    return view


def _file(view: CaseView, key: str) -> File:
    found = next((one for one in view.files if one.key == key), None)
    if found is None:
        raise NotFound(key)
    return found


def _regions(posted: Posted) -> Iterator[Region]:
    """What was drawn by hand, and the fields that were marked."""
    for found in list(_DRAWN.finditer(line_of(posted.get("vung"))))[:MOST]:
        left, top, width, height = (min(int(number), WHOLE) for number in found.groups())
        yield Region(left, top, width, height)
    for one in map(line_of, posted.getall("o", [])[: ACROSS * DOWN]):
        number = int(one) if one.isascii() and one.isdigit() else ACROSS * DOWN
        if number < ACROSS * DOWN:
            row, column = divmod(number, ACROSS)
            yield Region(column * WHOLE // ACROSS, row * WHOLE // DOWN, WHOLE // ACROSS, WHOLE // DOWN)


async def _page(
    request: web.Request, view: CaseView, file: File, *, problem: str = "", status: int = 200
) -> web.Response:
    covered = await open_covered(request.app[DEPLOYMENT].media, file.key) is not None
    return show(
        request,
        "covering.html",
        status=status,
        view=view,
        file=file,
        covered=covered,
        problem=problem,
        seen=f"{CASES}/{view.id}/{AS_PUBLIC}/tep/{file.key}",
        across=ACROSS,
        down=DOWN,
        base=f"{CASES}/{view.id}",
    )
