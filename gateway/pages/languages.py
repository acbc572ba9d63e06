"""Which language a page is shown in: Vietnamese, unless whoever reads it chose another."""

from __future__ import annotations

from types import MappingProxyType

from aiohttp import web

from gateway.auth import cookies
from gateway.pages.words import words_of

VIETNAMESE, ENGLISH = "vi", "en"
LANGUAGES = MappingProxyType({VIETNAMESE: "Tiếng Việt", ENGLISH: "English"})
"""Each by its own name."""
COOKIE = "langnghe_lang"
SWITCH = "/ngon-ngu"
TRANSLATED = ("portal/", "errors/", "auth/", "console/")
"""Templates that every language has."""


def language_of(request: web.Request) -> str:
    """What was asked for in the address (`lang`) or chosen before, else Vietnamese."""
    asked = request.query.get("lang", "") or cookies.read(request, COOKIE)
    return asked if asked in LANGUAGES else VIETNAMESE


def language_for(request: web.Request, template: str) -> str:
    """The language of a page made from this template: Vietnamese where it has no other."""
    return language_of(request) if template.startswith(TRANSLATED) else VIETNAMESE


def say(request: web.Request, sentence: str) -> str:
    """A sentence of ours in the language of whoever asks."""
    return words_of(language_of(request)).say(sentence)


async def switch(request: web.Request) -> web.StreamResponse:
    """Show pages in another language from now on, and go back to where this was asked."""
    response = web.HTTPSeeOther(_public_path(request.query.get("ve", "")))
    wanted = request.query.get("den", "")
    if wanted in LANGUAGES:
        cookies.put(request, response, name=COOKIE, value=wanted)
    raise response


def _public_path(wanted: str) -> str:
    """The wanted path where it is one of this site, else the first page."""
    own = wanted.startswith("/") and not wanted.startswith("//")
    return wanted if own and wanted.isprintable() and "\\" not in wanted and " " not in wanted else "/"
