"""Files of cases and conversations, for whoever may see them; every opening is noted by the reader (VN-4)."""

from __future__ import annotations

import asyncio
import io
import mimetypes
from collections.abc import Iterable, Mapping

from aiohttp import web

from core.contract.errors import GatewayError, NotFound
from core.contract.schema import AttachmentKind, GeoPoint
from core.privacy.media_types import ALLOWED
from core.service.absent import absent_files
from core.service.reading.views import ConversationView, File, ReportView
from gateway.auth import require_staff
from gateway.console.shared import member_of, reader_of
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.playing import play

THUMB = (320, 240)
_SHOWN = frozenset({"image", "video", "audio"})


@require_staff()
async def show_case_file(request: web.Request) -> web.StreamResponse:
    """One file of a case. NotFound unless the case holds it and this person may see the case."""
    case_id, key = request.match_info["case"], request.match_info["key"]
    await reader_of(request).open_file(case_id, key, member_of(request))
    return await send_file(request, key)


@require_staff()
async def show_talk_file(request: web.Request) -> web.StreamResponse:
    """One file of a conversation, for whoever may read it."""
    await reader_of(request).open_message_file(
        request.match_info["talk"], request.match_info["key"], member_of(request)
    )
    return await send_file(request, request.match_info["key"])


async def send_file(request: web.Request, key: str) -> web.Response:
    """A stored file whole, small (`/nho`) or as it is played (`/phat`), as the address says."""
    if request.match_info.get("how") == "/phat":
        return await play(request, key)
    found = await request.app[DEPLOYMENT].media.open(key)
    if request.match_info.get("how"):
        return answer(await asyncio.to_thread(thumbnail, found.data), "image/jpeg", key)
    return answer(found.data, found.media_type, key)


def answer(data: bytes, media_type: str, key: str) -> web.Response:
    """
    A stored file: pictures, films and sound are shown, anything else is saved, never run.

    It is called by its key: the name its sender gave it may tell who that is.
    """
    how = "inline" if media_type.partition("/")[0] in _SHOWN else "attachment"
    name = f"tep-{key[-8:]}{mimetypes.guess_extension(media_type) or ''}"
    headers = {
        "Content-Disposition": f'{how}; filename="{name}"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return web.Response(body=data, content_type=media_type, headers=headers)


def thumbnail(data: bytes) -> bytes:
    """A small JPEG of a stored picture; slow. NotFound where it is none."""
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(data)) as image:
            image.draft("RGB", THUMB)  # a large JPEG is decoded small at once
            small = ImageOps.contain(image.convert("RGB"), THUMB)
    except (OSError, ValueError, SyntaxError, TypeError, MemoryError, Image.DecompressionBombError) as error:
        raise NotFound("no picture") from error
    written = io.BytesIO()
    small.save(written, "JPEG", quality=80)
    return written.getvalue()


async def absent_of(request: web.Request, files: Iterable[File], *talks: ConversationView) -> Mapping[str, str]:
    """How it stands with those of a page's files that are not here, by stored key."""
    deployment = request.app[DEPLOYMENT]
    said = (file for talk in talks for line in talk.messages for file in line.files)
    keys = (file.key for file in (*files, *said))
    return await absent_files(deployment.database, deployment.regulation, keys)


async def kinds_of(deployment: Deployment, files: Iterable[File]) -> dict[str, str]:
    """image · video · audio · file for each stored key; those whose file is gone are left out."""
    return {file.key: kind for file in files if (kind := await _kind(deployment, file))}


async def taken_of(deployment: Deployment, reports: Iterable[ReportView]) -> dict[str, GeoPoint]:
    """Where the first picture that tells was taken, by report: a suggestion for those that have no point yet."""
    found: dict[str, GeoPoint] = {}
    for report in reports:
        if report.place.latitude is not None:
            continue
        for file in report.files:
            if report.id not in found and (taken := await _taken(deployment, file.key)) is not None:
                found[report.id] = taken
    return found


async def _taken(deployment: Deployment, key: str) -> GeoPoint | None:
    try:
        return (await deployment.media.open(key)).taken
    except GatewayError:
        return None


async def _kind(deployment: Deployment, file: File) -> str:
    if file.description is not None and file.description.media_type:  # none while a provider's word is all there is
        return kind_of(file.description.media_type)
    try:
        return kind_of((await deployment.media.open(file.key)).media_type)
    except GatewayError:
        return ""


def kind_of(media_type: str) -> str:
    """How a file is shown; a picture that cannot be made small (HEIC) is a file to save."""
    from core.privacy.images import can_clean

    kind = ALLOWED.get(media_type, AttachmentKind.FILE)
    return "file" if kind is AttachmentKind.IMAGE and not can_clean(media_type) else kind.value
