"""A browser's connection as a wire of the media engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from channels.call_center.ports import RtpPlan
from channels.call_center.webrtc.meeting import Browser


class BrowserWire:
    """Implements `media.wire.Wire` over an answered peer: the browser is where ICE found it."""

    def __init__(self, peer: Browser) -> None:
        self._peer = peer
        self._closing: asyncio.Task[None] | None = None
        self.local = peer.local
        self.ssrc: int | None = peer.ssrc

    @property
    def plan(self) -> RtpPlan:
        """How the leg has to send. Keys of a page come over its own connection, never as sound."""
        return RtpPlan("", 0, law=self._peer.law, payload_type=self._peer.payload_type, dtmf_type=None)

    def talk(self, plan: RtpPlan) -> None:
        """Nothing to do: addresses are ICE's affair."""

    def poll(self) -> None:
        """Nothing to do: what arrives is handed over at once."""

    def listen(self, hear: Callable[[bytes, float], None]) -> None:
        """Give what arrives to `hear`, with its time."""
        self._peer.listen(lambda packet: hear(packet, time.time()))

    def send(self, packet: bytes) -> None:
        """To the browser, once it is connected."""
        self._peer.send(packet)

    def close(self) -> None:
        """Tell the browser and free the port, in its own time."""
        self._closing = asyncio.ensure_future(self._peer.close())
