"""What calls have in common, whoever called: identity, events, sound, the end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from channels.call_center.ports import CallEvent, CallGone, Ended, Media, MediaFactory, Way
from channels.call_center.sip import wire
from channels.call_center.sip.dialog import Dialog
from channels.call_center.sip.digest import Digest
from channels.call_center.sip.endpoint import SipEndpoint
from channels.call_center.sip.flows import Flow
from channels.call_center.sip.settings import TrunkSettings
from channels.call_center.sip.talk import Talk
from channels.call_center.sip.wire import SipRequest, SipResponse

SETTLE_S = 30.0
MAX_TRIES = 4


class Stoppable(Protocol):
    """Something that must not go on after the end of a call."""

    def stop(self) -> None:
        """Let go of the timers."""


class Owner(Protocol):
    """The trunk that a call belongs to."""

    name: str
    settings: TrunkSettings
    endpoint: SipEndpoint
    media: MediaFactory

    def full(self) -> int:
        """A status to refuse one more call with; 0: there is room."""

    def ended(self, call: SipCall) -> None:
        """The call is over."""


@dataclass(frozen=True, slots=True)
class Parties:
    """Who calls whom, as the trunk told it."""

    way: Way
    remote: str
    called: str


class SipCall:
    """
    A call over SIP; see `ports.Call`.

    The sound stays open for `SETTLE_S` after an answered call, so that whoever leads it can close it and take the
    recording; then it is closed in any case.
    """

    def __init__(self, owner: Owner, parties: Parties, media: Media) -> None:
        self.id = secrets.token_hex(8)
        self.trunk = owner.name
        self.way = parties.way
        self.remote = parties.remote
        self.called = parties.called
        self.media = media
        self.owner = owner
        self.endpoint = owner.endpoint
        self.talk = Talk(media, owner.settings.laws, self.tell, protected=owner.settings.srtp)
        self.dialog: Dialog | None = None
        self.near: Flow | None = None
        self.keeping: Stoppable | None = None
        self.up = False
        self.over: Ended | None = None
        self.confirmed = asyncio.Event()
        self._events: asyncio.Queue[CallEvent] = asyncio.Queue()
        self._digest = Digest(owner.settings.user, owner.settings.password)
        media.listen(self.tell)

    async def ring(self) -> None:
        """Only a call that came can ring. Raises: CallGone."""
        self.require_alive()

    async def answer(self) -> None:
        """A call that we made is answered already. Raises: CallGone."""
        self.require_alive()

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """A call that we made is ended."""
        await self.hangup()

    def cancelled(self) -> None:
        """A CANCEL after the answer changes nothing (§9.2)."""

    async def hangup(self) -> None:
        """End it, whatever its state; never raises."""
        self.part(Ended("us"))

    async def events(self) -> AsyncIterator[CallEvent]:
        """What happens, from the beginning of the call; `Ended` is the last."""
        while True:
            event = await self._events.get()
            if isinstance(event, Ended):
                self._events.put_nowait(event)  # whoever asks later hears it too
            yield event
            if isinstance(event, Ended):
                return

    def tell(self, event: CallEvent) -> None:
        """Add an event; after the end there are none."""
        if not self.over:
            self._events.put_nowait(event)

    def require_alive(self) -> None:
        """Raises: CallGone: it is over."""
        if self.over:
            raise CallGone(f"{self.over.by} {self.over.code}")

    def begin(self) -> None:
        """The call is up."""
        self.up = True
        self.talk.begin()

    def part(self, ended: Ended) -> None:
        """Say goodbye and be done; the other side's answer is not waited for."""
        if not self.over and self.finish(ended) and self.dialog:
            self.endpoint.spawn(self._goodbye(self.dialog))

    def finish(self, ended: Ended) -> bool:
        """The call is over, with nothing more to say; False when it was over before."""
        if self.over:
            return False
        self._events.put_nowait(ended)
        self.over = ended
        if self.keeping:
            self.keeping.stop()
        asyncio.get_running_loop().call_later(SETTLE_S if self.up else 0, self._close_media)
        self.owner.ended(self)
        return True

    async def _goodbye(self, dialog: Dialog) -> None:
        """BYE; never before they acknowledged our 200 (§15)."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self.endpoint.settings.timers.lifetime):
                await self.confirmed.wait()
        try:
            with suppress(OSError, TimeoutError):
                await self.ask(dialog, dialog.request("BYE"))
        finally:
            self.endpoint.dispatch.leave(dialog)

    async def ask(self, dialog: Dialog, request: SipRequest) -> SipResponse | None:
        """
        Send a request within the dialog, with our password where it is asked for; None: no answer.

        Raises: OSError, TimeoutError: there is no way to the other side.
        """
        flow = await self.endpoint.way(dialog, self.near)
        request.set_header("Via", dialog.here.via)
        for _ in range(MAX_TRIES):
            answer = await self.endpoint.transactions.ask(request, flow)
            if answer is None or not self._digest.answer(request, answer):
                return answer
            dialog.renumber(request)
        return None

    def response(self, request: SipRequest, status: int, body: bytes = b"") -> SipResponse:
        """An answer of ours within the dialog."""
        dialog = self.dialog
        made = wire.response(request, status, to_tag=dialog.our_tag if dialog else wire.new_tag())
        if dialog and 100 < status < 300 and request.method in ("INVITE", "UPDATE"):
            made.set_header("Contact", dialog.here.contact)
            made.set_header("Allow", wire.ALLOW)
            made.set_header("Supported", "timer")
        if body:
            made.set_header("Content-Type", "application/sdp")
            made.body = body
        return made

    def _close_media(self) -> None:
        self.endpoint.spawn(self._closing())

    async def _closing(self) -> None:
        await self.media.close()
