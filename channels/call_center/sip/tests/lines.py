"""A trunk on a port of its own, with an operator who does one thing with every call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from channels.call_center.ports import Call, CallEvent, CallGone
from channels.call_center.sip import EndpointSettings, SipEndpoint, SipTrunk, Timers, TrunkSettings
from channels.call_center.sip.tests.fake_media import FakeLeg, FakeMedia

FAST = Timers(t1=0.02, t2=0.1, t4=0.1)  # where a test waits for somebody to give up, after 1.28 s
PATIENT = Timers(t1=0.1, t2=0.4, t4=0.4)  # a machine may stand still for a second and more
LOOPBACK = "127.0.0.1"
Operator = Callable[[Call], Awaitable[None]]


async def answer(call: Call) -> None:
    """Take every call, and leave the end to the caller."""
    with suppress(CallGone):
        await call.answer()


async def ring(call: Call) -> None:
    """Let it ring."""
    await call.ring()


@dataclass
class Line:
    """A started trunk; `calls` are those that came, `heard` their events in order."""

    trunk: SipTrunk
    media: FakeMedia
    calls: list[Call] = field(default_factory=list)
    heard: dict[str, list[CallEvent]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def port(self) -> int:
        return self.trunk.endpoint.address[1]

    @property
    def legs(self) -> list[FakeLeg]:
        return self.media.legs

    def events(self, number: int = 0) -> list[CallEvent]:
        """What the nth call told so far."""
        return self.heard[self.calls[number].id]

    async def serve(self, operator: Operator) -> None:
        async for call in self.trunk.incoming():
            self.calls.append(call)
            self.begin(self.listen(call))
            self.begin(operator(call))

    def begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)

    async def listen(self, call: Call) -> None:
        self.heard[call.id] = []
        async for event in call.events():
            self.heard[call.id].append(event)


@asynccontextmanager
async def a_line(
    operator: Operator = answer,
    *,
    settings: TrunkSettings | None = None,
    timers: Timers = PATIENT,
    media: FakeMedia | None = None,
    **endpoint: object,
) -> AsyncIterator[Line]:
    """A trunk that takes calls from this machine; `endpoint` are further settings of the endpoint."""
    made = SipEndpoint(EndpointSettings(**{"host": LOOPBACK, "port": 0, "timers": timers, **endpoint}))  # type: ignore[arg-type]
    legs = media or FakeMedia()
    trunk = SipTrunk("thu", settings or TrunkSettings(peers=(LOOPBACK,)), endpoint=made, media=legs)
    line = Line(trunk, legs)
    await trunk.start()
    line.begin(line.serve(operator))
    try:
        yield line
    finally:
        await trunk.stop()
        for task in line.tasks:
            task.cancel()
        done = await asyncio.gather(*line.tasks, return_exceptions=True)
        failures = [error for error in done if isinstance(error, Exception)]
        assert failures == []
