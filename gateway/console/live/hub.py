"""
The open pages of this process: told of what changed where they look, and of who else looks there.

Nothing depends on what is told: a page that hears of a change asks for itself, and one that was away asks anyway.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime
from typing import Protocol

import structlog
from aiohttp import web
from pydantic import Field, ValidationError

from channels.tasks import ended
from core.contract.schema import Model
from gateway.console.live.presence import Here, Presence
from gateway.events import Events
from gateway.events.bells import STAFF

log = structlog.get_logger()

PRESENCE = "presence"
INBOX = "inbox"
"""The place of pages that list whatever waits: any change may be theirs."""
AGAIN_S = 20.0
"""Every page is told of again so often, for processes that began later or missed it."""


class Said(Model):
    """What processes tell each other: a page, or (`ask`) that somebody wants to hear of all pages at one place."""

    here: Here | None = None
    ask: str = Field(default="", max_length=80)


class Page(Protocol):
    """One open page. `here`: what it shows; `lists`: what else stands on it, of which it wants to hear who looks."""

    here: Here
    lists: frozenset[str]

    def look(self) -> None:
        """Something that the page shows has changed."""

    def meet(self, ref: str) -> None:
        """Somebody came to, left, or began to write at a place that the page shows."""


class Hub:
    """One for a process; `open` and `close` are called by pages, the rest by events."""

    def __init__(self, events: Events, now: Callable[[], datetime]) -> None:
        self._events, self._now = events, now
        self._pages: dict[str, Page] = {}
        self._ends: list[Callable[[], None]] = []
        self._keeping: asyncio.Task[None] | None = None
        self.presence = Presence()

    async def run(self, _app: web.Application) -> None:
        """Signal `on_startup`."""
        self._ends = [self._events.subscribe(STAFF, self._changed), self._events.subscribe(PRESENCE, self._hear)]
        self._keeping = asyncio.create_task(self._keep(), name="presence")

    async def stop(self, _app: web.Application) -> None:
        """Signal `on_cleanup`."""
        for end in self._ends:
            end()
        if self._keeping is not None:
            await ended(self._keeping)

    def tell(self, page: Page) -> None:
        """A page is there, or shows something else than before."""
        self._pages[page.here.page] = page
        self._say(Said(here=page.here))
        for ref in {page.here.at, *page.lists} - {""}:
            self._say(Said(ask=ref))
            page.meet(ref)

    def write(self, page: Page) -> None:
        """Somebody began to write, or left it."""
        self._say(Said(here=page.here))

    def close(self, page: Page) -> None:
        """A page is gone."""
        if self._pages.pop(page.here.page, None) is not None:
            self._say(Said(here=page.here.model_copy(update={"at": "", "typing": False})))

    def _say(self, said: Said) -> None:
        self._events.publish(PRESENCE, said.model_dump_json(exclude_defaults=True))

    def _changed(self, body: str) -> None:
        refs = set(body.split())
        for page in tuple(self._pages.values()):
            if not refs or page.here.at in refs or page.here.at == INBOX:
                page.look()

    def _hear(self, body: str) -> None:
        try:
            said = Said.model_validate_json(body or "{}")
        except ValidationError:
            log.warning("presence_unread")
            return
        if said.ask:
            self._answer(said.ask)
        if said.here is not None:
            self._meet(self.presence.note(said.here, self._now()))

    def _answer(self, ref: str) -> None:
        """Others want to hear who is there; ours are known here already."""
        for page in self._pages.values():
            if page.here.at == ref:
                self._say(Said(here=page.here))

    def _meet(self, refs: Collection[str]) -> None:
        for page in tuple(self._pages.values()):
            for ref in refs:
                if ref == page.here.at or ref in page.lists:
                    page.meet(ref)

    async def _keep(self) -> None:
        while True:
            await asyncio.sleep(AGAIN_S)
            for page in tuple(self._pages.values()):
                self._say(Said(here=page.here))
            self._meet(self.presence.forget(self._now()))


HUB = web.AppKey("console_hub", Hub)
