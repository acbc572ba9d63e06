"""The SIP endpoint of the process: one address over UDP and TCP for all trunks."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine
from ipaddress import ip_address
from typing import Any

import structlog

from channels.call_center.sip import wire
from channels.call_center.sip.addressing import numeric, source_towards, stamp
from channels.call_center.sip.dialog import Dialog, Here
from channels.call_center.sip.dispatch import Dispatch, Line
from channels.call_center.sip.flows import Flow
from channels.call_center.sip.locating import PORTS, Locator
from channels.call_center.sip.reading import Malformed, read
from channels.call_center.sip.settings import EndpointSettings, Transport, bracketed
from channels.call_center.sip.wire import SipRequest, SipUri
from channels.call_center.sip.wires import Wires

log = structlog.get_logger()


class SipEndpoint:
    """Opened by the first trunk that starts, closed by the last one that stops. `counters` are since the start."""

    def __init__(self, settings: EndpointSettings, *, locator: Locator | None = None) -> None:
        self.settings = settings
        self.locator = locator or Locator()
        self.counters: Counter[str] = Counter()
        self.dispatch = Dispatch(settings, self.counters)
        self.transactions = self.dispatch.transactions
        self._wires = Wires(self._taken, self.dispatch.accepts, tls=settings.tls)
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> tuple[str, int]:
        """Where we listen; the port is the system's choice where settings say 0."""
        return self._wires.local

    @property
    def calls(self) -> int:
        """How many calls there are, ringing ones too."""
        return self.dispatch.calls

    async def open(self, line: Line) -> None:
        """Serve a trunk. Raises: OSError: the address is taken."""
        if not self.dispatch.lines:
            logging.getLogger("aiosipua").setLevel(logging.ERROR)  # it warns of every damaged packet; we count them
            await self._wires.open(self.settings.host, self.settings.port)
        self.dispatch.lines.append(line)

    async def close(self, line: Line) -> None:
        """Serve it no longer; after the last one let go of everything."""
        if line not in self.dispatch.lines:
            return
        self.dispatch.lines.remove(line)
        if not self.dispatch.lines:
            await self._finish()

    async def _finish(self) -> None:
        """Give the last goodbyes a moment, then close."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=4 * self.settings.timers.t1)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.transactions.close()
        await self._wires.close()

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it beside everything else; a failure is logged."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("sip_task_failed", exc_info=error)

    def here(self, transport: Transport, towards: str, user: str = "") -> Here:
        """How we are reached from `towards`, a numeric address."""
        host, port = self._wires.local_tls if transport == "tls" else self.address
        known = self.settings.advertised or ("" if ip_address(host).is_unspecified else host)
        return Here(f"{bracketed(known or source_towards(towards))}:{port}", transport, user)

    async def flow(self, uri: SipUri, near: Flow | None = None) -> Flow:
        """
        The way to a URI.

        `near` is the way by which its dialog came: taken again where it leads to the same host by TCP or TLS, or where
        the URI leads nowhere. Raises: OSError, TimeoutError.
        """
        transport = transport_of(uri)
        failed: Exception = ConnectionError("no way there")
        places = [(uri.host, uri.port or PORTS[transport])]
        if near is None:  # ours; name servers are not asked for what a peer writes
            places = await self.locator.places(uri.host, uri.port, transport)
        for name, port in places:
            try:
                return await self._flow(transport, (name, port), near, named=uri.host)
            except (OSError, TimeoutError) as error:
                self.locator.avoid(uri.host, transport, (name, port))
                failed = error
        if near is None:
            raise failed
        return near

    async def _flow(self, transport: Transport, place: tuple[str, int], near: Flow | None, *, named: str) -> Flow:
        host, port = await numeric(place[0]), place[1]
        if not 0 < port < 2**16 or (":" in host) != (":" in self.address[0]):
            raise ConnectionError("no way there from here")
        if near and near.transport == transport != "udp" and near.remote[0] == host and not near.closing:
            return near
        return await self._wires.flow(transport, (host, port), name=named)

    async def way(self, dialog: Dialog, near: Flow | None) -> Flow:
        """The way within a dialog; its Via and Contact follow the transport. Raises: OSError, TimeoutError."""
        flow = await self.flow(dialog.next_hop(), near)
        if flow.transport != dialog.here.transport:
            dialog.here = self.here(flow.transport, flow.remote[0], dialog.here.user)
        return flow

    def _taken(self, data: bytes, flow: Flow) -> None:
        """One message from the wire. Whatever a stranger sends, the next message is heard."""
        try:
            self._take(data, flow)
        except Exception:
            self.counters["failed"] += 1
            log.exception("sip_message_failed")

    def _take(self, data: bytes, flow: Flow) -> None:
        try:
            message = read(data)
        except Malformed as fault:
            self.counters["malformed"] += 1
            self._object(fault, flow)
            return
        if isinstance(message, SipRequest):
            self.transactions.request(message, stamp(message, flow))
        else:
            self.transactions.response(message)

    def _object(self, fault: Malformed, flow: Flow) -> None:
        """Say so where there is somebody to say it to: never to strangers, never to an ACK (§8.2.6)."""
        request = fault.request
        if request and request.method != "ACK" and self.dispatch.hears(request, flow):
            way = stamp(request, flow)
            way.send(bytes(wire.response(request, fault.status, str(fault).capitalize(), to_tag=wire.new_tag())))


def transport_of(uri: SipUri) -> Transport:
    """By which a URI wants to be reached: UDP where it does not say."""
    said = (uri.params.get("transport") or "").lower()
    return "tls" if said == "tls" else "tcp" if said == "tcp" else "udp"
