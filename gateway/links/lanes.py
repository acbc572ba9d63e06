"""
One sender for each link: whoever is slow or away holds up nobody else, and what waits for them stays in order.

They are the outbox's own senders. A link that is away is tried every quarter of an hour for three days, at times that
differ a little, so that a receiver that comes back is not run over; once it takes something, all that waited is due.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from ipaddress import ip_network

from core.contract.ports import Allowance
from core.notify.pauses import Pauses
from core.service.links.book import Link
from core.service.sending import SIDE_BY_SIDE, Bounds, Ears, Sender
from core.storage import outbox
from core.storage.outbox import LANES, Share
from gateway.deployment import Deployment
from gateway.events import Events
from gateway.events.bells import OUTBOX
from gateway.links.carrying import AT_ONCE, FILES_PATIENCE, PATIENCE, LinkChannel
from gateway.metrics import SENT
from gateway.workers.loop import Loop

_FIRST = tuple(timedelta(seconds=seconds) for seconds in (10, 60, 300))
_THEN = timedelta(minutes=15)
_TRIES = len(_FIRST) + int(timedelta(days=3) / _THEN)
_SPREAD = 0.25
_UNRUNG_SECONDS = 5.0
_BREATH = 0.02


@dataclass(frozen=True)
class LinkPauses(Pauses):
    """Pauses that nobody else shares; `chance` gives numbers from 0 to 1."""

    chance: Callable[[], float] = field(default=random.random)

    def after(self, attempts: int, *, elsewhere: bool) -> timedelta | None:
        """The pause after so many tries, up to a quarter longer; None: given up, a person decides."""
        if attempts > _TRIES:
            return None
        pause = _FIRST[attempts - 1] if attempts <= len(_FIRST) else _THEN
        return pause * (1 + _SPREAD * self.chance())

    def are_long(self, attempts: int) -> bool:
        """There is no other way to look for."""
        return False


class Lanes:
    """The senders of one process. `owner` names it in claims, `rung` is set when there may be something to send."""

    def __init__(self, deployment: Deployment, *, owner: str, rung: asyncio.Event | None = None) -> None:
        self._deployment = deployment
        self._owner = owner
        self._rung = rung or asyncio.Event()
        self._channel = open_channel(deployment)
        self._senders: dict[str, Sender] = {}
        self._here: set[str] = set()  # none at first: whoever was away may have waited since before this process
        self._back: set[str] = set()

    async def run_once(self) -> int:
        """Begin to send what is due, of every link that there is or was; returns how much is on its way."""
        await self._hasten()
        links = await self._deployment.clerk.links.all()
        return sum([await self._sender(link).begin_due() for link in links])

    async def finish(self) -> None:
        """Wait for what is on its way, then let go of connections."""
        for sender in self._senders.values():
            await sender.finish()
        await self._channel.stop()

    def give_up(self) -> None:
        """The process ends: what is on its way is sent again by whoever comes next."""
        for sender in self._senders.values():
            sender.give_up()

    def _sender(self, link: Link) -> Sender:
        lane, patience = link.lane, FILES_PATIENCE if link.kind == "peer" else 2 * PATIENCE
        if lane not in self._senders:
            deployment, here = self._deployment, {lane: Allowance(at_once=AT_ONCE, patience=patience)}
            self._senders[lane] = Sender(
                deployment.database,
                safe=deployment.safe,
                channels={lane: self._channel},
                owner=self._owner,
                now=deployment.now,
                share=Share(lane),
                bounds=Bounds(here, pauses=LinkPauses(), quiet=deployment.bounds.quiet),
                ears=Ears(noted=self._note, landed=self._rung.set),
            )
        return self._senders[lane]

    def _note(self, lane: str, outcome: str) -> None:
        SENT.labels(LinkChannel.name, outcome).inc()
        if outcome != "sent":
            self._here.discard(lane)
        elif lane not in self._here:
            self._here.add(lane)
            self._back.add(lane)

    async def _hasten(self) -> None:
        """Whoever takes something again has been waited for: the rest is due now."""
        back, self._back = self._back, set()
        for lane in back:
            hasten = partial(outbox.hasten, channel=lane, now=self._deployment.now())
            await self._deployment.database.write(hasten)


def open_channel(deployment: Deployment) -> LinkChannel:
    """The way out, as this deployment allows it."""
    inside = [ip_network(name) for name in deployment.settings.links.inside]
    return LinkChannel(deployment.clerk.links, media=deployment.media, inside=inside, now=deployment.now)


@contextmanager
def lane_bell(events: Events) -> Iterator[asyncio.Event]:
    """A bell that rings for what waits for any link."""
    rung = asyncio.Event()
    unsubscribe = events.subscribe(OUTBOX, lambda body: rung.set() if not body or body.startswith(LANES) else None)
    try:
        yield rung
    finally:
        unsubscribe()


def lane_loop(lanes: Lanes, rung: asyncio.Event) -> Loop:
    """What runs them: one loop for all of them, woken by that bell, and by itself for what is tried again."""
    return Loop(
        "links",
        lanes.run_once,
        interval=_UNRUNG_SECONDS,
        wake=rung,
        breath=_BREATH,
        full=SIDE_BY_SIDE,
        last=lanes.finish,
    )
