"""One line to the telephone network."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress

from channels.call_center.ports import Call, CallFailed, Media, MediaFactory, MediaUnavailable, TrunkStatus, Way
from channels.call_center.sip import dialling
from channels.call_center.sip.call import Parties, SipCall
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.incoming import IncomingCall
from channels.call_center.sip.outgoing import OutgoingCall
from channels.call_center.sip.presence import Presence, hop
from channels.call_center.sip.serving import InviteServer
from channels.call_center.sip.settings import TrunkSettings
from channels.call_center.sip.taking import take


class SipTrunk:
    """`ports.Trunk` over SIP. Several trunks share one endpoint; the first that starts opens it."""

    def __init__(self, name: str, settings: TrunkSettings, *, endpoint: SipEndpoint, media: MediaFactory) -> None:
        self.name = name
        self.settings = settings
        self.endpoint = endpoint
        self.media = media
        self.public = settings.public
        self.draining = False
        self._presence = Presence(name, settings, endpoint)
        self._calls: set[SipCall] = set()
        self._incoming: asyncio.Queue[IncomingCall | None] = asyncio.Queue()
        self._empty = asyncio.Event()
        self._counters: Counter[str] = Counter()

    async def start(self) -> None:
        """Open the endpoint, make ourselves known. Raises: OSError: the address is taken."""
        self.draining = False
        await self.endpoint.open(self)
        await self._presence.start()

    async def stop(self, *, drain_s: float = 0) -> None:
        """Refuse new calls, wait for those that are up, then end them and close."""
        self.draining = True
        with suppress(TimeoutError):
            async with asyncio.timeout(drain_s):
                await self._none_left()
        for call in list(self._calls):
            await call.hangup()
        self._incoming.put_nowait(None)
        await self._presence.stop()
        await self.endpoint.close(self)

    async def _none_left(self) -> None:
        while self._calls:
            self._empty.clear()
            await self._empty.wait()

    async def incoming(self) -> AsyncIterator[Call]:
        """Every call that came, each once; some may be over already, and still are somebody's. Ends with `stop`."""
        while call := await self._incoming.get():
            yield call

    async def dial(self, to: str, *, caller: str, ring_s: float = 45, headers: Mapping[str, str] | None = None) -> Call:
        """Call somebody; returns when they answered. Raises: CallFailed."""
        number = dialling.shown(self.settings, caller)
        if not self.settings.host or self.full():
            raise CallFailed(503, "no free channel")
        try:
            media = self.media.open()
        except MediaUnavailable as error:
            raise CallFailed(503, "no free port") from error
        call = await self._prepared(to, number, media)
        extra = dialling.identified(self.settings, number, headers or {})
        await call.connect(ring_s=ring_s, headers=extra)
        self._counters["answered"] += 1
        return call

    async def _prepared(self, to: str, number: str, media: Media) -> OutgoingCall:
        try:
            flow = await self.endpoint.flow(hop(self.settings))
            here = self.endpoint.here(flow.transport, flow.remote[0], self.settings.user or number)
            draft = dialling.draft(self.settings, here, to, number)
        except (OSError, TimeoutError, CallFailed) as error:
            await media.close()
            raise error if isinstance(error, CallFailed) else CallFailed(0, "no way to the trunk") from error
        call = OutgoingCall(self, Parties(Way.OUT, to, number), media, draft, flow)
        self._calls.add(call)
        self._counters["dialled"] += 1
        return call

    def status(self) -> TrunkStatus:
        """Its state and its own counters; what all trunks share is counted by the endpoint."""
        return TrunkStatus(
            self.name,
            self._presence.state,
            calls=self.count,
            rtt_ms=self._presence.rtt_ms,
            problem=self._presence.problem,
            counters=dict(self._counters),
        )

    # For its calls and for the dispatch

    @property
    def count(self) -> int:
        """How many calls it carries, ringing ones too."""
        return len(self._calls)

    def full(self) -> int:
        """486 where this line carries all it can, 503 where the process does; 0: there is room."""
        if 0 < self.settings.channels <= self.count:
            return 486
        return 503 if self.draining or not self.endpoint.dispatch.admits() else 0

    def ended(self, call: SipCall) -> None:
        """A call is over."""
        self._calls.discard(call)
        if not self._calls:
            self._empty.set()

    def lists(self, address: str) -> bool:
        """Whether this address is one of its peers."""
        return address == self._presence.address or self.settings.lists(address)

    def knows(self, user: str) -> bool:
        """Whether it is registered under this name."""
        return bool(user) and user == self.settings.user

    def invited(self, transaction: InviteServer) -> None:
        """A new call: hand it on, or refuse it at once."""
        self._counters["invited"] += 1
        taken = take(self, transaction)
        if isinstance(taken, IncomingCall):
            self._calls.add(taken)
            self._incoming.put_nowait(taken)
        else:
            self._counters[f"refused_{taken.status_code}"] += 1
            transaction.reply(taken)
