"""What an app sends as a form: parts with files (multipart), plain fields, or JSON; one model reads all three."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, get_origin

from aiohttp import web
from multidict import MultiDict, MultiDictProxy

from core.contract.schema import Model
from gateway.api.serve import checked, is_clean, read_json, unreadable
from gateway.auth.csrf import FORM_TYPES

FILES = "media"
"""Name of the parts that hold files."""
NOTHING: MultiDictProxy[Any] = MultiDictProxy(MultiDict())


async def read_form(request: web.Request, model: type[Model]) -> tuple[Model, MultiDictProxy[Any]]:
    """The fields, checked, and all parts as they came. ApiError: 400 unreadable, 415 no form, 422 fields."""
    if request.content_type not in FORM_TYPES:
        return checked(model, read_json(request, await request.read())), NOTHING
    try:
        posted = await request.post()
    except (ValueError, LookupError) as error:  # broken multipart, unknown charset
        raise unreadable() from error
    fields = _fields(posted, model)
    if not is_clean(fields):
        raise unreadable()
    return checked(model, fields), posted


async def digest_of_files(posted: MultiDictProxy[Any]) -> list[str]:
    """Hashes of the files as they came: a repeat brings the same ones."""
    files = [part for part in posted.getall(FILES, []) if isinstance(part, web.FileField)]
    return [await asyncio.to_thread(_digest, part) for part in files]


def _fields(posted: MultiDictProxy[Any], model: type[Model]) -> dict[str, Any]:
    """Every part but the files; a field that holds several is a list."""
    found: dict[str, Any] = {}
    for name in dict.fromkeys(posted):
        values = posted.getall(name)
        if name == FILES and all(isinstance(value, web.FileField) for value in values):
            continue
        several = name in model.model_fields and get_origin(model.model_fields[name].annotation) is tuple
        found[name] = list(values) if several else values[0]
    return found


def _digest(upload: web.FileField) -> str:
    digest = hashlib.file_digest(upload.file, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.file.seek(0)
    return digest
