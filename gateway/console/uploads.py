"""
Files of a command's form, stored under the case (its id is their key subject) before the command is issued.

A file that was stored stays in the form over a mistake or a lost race: its key comes back as a hidden field, and counts
only where it lies under this case.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from aiohttp import web

from channels.base import safe_name
from core.contract.errors import GatewayError
from core.privacy.errors import MediaRefused
from core.service.reading.views import File, MoveView
from gateway.console.fields import Posted, Typed
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.portal.uploads import MOST_FILES, TOO_MANY


async def take(
    request: web.Request, case_id: str, move: MoveView, posted: Posted, typed: Typed
) -> tuple[Typed, dict[str, str]]:
    """The form with its files, stored now or kept from before; and by field, why some were not taken."""
    deployment = request.app[DEPLOYMENT]
    names = [one.name for one in move.fields if one.kind == "files"]
    if not names:
        return typed, {}
    files, refused = dict[str, tuple[File, ...]](), dict[str, str]()
    for name in names:
        files[name], sentences = await _take_field(deployment, case_id, name, posted)
        if sentences:
            refused[name] = " ".join(sentences)
    return replace(typed, files=files), refused


async def _take_field(
    deployment: Deployment, subject: str, name: str, posted: Posted
) -> tuple[tuple[File, ...], list[str]]:
    files = {file.key: file for file in await _kept(deployment, subject, posted.getall(f"kept_{name}", []))}
    refused: list[str] = []
    for upload in posted.getall(name, []):
        if not isinstance(upload, web.FileField) or not upload.filename:
            continue  # browsers send an empty part where no file was chosen
        if len(files) >= MOST_FILES:
            refused.append(TOO_MANY)
            break
        label = safe_name(upload.filename)
        try:
            data = await asyncio.to_thread(upload.file.read)
            stored = await deployment.media.put_file(data, subject_id=subject, name=label)
        except MediaRefused as error:
            refused.append(f"{label}: {error.vi}")
        else:
            files[stored.stored_key] = File(key=stored.stored_key, label=label or "Tệp", description=stored)
    return tuple(files.values()), refused


async def _kept(deployment: Deployment, subject: str, keys: list[object]) -> list[File]:
    found = [await _mine(deployment, subject, str(key)) for key in keys[:MOST_FILES]]
    return [file for file in found if file is not None]


async def _mine(deployment: Deployment, subject: str, key: str) -> File | None:
    """A file that was stored for this case by an earlier try, or None."""
    try:
        stored = await deployment.media.open(key)
    except GatewayError:
        return None
    return File(key=key, label=stored.name or "Tệp") if stored.subject_id == subject else None
