"""What the sandboxes share: reading what a test or the sandbox page asks of a played phone or provider."""

from __future__ import annotations

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
