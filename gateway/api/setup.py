"""Mounts the API: every operation, its document, and its shape of errors."""

from __future__ import annotations

from functools import cache, partial
from typing import Any

from aiohttp import web

from core.service.answering import Answering
from core.service.reading import CaseReader
from gateway.api import (
    cases,
    catalogue,
    commands,
    contacts,
    conversations,
    letters,
    me,
    offices,
    operating,
    places,
    reports,
)
from gateway.api.docs import DOCUMENT, JSON_PATH, PAGE_PATH, Described, show_document, show_page
from gateway.api.openapi import document
from gateway.api.operation import ANSWERING, PREFIX, READER, Operation
from gateway.api.serve import api_errors, serve
from gateway.deployment import DEPLOYMENT
from gateway.middleware import know_the_asker

OPERATIONS: tuple[Operation, ...] = (
    *reports.OPERATIONS,
    *cases.OPERATIONS,
    *letters.OPERATIONS,
    *commands.OPERATIONS,
    *conversations.OPERATIONS,
    *contacts.OPERATIONS,
    *catalogue.OPERATIONS,
    *places.OPERATIONS,
    *offices.OPERATIONS,
    *operating.OPERATIONS,
    *me.OPERATIONS,
)


def setup_api(app: web.Application) -> None:
    """Mount below /api. Expects the portal to be mounted: reports come in by its door."""
    one = app[DEPLOYMENT]
    app[READER] = CaseReader(one.database, safe=one.safe, regulation=one.regulation, now=one.now)
    app[ANSWERING] = Answering(one.clerk)
    app[DOCUMENT] = Described(partial(described, one.settings.public_url))
    app.middlewares.insert(app.middlewares.index(know_the_asker), api_errors)  # around it: it refuses as well
    app.router.add_get(JSON_PATH, show_document)
    app.router.add_get(PAGE_PATH, show_page)
    for operation in OPERATIONS:
        app.router.add_route(operation.method, PREFIX + operation.path, serve(operation))


@cache
def described(server: str) -> dict[str, Any]:
    """The document of all operations, to be read only. `server`: public address of the deployment."""
    return document(OPERATIONS, server=server)
