"""Mounts the API: every operation, its document, and its shape of errors."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from aiohttp import web

from core.service.answering import Answering
from core.service.reading import CaseReader
from gateway.api import (
    calls,
    cases,
    catalogue,
    commands,
    contacts,
    conversations,
    letters,
    links,
    me,
    offices,
    operating,
    places,
    reports,
)
from gateway.api.app import acts as app_acts
from gateway.api.app import challenges as app_challenges
from gateway.api.app import devices as app_devices
from gateway.api.app import following as app_following
from gateway.api.app import form as app_form
from gateway.api.app import notices as app_notices
from gateway.api.app import sending as app_sending
from gateway.api.app.door import open_door, serve_app
from gateway.api.docs import DOCUMENT, JSON_PATH, PAGE_PATH, Described, show_document, show_page
from gateway.api.openapi import document
from gateway.api.operation import ANSWERING, PREFIX, READER, Operation
from gateway.api.serve import api_errors, serve
from gateway.deployment import DEPLOYMENT
from gateway.links.door import DOOR, LinkDoor, know_the_link
from gateway.middleware import know_the_asker

OPERATIONS: tuple[Operation, ...] = (
    *reports.OPERATIONS,
    *cases.OPERATIONS,
    *letters.OPERATIONS,
    *commands.OPERATIONS,
    *conversations.OPERATIONS,
    *calls.OPERATIONS,
    *contacts.OPERATIONS,
    *catalogue.OPERATIONS,
    *places.OPERATIONS,
    *offices.OPERATIONS,
    *operating.OPERATIONS,
    *links.OPERATIONS,
    *me.OPERATIONS,
    *app_form.OPERATIONS,
    *app_notices.OPERATIONS,
    *app_sending.OPERATIONS,
    *app_challenges.OPERATIONS,
    *app_following.OPERATIONS,
    *app_acts.OPERATIONS,
    *app_devices.OPERATIONS,
)


def setup_api(app: web.Application) -> None:
    """Mount below /api. Expects the portal to be mounted: reports come in by its door."""
    one = app[DEPLOYMENT]
    app[READER] = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    app[ANSWERING] = Answering(one.clerk)
    app[DOCUMENT] = Described(partial(described, one.settings.public_url))
    around = app.middlewares.index(know_the_asker)
    app.middlewares[around:around] = [api_errors, know_the_link]  # errors around both: they refuse as well
    app[DOOR] = LinkDoor(one)
    app.router.add_get(JSON_PATH, show_document)
    app.router.add_get(PAGE_PATH, show_page)
    app.cleanup_ctx.append(open_door)
    app.cleanup_ctx.append(links.open_exchange)
    for operation in OPERATIONS:
        handler = serve(operation) if operation.door == "staff" else serve_app(operation)
        app.router.add_route(operation.method, PREFIX + operation.path, handler)


@cache
def described(server: str) -> dict[str, Any]:
    """The document of all operations, to be read only. `server`: public address of the deployment."""
    return document(OPERATIONS, server=server)
