"""The people who answer, beside the machine: the desk, the agents' link, and the portal's line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime

from channels.call_center.acd.model import Acd, Queue
from channels.call_center.agents.commands import Commands
from channels.call_center.agents.desk import Desk
from channels.call_center.media.engine import Engine
from channels.call_center.webrtc.inside import MediaPlace
from channels.call_center.webrtc.trunk import PortalTrunk
from gateway.lines import LineServer
from gateway.settings import Settings
from gateway.telephony.agents_link import AgentsLink
from gateway.telephony.node import node_of
from gateway.telephony.outgoing import OutgoingCalls
from gateway.telephony.paths import agents_socket, portal_socket
from gateway.telephony.portal_calls import PortalCalls


def place_of(settings: Settings) -> MediaPlace:
    """Where browsers send their sound: the same address and ports as telephones, or rtpengine before them."""
    ours = settings.call_center
    host, _, control = ours.rtpengine.rpartition(":")
    return MediaPlace(
        ours.media_address or ours.sip_host,
        (ours.rtp_first, ours.rtp_last),
        advertised=ours.media_advertised,
        rtpengine=(host, int(control)) if control else None,
    )


def portal_line(settings: Settings, engine: Engine) -> PortalTrunk:
    """The line of callers from the portal: a quarter of all places, so that telephones never wait for browsers."""
    ours = settings.call_center
    called = ours.numbers[0] if ours.numbers else settings.hotline
    return PortalTrunk(legs=engine, place=place_of(settings), called=called, channels=max(1, ours.max_calls // 4))


@asynccontextmanager
async def answering(
    settings: Settings, engine: Engine, *, queues: Mapping[str, Queue], outgoing: OutgoingCalls
) -> AsyncIterator[Desk]:
    """The desk, for the length of a block; agents' pages come and go as they like. `outgoing`: calls whom they call."""
    link = AgentsLink(agents_socket(settings.data))
    desk = Desk(
        Acd(queues),
        tell=link.tell,
        now=lambda: datetime.now(UTC),
        outside=settings.call_center.outside,
        reach=outgoing.reach,
    )
    async with AsyncExitStack() as stack:
        await desk.start()
        stack.push_async_callback(desk.stop)
        await link.start(Commands(desk, legs=engine, place=place_of(settings), dial=outgoing.begin))
        stack.push_async_callback(link.stop)
        yield desk


@asynccontextmanager
async def bringing(settings: Settings, portal: PortalTrunk) -> AsyncIterator[None]:
    """The door by which the web side brings callers of the portal to this node, for the length of a block."""
    calls = LineServer(portal_socket(settings.data, node_of(settings)), PortalCalls(portal).answer)
    await calls.start()
    try:
        yield
    finally:
        await calls.stop()
