"""`/console/loi-thoai`: every sentence of the hotline; an administrator hears it, and uploads a person's recording."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import structlog
from aiohttp import web
from aiohttp.web_request import FileField

from channels.call_center.prompts.catalogue import Slot
from channels.call_center.prompts.recording import NotASound
from channels.call_center.prompts.shelf import Held, Kept, Shelf
from core.contract.schema import Instant, Model
from core.service.actors import ADMIN
from core.storage import people, settings
from gateway.auth import require_staff, staff_of
from gateway.auth.targets import see_other
from gateway.console.shared import HOME, show
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.telephony.sentences import catalogue_of, folders_of

PAGE = f"{HOME}/loi-thoai"
LONGEST = 20 * 1024 * 1024
NO_FILE = "Vui lòng chọn một tệp âm thanh (WAV, MP3, OGG, M4A hoặc FLAC)."
TOO_BIG = "Tệp lớn hơn 20 MB. Mỗi câu chỉ cần vài giây."
NO_SOUND = "Không đọc được âm thanh trong tệp này. Vui lòng gửi tệp WAV, MP3, OGG, M4A hoặc FLAC dài dưới năm phút."
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "emergency": "Khẩn cấp",
        "sentences": "Câu nói",
        "english": "Tiếng Anh",
        "words": "Chữ số và từ ghép",
        "made": "Âm báo",
    }
)
_NOTES = "prompt:"

log = structlog.get_logger()


class Note(Model):
    """Who recorded a slot, when; true as long as the file is the same."""

    sha256: str
    seconds: float
    by: str
    at: Instant


@dataclass(frozen=True)
class Line:
    """A slot on the page. `name`, `at`: who recorded it and when, where it was done here."""

    held: Held
    seconds: float = 0.0
    name: str = ""
    at: datetime | None = None


@require_staff(ADMIN)
async def show_prompts(request: web.Request) -> web.StreamResponse:
    """Every slot, emergencies first."""
    return await _page(request)


@require_staff(ADMIN)
async def play(request: web.Request) -> web.StreamResponse:
    """What callers hear now."""
    shelf, slot = await _slot(request)
    sound = await asyncio.to_thread(shelf.wav, slot)
    if sound is None:
        raise web.HTTPNotFound
    return web.Response(body=sound, content_type="audio/wav", headers={"Cache-Control": "no-store"})


@require_staff(ADMIN)
async def record(request: web.Request) -> web.StreamResponse:
    """A person's recording takes the place of what was there, from the next sentence on."""
    shelf, slot = await _slot(request)
    uploaded = (await request.post()).get("tep")
    if not isinstance(uploaded, FileField) or not uploaded.filename:
        return await _page(request, status=422, wrong=slot.name, problem=NO_FILE)
    sound = await asyncio.to_thread(uploaded.file.read, LONGEST + 1)
    if len(sound) > LONGEST:
        return await _page(request, status=413, wrong=slot.name, problem=TOO_BIG)
    try:
        kept = await asyncio.to_thread(_keep, shelf, slot, sound)
    except NotASound as error:
        log.info("prompt_refused", slot=slot.name, reason=str(error))
        return await _page(request, status=422, wrong=slot.name, problem=NO_SOUND)
    await _note(request, slot, kept)
    return see_other(f"{PAGE}?xong=thu-loi-thoai#{slot.name}")


@require_staff(ADMIN)
async def drop(request: web.Request) -> web.StreamResponse:
    """Back to the machine's voice."""
    shelf, slot = await _slot(request)
    if await asyncio.to_thread(shelf.drop, slot):
        log.warning("prompt_dropped", slot=slot.name, by=staff_of(request).id)
    return see_other(f"{PAGE}?xong=bo-loi-thoai#{slot.name}")


def mount(router: web.UrlDispatcher) -> None:
    """The addresses."""
    one = f"{PAGE}/{{slot:[a-zA-Z_][a-zA-Z0-9_]{{0,63}}}}"
    router.add_get(PAGE, show_prompts)
    router.add_get(f"{one}.wav", play)
    router.add_post(one, record)
    router.add_post(f"{one}/bo", drop)


async def _page(request: web.Request, *, status: int = 200, wrong: str = "", problem: str = "") -> web.StreamResponse:
    deployment = request.app[DEPLOYMENT]
    lines = await lines_of(deployment)
    unfit = [line.held.slot for line in lines if line.held.slot.emergency and not line.held.recorded]
    return show(
        request,
        "prompts.html",
        status=status,
        groups=_groups(lines),
        unfit=unfit,
        demo=deployment.settings.mode == "demo",
        wrong=wrong,
        problem=problem,
    )


async def lines_of(deployment: Deployment) -> list[Line]:
    """Every slot with who recorded it."""
    notes = await deployment.database.read(partial(settings.under, prefix=_NOTES))
    names = {user.id: user.display_name for user in await deployment.database.read(people.all_users)}
    held = await asyncio.to_thread(lambda: list(_shelf(deployment).held()))
    return [_line(one, notes.get(one.slot.name), names) for one in held]


def _line(held: Held, told: Any, names: Mapping[str, str]) -> Line:
    note = Note.model_validate(told) if told else None
    if note is None or note.sha256 != held.sha256:  # put there by hand
        return Line(held)
    return Line(held, seconds=note.seconds, name=names.get(note.by, ""), at=note.at)


def _groups(lines: list[Line]) -> list[tuple[str, list[Line]]]:
    """What must be recorded first comes first; sounds that we compute come last."""
    found = (
        (name, [line for line in lines if line.held.slot.section == section]) for section, name in SECTIONS.items()
    )
    return [(name, held) for name, held in found if held]


async def _slot(request: web.Request) -> tuple[Shelf, Slot]:
    shelf = await asyncio.to_thread(_shelf, request.app[DEPLOYMENT])
    slot = shelf.find(request.match_info["slot"])
    if slot is None:
        raise web.HTTPNotFound
    return shelf, slot


def _shelf(deployment: Deployment) -> Shelf:
    return Shelf(catalogue_of(deployment.settings), folders_of(deployment.settings))


def _keep(shelf: Shelf, slot: Slot, sound: bytes) -> Kept:
    with tempfile.NamedTemporaryFile(prefix="loi-thoai-") as file:
        file.write(sound)
        file.flush()
        return shelf.keep(slot, Path(file.name))


async def _note(request: web.Request, slot: Slot, kept: Kept) -> None:
    deployment, by = request.app[DEPLOYMENT], staff_of(request).id
    note = Note(sha256=kept.sha256, seconds=kept.seconds, by=by, at=deployment.now())
    value = note.model_dump(mode="json")
    await deployment.database.write(partial(settings.put, key=f"{_NOTES}{slot.name}", value=value))
    log.warning("prompt_recorded", slot=slot.name, by=by, sha256=kept.sha256)
