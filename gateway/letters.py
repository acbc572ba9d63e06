"""A letter as an answer over HTTP: page, PDF or text, never cached, never run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from core.letters.page import POLICY
from core.service.letters import LetterDesk, Made

Form = Literal["html", "pdf", "txt"]
"""How a letter may be had."""


@dataclass(frozen=True)
class Sheet:
    """A drawn letter: its bytes and what to say about them."""

    body: bytes
    media_type: str
    charset: str | None
    headers: Mapping[str, str] = field(default_factory=dict)

    def response(self) -> web.Response:
        """As HTTP."""
        return web.Response(
            body=self.body, content_type=self.media_type, charset=self.charset, headers=dict(self.headers)
        )


async def draw(desk: LetterDesk, made: Made, form: Form) -> Sheet:
    """
    The letter in one form. The page brings its own style and says so; the others are saved.

    Raises: LetterNotDrawn: the PDF could not be made.
    """
    if form == "html":
        return Sheet(made.page.encode(), "text/html", "utf-8", _headers(POLICY))
    name = f"van-ban-{made.letter.code.replace(' ', '') or 'tra-loi'}.{form}"
    headers = _headers("default-src 'none'; sandbox") | {"Content-Disposition": f'attachment; filename="{name}"'}
    if form == "txt":
        return Sheet(made.text.encode(), "text/plain", "utf-8", headers)
    return Sheet(await desk.pdf(made), "application/pdf", None, headers)


def _headers(policy: str) -> dict[str, str]:
    return {"Content-Security-Policy": policy, "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
