"""Turns a template into the answer to a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from markupsafe import Markup

from gateway.auth.csrf import FIELD, VISITOR, csrf_token
from gateway.auth.staff import current_staff
from gateway.deployment import DEPLOYMENT
from gateway.pages.assets import ASSETS
from gateway.pages.environment import ENVIRONMENT, build_environment
from gateway.pages.languages import ENGLISH, LANGUAGES, VIETNAMESE, language_for
from gateway.pages.navigation import CONSOLE_MENU, PUBLIC_MENU
from gateway.pages.packing import pack_page

KEPT_BY_NOBODY = "no-store"

STAFF = "/console"
"""Where staff go back to after a page that cannot be asked for again."""

UNREAD = web.RequestKey("unread_notices", int)
"""How many notices stand unread before whoever asks; set by the console."""


def render(
    request: web.Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: Any,
) -> web.Response:
    """
    A page, or a fragment of one for htmx (a template that extends nothing).

    Every template knows: status, staff, office, hotline, demo, sandbox (whether it runs), now, path, is_htmx,
    static(name), csrf(), csrf_field(), public_menu, console_menu, unread, current_href, language. A page with
    somebody's data or token is stored by no cache.
    """
    text = render_text(request, template, status=status, **context)
    response = web.Response(text=text, status=status, content_type="text/html", headers=headers)
    if current_staff(request) is not None or VISITOR in request:
        response.headers["Cache-Control"] = KEPT_BY_NOBODY
    pack_page(request, response)
    return response


def render_text(request: web.Request, template: str, **context: Any) -> str:
    """The same as text."""
    language = language_for(request, template)
    vietnamese = request.app[ENVIRONMENT]
    environment = vietnamese if language == VIETNAMESE else build_environment(language)
    shared = {**shared_context(request), **language_context(request, language)}
    return environment.get_template(template).render({**shared, **context})


def language_context(request: web.Request, language: str) -> dict[str, Any]:
    """What a page knows of its language; `in_vietnamese` marks in it what authorities wrote (WCAG 3.1.2)."""
    here = request.rel_url.without_query_params("lang")
    return {
        "language": language,
        "languages": LANGUAGES,
        "other_language": ENGLISH if language == VIETNAMESE else VIETNAMESE,
        "in_vietnamese": "" if language == VIETNAMESE else Markup(' lang="vi"'),
        "here": str(here) if request.method == "GET" or not request.path.startswith(STAFF) else STAFF,
    }


def shared_context(request: web.Request) -> dict[str, Any]:
    """What every template may use."""
    app, staff = request.app, current_staff(request)
    deployment = app[DEPLOYMENT]
    public, console = app[PUBLIC_MENU], app[CONSOLE_MENU]
    return {
        "staff": staff,
        "office": deployment.settings.office,
        "hotline": deployment.settings.hotline,
        "demo": deployment.settings.mode == "demo",
        "sandbox": bool(deployment.settings.sandbox.page),
        "now": deployment.now(),
        "path": request.path,
        "is_htmx": "HX-Request" in request.headers,
        "static": app[ASSETS].url,
        "csrf": lambda: csrf_token(request),
        "csrf_field": lambda: Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, csrf_token(request)),
        "public_menu": public.visible(staff),
        "console_menu": console.groups(staff),
        "unread": request.get(UNREAD, 0),
        "current_href": console.current(request.path) or public.current(request.path),
    }
