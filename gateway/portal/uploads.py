"""
Files of a form: taken out of the multipart body, cleaned, stored under the future contact, and kept over an error.

A file that was stored is handed back to the page as a sealed note; only whoever got the page can keep it in the form.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web
from multidict import MultiDictProxy

from channels.base import safe_name
from core.contract.schema import Attachment
from core.privacy.errors import MediaRefused, MediaTooLarge
from core.privacy.media import FileMediaStore
from gateway.deployment import DEPLOYMENT
from gateway.kept_forms import KEPT_TIME
from gateway.pages.failures import AWAY_SECONDS
from gateway.portal.shared import PORTAL

log = structlog.get_logger()

MOST_FILES = 10
AWAY = (
    "Lúc này chưa lưu được ảnh, video. Nội dung Quý vị đã ghi vẫn còn nguyên: vui lòng chờ ít phút, chọn lại tệp và "
    "gửi lại, hoặc gửi ngay không kèm tệp rồi bổ sung sau."
)
_PATIENCE = 20.0
TOO_MANY = f"Mỗi lần gửi được nhiều nhất {MOST_FILES} tệp; các tệp sau chưa được nhận."

Posted = MultiDictProxy[str | bytes | bytearray | web.FileField]


@dataclass(frozen=True)
class Taken:
    """What came of the files: stored ones, a sentence for each that was not taken. `away`: none can be stored now."""

    files: tuple[Attachment, ...] = ()
    refused: tuple[str, ...] = ()
    too_large: bool = False
    away: bool = False

    @property
    def status(self) -> int:
        """Of the page that comes back with what was refused."""
        return 503 if self.away else 413 if self.too_large else 422

    @property
    def headers(self) -> dict[str, str]:
        """When to try again."""
        return {"Retry-After": AWAY_SECONDS} if self.away else {}


async def take_files(request: web.Request, posted: Posted, *, subject_id: str) -> Taken:
    """The files that were kept from before and not dropped, and the new ones, stored now."""
    kept = kept_files(request, posted, subject_id=subject_id)
    media, files, refused, too_large = request.app[DEPLOYMENT].media, list(kept), list[str](), False
    for upload in new_files(posted):
        if len(files) >= MOST_FILES:
            refused.append(TOO_MANY)
            break
        name = safe_name(upload.filename)
        try:
            stored = await store(media, upload, subject_id=subject_id, name=name)
        except MediaRefused as error:
            refused.append(f"{name}: {error.vi}" if name else error.vi)
            too_large = too_large or isinstance(error, MediaTooLarge)
            continue
        except Exception as error:  # keys or disk, whatever ails them: what was typed must not be lost for it
            log.exception("upload_not_stored", error=type(error).__name__)
            return Taken(tuple(files), (*refused, AWAY), too_large=too_large, away=True)
        if stored.stored_key not in {file.stored_key for file in files}:
            files.append(stored)
    return Taken(tuple(files), tuple(refused), too_large)


async def store(media: FileMediaStore, upload: web.FileField, *, subject_id: str, name: str) -> Attachment:
    """One file, into the store. Raises MediaRefused with a sentence for the sender."""
    data = await asyncio.to_thread(upload.file.read)
    async with asyncio.timeout(_PATIENCE):
        return await media.put_file(data, subject_id=subject_id, name=name)


def new_files(posted: Posted) -> Sequence[web.FileField]:
    """The files chosen this time; browsers send an empty part where none was."""
    return [part for part in posted.getall("media", []) if isinstance(part, web.FileField) and part.filename]


def kept_files(request: web.Request, posted: Posted, *, subject_id: str) -> tuple[Attachment, ...]:
    """Files stored by an earlier try of this form, except those the citizen dropped."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    dropped = {str(part) for part in posted.getall("drop", [])}
    notes = [
        portal.notes.open(_purpose(subject_id), str(part), now=now, longest=KEPT_TIME)
        for part in posted.getall("kept", [])[:MOST_FILES]
    ]
    files = [Attachment.model_validate(note.values) for note in notes if note is not None]
    return tuple(file for file in files if file.stored_key not in dropped)


def limits(request: web.Request) -> dict[str, Any]:
    """For the page: how many files, and how many megabytes together, one form may bring."""
    return {"most_files": MOST_FILES, "most_mb": request.app[DEPLOYMENT].settings.http.max_body_mb}


def keep(request: web.Request, files: Sequence[Attachment], *, subject_id: str) -> list[Mapping[str, object]]:
    """For the page: each stored file with the note that keeps it in the form, and from now on for `KEPT_TIME`."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    for file in files:
        request.app[DEPLOYMENT].media.touch(file.stored_key)
    return [
        {
            "file": file,
            "note": portal.notes.write(_purpose(subject_id), file.model_dump(mode="json"), now=now),
        }
        for file in files
    ]


async def forget(request: web.Request, subject_id: str) -> None:
    """Erase what an earlier try stored: the form turned out to be nothing we may keep (VN-1, VN-2)."""
    deployment = request.app[DEPLOYMENT]
    await deployment.media.delete_subject(subject_id)
    await asyncio.to_thread(deployment.safe.keys.destroy, subject_id, deployment.now())


def _purpose(subject_id: str) -> str:
    return f"kept:{subject_id}"
