"""All loops of a worker process, started and stopped together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial

import structlog

from core.contract.ports import CarriesFiles, FetchesFiles
from core.service.asking import Asker
from core.service.fetching import Fetcher
from core.service.inbox_files import InboxFiles
from core.service.notice_bell import NoticeBell
from core.service.sending import SIDE_BY_SIDE, Ears, Sender
from core.service.statistics.rebuilding import BATCH
from core.service.transcripts import Transcripts
from core.storage import outbox
from core.storage.outbox import Share
from gateway.admin.services import letting_go_of, rebuilding_of
from gateway.deployment import Deployment
from gateway.events.bells import AGENCIES, DUE, FILES, INBOX, OUTBOX, bell, pass_on, pass_on_changes
from gateway.links.lanes import Lanes, lane_bell, lane_loop
from gateway.metrics import SENT
from gateway.notice_readers import notice_letters_of
from gateway.refusals import INTERVAL
from gateway.transcribing import CommandTranscriber
from gateway.watch.watch import Watch
from gateway.workers.ahead import until_due
from gateway.workers.cities import cities
from gateway.workers.daily import Daily
from gateway.workers.due import DueWorker
from gateway.workers.duties import duties
from gateway.workers.inbound import InboundWorker
from gateway.workers.lookout import Lookout
from gateway.workers.loop import Loop
from gateway.workers.pulse import Pulse

log = structlog.get_logger()

# In a storm each report wakes these loops: what they have to do for many costs little more than for one.
_SENDING_BREATH = 0.02  # short: in a backlog a sender is rung only when a quarter of its messages have landed
_DUE_BREATH = 0.25
_UNRUNG_SECONDS = 5.0  # of a channel: the lookout rings for whatever is due
_OFF_SECONDS = 1.0  # also how soon what a dead process was sending is found
_ROUND_SECONDS = 5.0
_RECORD_SECONDS = 10.0
_NAMES_SECONDS = 60.0
_NEWS_SECONDS = 5.0
_QUIET_SECONDS = 600.0
_ASKING_SECONDS = 15.0
_MISSING_SECONDS = 600.0
_MISSING_BREATH = 0.1
_DRAFT_SECONDS = 5.0
_DIVERTED_SECONDS = 5.0  # within a minute of a diversion nothing of it may be left
LONGEST_STOP = _ROUND_SECONDS + _RECORD_SECONDS
"""Seconds after which `stop` has ended everything, whatever it was doing."""


class Crew:
    """
    What runs beside the web side of one process; `owner` names it in leases and claims.

    A worker has it all: inbox, outbox, due times, daily work. Whoever accepts also ships its journal, or what it took
    while the database was away would wait for ever. What is stored here wakes the workers of every process.
    """

    def __init__(self, deployment: Deployment, *, owner: str) -> None:
        self._deployment = deployment
        self._works = "worker" in deployment.settings.roles
        names = tuple(deployment.channels)
        self._bells = ExitStack()
        rung = {name: self._bells.enter_context(bell(deployment.events, OUTBOX, about=name)) for name in names}
        sources = file_sources(deployment)
        asked = {name: self._bells.enter_context(bell(deployment.events, FILES)) for name in sources}
        self._senders = {name: _sender(deployment, owner, Share(name), landed=rung[name].set) for name in names}
        self._senders[""] = _sender(deployment, owner, Share(but=names))
        told = self._bells.enter_context(lane_bell(deployment.events))
        self._lanes = Lanes(deployment, owner=owner, rung=told)
        self.watch = Watch(deployment, loops=lambda: self._loops, pulse=Pulse())
        self._loops = [
            Loop("journal", deployment.inbox.ship, interval=1.0),
            Loop("pulse", self.watch.pulse.run_once, interval=1.0),
            Loop("watch", self.watch.run_once, interval=10.0),
            Loop("refusals", deployment.refusals.keep, interval=INTERVAL),
            *_news(deployment, self._bells),
            *(_work(deployment, owner, self._bells) if self._works else ()),
            *(_sendings(self._senders, rung) if self._works else ()),
            *((lane_loop(self._lanes, told),) if self._works else ()),
            *(_fetches(deployment, sources, asked) if self._works else ()),
            *(_drafts(deployment) if self._works else ()),
            *((_lookout(deployment, rung, asked),) if self._works else ()),
        ]
        self._tasks: list[asyncio.Task[None]] = []
        self._ringers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """
        Begin; on SQLite whoever claimed an outbox entry before this start is dead. With this start, a token in the
        settings may be another one.
        """
        if self._works:
            now = self._deployment.now()
            await self._deployment.database.write(partial(outbox.hasten_let_in, now=now))
        if self._works and self._deployment.settings.embedded:
            await self._deployment.database.write(partial(outbox.mark_all_unknown))
        self._tasks = [asyncio.create_task(loop.run(), name=loop.name) for loop in self._loops]
        events, inbox, clerk = self._deployment.events, self._deployment.inbox, self._deployment.clerk
        intake = self._deployment.intake
        self._ringers = [
            asyncio.create_task(pass_on(inbox.arrived, events, INBOX), name="ring-inbox"),
            asyncio.create_task(pass_on_changes(clerk.changed, events), name="ring-changed"),
            asyncio.create_task(pass_on(intake.fetching.asked, events, FILES), name="ring-files"),
        ]

    async def stop(self) -> None:
        """
        Let every loop finish its round, but not for ever: a provider may take a minute to answer.

        First sending gives up and writes down what is `unknown` now; then whatever still runs is cut, which a crash
        would have done as well: claims and leases run out, and another worker takes it up.
        """
        for loop in self._loops:
            loop.stop()
        if await self._unfinished(_ROUND_SECONDS):
            for sender in self._senders.values():
                sender.give_up()
            self._lanes.give_up()
        for task in await self._unfinished(_RECORD_SECONDS):
            log.warning("loop_cut", loop=task.get_name())
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for ringer in self._ringers:
            ringer.cancel()
        self._bells.close()

    async def _unfinished(self, seconds: float) -> set[asyncio.Task[None]]:
        """Loops that have not ended by then."""
        return (await asyncio.wait(self._tasks, timeout=seconds))[1] if self._tasks else set()


def _sender(deployment: Deployment, owner: str, share: Share, *, landed: Callable[[], None] | None = None) -> Sender:
    return Sender(
        deployment.database,
        safe=deployment.safe,
        channels=deployment.channels,
        owner=owner,
        now=deployment.now,
        routing=deployment.intake.routing,
        share=share,
        bounds=deployment.bounds,
        ears=Ears(
            noted=partial(_note, deployment),
            sent=deployment.clerk.arrivals.sent,
            moved=deployment.intake.echoes.moved,
            landed=landed,
        ),
    )


def _note(deployment: Deployment, channel: str, outcome: str) -> None:
    SENT.labels(channel, outcome).inc()
    deployment.intake.vitals.note(channel, outcome)


def _news(deployment: Deployment, bells: ExitStack) -> list[Loop]:
    """What other processes may have changed, and what is read once beside the first requests."""
    if deployment.settings.embedded:
        return [Loop("news", deployment.places.refresh, interval=_QUIET_SECONDS)]
    database, rung = deployment.database, bells.enter_context(bell(deployment.events, AGENCIES))

    async def look() -> int:
        found = await deployment.regulation.refresh(database) + await deployment.phrasebook.refresh(database)
        return found + await deployment.places.refresh()

    return [Loop("news", look, interval=_NEWS_SECONDS, wake=rung)]


def _work(deployment: Deployment, owner: str, bells: ExitStack) -> list[Loop]:
    inbound = InboundWorker(deployment, deployment.intake, owner=owner)
    poll, ahead = deployment.settings.workers.poll, partial(until_due, deployment)
    inbox, due = (bells.enter_context(bell(deployment.events, topic)) for topic in (INBOX, DUE))
    return [
        Loop("inbound", inbound.run_once, interval=poll, wake=inbox),
        Loop("due", DueWorker(deployment).run_once, interval=poll, wake=due, ahead=ahead, breath=_DUE_BREATH),
        Loop("names", deployment.intake.naming.run_once, interval=_NAMES_SECONDS, wake=deployment.intake.naming.wanted),
        Loop("asking", asker_of(deployment).run_once, interval=_ASKING_SECONDS),
        Loop("diverted", letting_go_of(deployment).run_once, interval=_DIVERTED_SECONDS),
        Loop("notices", notice_bell_of(deployment).run_once, interval=_NEWS_SECONDS),
        Loop("notice_letters", notice_letters_of(deployment).run_once, interval=_NEWS_SECONDS),
        Loop("daily", Daily(deployment).run_once, interval=60.0),
        *cities(deployment),
        _missing(deployment),
        *duties(deployment),
    ]


def _missing(deployment: Deployment) -> Loop:
    """After an update a big store is read anew beside the work of the day, not before it: never more than a breath."""
    run_once = rebuilding_of(deployment).run_once
    return Loop("milestones", run_once, interval=_MISSING_SECONDS, breath=_MISSING_BREATH, full=BATCH + 1)


def _lookout(
    deployment: Deployment, senders: Mapping[str, asyncio.Event], fetchers: Mapping[str, asyncio.Event]
) -> Loop:
    looking = Lookout(deployment.database, now=deployment.now, senders=senders, fetchers=fetchers)
    return Loop("lookout", looking.run_once, interval=deployment.settings.workers.poll)


def _sendings(senders: Mapping[str, Sender], rung: Mapping[str, asyncio.Event]) -> Iterator[Loop]:
    """One loop a channel: a slow provider holds up nobody else's; and one for channels that are off."""
    for name, sender in senders.items():
        if not name:
            yield Loop("outbox", sender.run_once, interval=_OFF_SECONDS)
            continue
        yield Loop(
            f"outbox-{name}",
            sender.begin_due,
            interval=_UNRUNG_SECONDS,
            wake=rung[name],
            breath=_SENDING_BREATH,
            full=SIDE_BY_SIDE,
            last=sender.finish,
        )


def _fetches(
    deployment: Deployment, sources: Mapping[str, FetchesFiles], rung: Mapping[str, asyncio.Event]
) -> Iterator[Loop]:
    """One loop a channel: a provider that is slow with its files holds up nobody else's."""
    for name, source in sources.items():
        yield Loop(
            f"files-{name}",
            fetcher_of(deployment, name, source).run_once,
            interval=_UNRUNG_SECONDS,
            wake=rung[name],
        )


def _drafts(deployment: Deployment) -> Iterator[Loop]:
    """Where a program is named that writes down what callers said."""
    wanted = deployment.settings.call_center.transcripts
    if wanted.command:
        drafts = Transcripts(
            deployment.database,
            book=deployment.intake.calls,
            media=deployment.media,
            transcriber=CommandTranscriber(wanted.command, seconds=wanted.seconds),
            now=deployment.now,
        )
        yield Loop("drafts", drafts.run_once, interval=_DRAFT_SECONDS)


def file_sources(deployment: Deployment) -> dict[str, FetchesFiles]:
    """Where each channel's files are fetched: at its provider, or, where they came along, in our own inbox."""
    found: dict[str, FetchesFiles] = {}
    for name, channel in deployment.channels.items():
        if isinstance(channel, FetchesFiles):
            found[name] = channel
        elif isinstance(channel, CarriesFiles):
            found[name] = InboxFiles(deployment.database, safe=deployment.safe, channel=channel)
    return found


def asker_of(deployment: Deployment) -> Asker:
    """What asks providers about messages whose end nobody knows."""
    return Asker(
        deployment.database,
        safe=deployment.safe,
        channels=deployment.channels,
        routing=deployment.intake.routing,
        arrivals=deployment.clerk.arrivals,
        now=deployment.now,
    )


def notice_bell_of(deployment: Deployment) -> NoticeBell:
    """What rings devices when everybody is warned."""
    return NoticeBell(deployment.database, safe=deployment.safe, now=deployment.now, quiet=deployment.clerk.house.quiet)


def fetcher_of(deployment: Deployment, name: str, channel: FetchesFiles) -> Fetcher:
    """What fetches the files of one channel."""
    return Fetcher(
        deployment.database,
        channel,
        name,
        safe=deployment.safe,
        media=deployment.media,
        clerk=deployment.clerk,
        now=deployment.now,
    )
