"""What the sandboxes share: reading what is asked of a played phone or provider, and signing as Twilio does."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

from aiohttp import web


async def read_object(request: web.Request) -> dict[str, Any]:
    """The body as a JSON object. Raises HTTPBadRequest for anything else."""
    try:
        body = await request.json()
    except (ValueError, RecursionError) as error:
        raise web.HTTPBadRequest(text="not JSON") from error
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="an object is wanted")
    return body


def twilio_signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """As Twilio's documentation describes it."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()
