"""Where to go after sign-in: a path of this site, never anywhere else."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from aiohttp import web

HOME = "/console"
SIGN_IN = "/console/dang-nhap"
SECOND_FACTOR = "/console/xac-thuc"
SIGN_OUT = "/console/dang-xuat"
ACCOUNT = "/console/tai-khoan"
FIELD = "tiep"


def safe_target(wanted: str) -> str:
    """The wanted path where it lies below /console, else the console's first page."""
    parts = urlsplit(wanted)
    own = not parts.scheme and not parts.netloc and (parts.path == HOME or parts.path.startswith(f"{HOME}/"))
    printable = wanted.isprintable() and "\\" not in wanted and " " not in wanted
    return wanted if own and printable and not wanted.startswith("//") else HOME


def with_target(path: str, target: str) -> str:
    """A page of the sign-in that remembers where to go afterwards."""
    return path if target == HOME else f"{path}?{urlencode({FIELD: target})}"


def see_other(location: str) -> web.Response:
    """Answer of a form that was taken: read on there, and a reload does not send it twice."""
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})
