"""What the portal's pages share for the life of the application, and the cookies of its visitors."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any

from aiohttp import web

from channels.own import OwnChannel, Submission
from channels.web.adapter import CHANNEL, WebChannel
from core.contract.errors import ConfigError
from core.intake.rules import IntakeRules
from core.service.kept_forms import KeptForms
from core.service.public import PublicDesk
from core.service.public.proof import ReportProof
from gateway.auth import cookies
from gateway.auth.apps import portal_key
from gateway.auth.network import CLIENT
from gateway.deployment import DEPLOYMENT, Deployment
from gateway.kept_forms import kept_forms_of
from gateway.portal.limits import Limits, household_of
from gateway.portal.tokens import Note, Notes

FOLLOW = "langnghe_follow"
"""Cookie of whoever opened a report with code and PIN; holds its code, sealed."""
FOLLOW_TIME = timedelta(minutes=30)
SENT = "langnghe_sent"
"""Cookie between sending and the page that shows code and PIN."""
SENT_TIME = timedelta(minutes=15)


@dataclass(frozen=True)
class Portal:
    """
    The public pages' own things.

    `app_key`: by which our own pages are known at the door of the apps.
    `tiles`: address of map tiles with {z}, {x}, {y}, empty: no map; `tiles_origin`: their host, empty: our own.
    """

    desk: PublicDesk
    proof: ReportProof
    kept: KeptForms
    channel: WebChannel
    notes: Notes
    rules_now: Callable[[], IntakeRules]
    app_key: str = field(default="", repr=False)
    tiles: str = ""
    tiles_origin: str = ""
    credit: str = ""
    sending: Limits = field(default_factory=lambda: Limits(most=30, span=timedelta(minutes=10)))
    drawing: Limits = field(default_factory=lambda: Limits(most=30, span=timedelta(minutes=10)))
    linking: Limits = field(default_factory=lambda: Limits(most=30, span=timedelta(minutes=10)))
    suggesting: Limits = field(default_factory=lambda: Limits(most=120, span=timedelta(minutes=10)))
    loading: Limits = field(default_factory=lambda: Limits(most=30, span=timedelta(minutes=10)))
    calling: Limits = field(default_factory=lambda: Limits(most=10, span=timedelta(minutes=10)))
    writing: Limits = field(default_factory=lambda: Limits(most=60, span=timedelta(minutes=10)))

    @property
    def rules(self) -> IntakeRules:
        """What the regulation in force asks for."""
        return self.rules_now()


PORTAL = web.AppKey("portal", Portal)


async def open_portal(deployment: Deployment, *, tiles: str = "", credit: str = "") -> Portal:
    """Build it over a deployment. ConfigError where the web channel is off."""
    channel = deployment.channels.get(CHANNEL)
    if not isinstance(channel, WebChannel):
        raise ConfigError("channels.web", "the portal needs the web channel")
    regulation = deployment.regulation
    desk = await PublicDesk.open(deployment.database, safe=deployment.safe, regulation=regulation, now=deployment.now)
    proof = ReportProof(deployment.database, safe=deployment.safe, proving=deployment.proving, now=deployment.now)
    key = await asyncio.to_thread(deployment.safe.keys.system_secret, "portal")
    rules = partial(regulation.intake_rules, deployment.settings.office)
    origin = tiles_origin(tiles)
    kept = kept_forms_of(deployment)
    own = await portal_key(deployment.safe)
    return Portal(
        desk, proof, kept, channel, Notes(key), rules, app_key=own, tiles=tiles, tiles_origin=origin, credit=credit
    )


def tiles_origin(tiles: str) -> str:
    """Scheme and host of the tiles; empty for our own. ConfigError where no browser could be told what to allow."""
    host = tiles.partition("://")[2].partition("/")[0]
    if tiles.startswith("/") or not tiles:
        return ""
    if not tiles.startswith(("https://", "http://")) or "{" in host or not host:
        raise ConfigError("portal.tiles", "no address of tiles", example="https://tiles.example.vn/{z}/{x}/{y}.png")
    return f"{tiles.partition('://')[0]}://{host}"


def portal_context(*, tiles: str, credit: str) -> Any:
    """For `app.cleanup_ctx`."""

    async def context(app: web.Application) -> AsyncIterator[None]:
        app[PORTAL] = await open_portal(app[DEPLOYMENT], tiles=tiles, credit=credit)
        yield

    return context


def client_of(request: web.Request) -> str:
    """The network address limits are counted against."""
    return household_of(request.get(CLIENT, request.remote or ""))


def read_note(request: web.Request, cookie: str, *, longest: timedelta) -> Note | None:
    """What a cookie of ours says, or None."""
    portal, now = request.app[PORTAL], request.app[DEPLOYMENT].now()
    return portal.notes.open(cookie, cookies.read(request, cookie), now=now, longest=longest)


def put_note(
    request: web.Request,
    response: web.StreamResponse,
    cookie: str,
    values: Mapping[str, Any],
    *,
    lasts: timedelta | None = None,
) -> None:
    """Hand a sealed note over as a cookie; `lasts`: not only until the browser closes."""
    note = request.app[PORTAL].notes.write(cookie, values, now=request.app[DEPLOYMENT].now())
    cookies.put(request, response, name=cookie, value=note, lasts=lasts)


async def accept(request: web.Request, submission: Submission, *, channel: OwnChannel | None = None) -> None:
    """Store a submission durably; `channel`: the surface it came by, else our pages. Raises IntakeUnavailable."""
    delivery, items = (channel or request.app[PORTAL].channel).compose(submission)
    await request.app[DEPLOYMENT].inbox.accept(delivery, items)


def private(response: web.Response) -> web.Response:
    """What is on this page belongs to one person: no cache keeps it, no search engine lists it."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
