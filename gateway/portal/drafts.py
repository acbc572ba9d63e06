"""
`/phan-anh/ban-nhap`: reports that wait on the reporter's own device for a network, sent by the door of the apps.

Our pages on a home screen are the first of the province's own apps. This page holds nothing of any reader, so that a
browser may keep it; what is typed in it stays on the device until it is sent, once.
"""

from __future__ import annotations

from aiohttp import web

from channels.app.adapter import CHANNEL
from gateway.deployment import DEPLOYMENT
from gateway.pages import ASSETS, render
from gateway.pages.assets import Assets
from gateway.portal.fields import Filled
from gateway.portal.form_page import form_values
from gateway.portal.shared import PORTAL

PAGE = "/phan-anh/ban-nhap"
SHARE = "/phan-anh/chia-se"
"""Where a device sends a photo that somebody shares with us; taken by the browser itself, before any network."""
MODULES = (
    "portal/offline.js",
    "portal/drafts.js",
    "portal/draft_list.js",
    "portal/draft_sending.js",
    "portal/exif.js",
    "portal/files.js",
    "portal/install.js",
    "portal/place.js",
    "portal/shared.js",
    "js/app.js",
    "js/forms.js",
    "js/live.js",
    "js/menus.js",
    "js/times.js",
    "js/words.js",
)
"""Everything that the page's scripts import: kept with it."""


async def show_drafts(request: web.Request) -> web.StreamResponse:
    """The page, the same for everybody."""
    values = form_values(request, Filled({}), [], channel=CHANNEL)
    app_key = request.app[PORTAL].app_key
    page = render(request, "portal/drafts.html", **values, modules=MODULES, app_key=app_key, tiles="", kept=[])
    page.headers["X-Robots-Tag"] = "noindex"
    page.headers["Cache-Control"] = "no-cache"
    return page


async def show_shared(_request: web.Request) -> web.StreamResponse:
    """What was shared waits among the drafts."""
    raise web.HTTPSeeOther(PAGE)


async def show_manifest(request: web.Request) -> web.StreamResponse:
    """So that the pages can be put on a phone's home screen, and photos be shared with them."""
    manifest = {
        "id": "/",
        "name": f"Lắng Nghe – {request.app[DEPLOYMENT].settings.office}",
        "short_name": "Lắng Nghe",
        "description": "Gửi và theo dõi phản ánh hiện trường.",
        "lang": "vi",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0b5563",
        "icons": _icons(request.app[ASSETS]),
        "shortcuts": [{"name": "Gửi phản ánh", "url": "/phan-anh"}, {"name": "Tra cứu", "url": "/tra-cuu"}],
        "share_target": {
            "action": SHARE,
            "method": "POST",
            "enctype": "multipart/form-data",
            "params": {
                "title": "title",
                "text": "text",
                "url": "url",
                "files": [{"name": "media", "accept": ["image/*", "video/*", "audio/*", "application/pdf"]}],
            },
        },
    }
    return web.json_response(manifest, content_type="application/manifest+json")


def _icons(assets: Assets) -> list[dict[str, str]]:
    """The drawing for whoever takes one; squares with room around it, which a phone may cut into its own shape."""
    drawing = {"src": assets.url("img/logo.svg"), "sizes": "any", "type": "image/svg+xml"}
    squares = [
        {"src": assets.url(f"img/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
        for side in (192, 512)
        for purpose in ("any", "maskable")
    ]
    return [drawing, *squares]
