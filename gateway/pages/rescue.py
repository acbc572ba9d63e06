"""
What was typed into a form that could not be taken: it stands on the page that says why, to be copied.

A session ends while somebody writes, a page was open overnight: the words of an answer are half an hour of work.
"""

from __future__ import annotations

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

FORM_TYPES = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
RESCUED = web.RequestKey("rescued", tuple[str, ...])


async def rescue(request: web.Request) -> None:
    """Keep the words of a form that stood on a page of ours; ids and tokens, which have no spaces, are not words."""
    if request.method != "POST" or request.content_type not in FORM_TYPES:
        return
    if request.headers.get("Sec-Fetch-Site") != "same-origin":  # nobody else puts words on our pages
        return
    try:
        posted = await request.post()
    except (ValueError, LookupError, OSError, web.HTTPException, HttpProcessingError):  # what was wrong with it
        return
    typed = (value for name, value in posted.items() if isinstance(value, str) and "password" not in name)
    request[RESCUED] = tuple(value for value in typed if any(map(str.isspace, value.strip())))
