"""A call that we make: INVITE, challenges, ringing, the first answer, giving up (RFC 3261 §13.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from channels.call_center.ports import Answered, CallFailed, Ended, Media, Ringing
from channels.call_center.sip import sdp, timing, wire
from channels.call_center.sip.asking import InviteClient
from channels.call_center.sip.bodies import Unsupported, description
from channels.call_center.sip.call import MAX_TRIES, Owner, Parties, SipCall
from channels.call_center.sip.dialog import Dialog, confirmed
from channels.call_center.sip.flows import Flow
from channels.call_center.sip.inside import Inside
from channels.call_center.sip.wire import SipRequest, SipResponse


class OutgoingCall(SipCall):
    """A call from INVITE on. `draft` names both ends; it becomes a dialog with the answer."""

    def __init__(self, owner: Owner, parties: Parties, media: Media, draft: Dialog, flow: Flow) -> None:
        super().__init__(owner, parties, media)
        self._transaction: InviteClient | None = None
        self._final: asyncio.Future[SipResponse | None] = asyncio.get_running_loop().create_future()
        self._request = SipRequest()
        self._draft = draft
        self.near = self._flow = flow
        self._inside: Inside | None = None
        self._sign = asyncio.Event()
        self._given_up = False
        self._cancelled = False
        self._sent_home: set[str] = set()

    async def connect(self, *, ring_s: float, headers: Mapping[str, str]) -> None:
        """Call until somebody answers. Raises: CallFailed."""
        try:
            self._request = self._invite(headers)
            async with asyncio.timeout(ring_s):
                answer = await self._called()
        except TimeoutError:
            self._give_up()
            raise self._failed(408, "no answer") from None
        except (asyncio.CancelledError, ValueError):  # the latter: a header that could not be sent
            self._give_up()
            self.finish(Ended("us", 487))
            raise
        if answer is None:
            raise self._failed(0, "nothing answered")
        if answer.status_code >= 300:
            raise self._failed(answer.status_code, answer.reason_phrase)
        try:
            await self._connected(answer)
        except asyncio.CancelledError:
            self.part(Ended("us"))
            raise

    async def _called(self) -> SipResponse | None:
        """The final answer, after every challenge was answered."""
        for _ in range(MAX_TRIES):
            self._final = asyncio.get_running_loop().create_future()
            self._transaction = self.endpoint.transactions.invite(self._request, self._flow, self._heard)
            answer = await self._final if await self._sign_of_life() else None
            again = wire.copied(self._request)  # the refused one is still needed, for copies of the refusal
            if answer is None or not self._try_again(again, answer):
                return answer
            self._draft.renumber(again)
            self._request = again
        return answer

    async def _sign_of_life(self) -> bool:
        """Whether anything at all was heard in time: another trunk may be waiting for its turn."""
        try:
            async with asyncio.timeout(self.owner.settings.silence_s):
                await self._sign.wait()
        except TimeoutError:
            self._give_up()
            return False
        return True

    def _try_again(self, request: SipRequest, answer: SipResponse) -> bool:
        least = answer.get_header("min-se") or ""
        if answer.status_code == 422 and least.isdigit() and len(least) < 6:
            if request.get_header("min-se") == least:
                return False
            request.set_header("Min-SE", least)
            request.set_header("Session-Expires", str(max(int(least), self.owner.settings.session_s)))
            return True
        return self._digest.answer(request, answer)

    def _invite(self, headers: Mapping[str, str]) -> SipRequest:
        request = self._draft.request("INVITE")
        for name, value in headers.items():
            request.set_header(name, value)
        request.set_header("Contact", self._draft.here.contact)
        request.set_header("Allow", wire.ALLOW)
        request.set_header("Supported", "timer")
        if seconds := self.owner.settings.session_s:
            request.set_header("Session-Expires", str(max(seconds, timing.LEAST)))
            request.set_header("Min-SE", str(timing.LEAST))
        request.set_header("User-Agent", self.endpoint.settings.user_agent)
        request.set_header("Content-Type", "application/sdp")
        request.body = self.talk.propose()
        return request

    def _heard(self, response: SipResponse | None) -> None:
        self._sign.set()
        if response and 200 <= response.status_code < 300 and (self._given_up or self._inside):
            self._late(response)
        elif response and response.status_code < 200:
            self._provisional(response)
        elif not self._final.done():
            self._final.set_result(response)

    def _provisional(self, response: SipResponse) -> None:
        """It rings somewhere; what may sound before the answer is not ours to play."""
        if self._given_up:
            self._cancel()
        elif response.status_code in (180, 183):
            self.tell(Ringing())

    async def _connected(self, answer: SipResponse) -> None:
        dialog = self.dialog = confirmed(self._request, answer, self._draft.here)
        self._inside = Inside(self, dialog)
        self.endpoint.dispatch.enter(dialog, self._inside)
        self.confirmed.set()
        await self._acknowledge(dialog)
        try:
            self.talk.settle(description(answer))
        except (sdp.NotAcceptable, sdp.Unreadable, Unsupported):
            self.part(Ended("us", 488))
            raise CallFailed(488, "no common codec") from None
        self._inside.keeping.told(answer)
        self.begin()
        self.tell(Answered())

    async def _acknowledge(self, dialog: Dialog) -> None:
        """The ACK of a 2xx: as often as the 2xx comes."""
        with suppress(OSError, TimeoutError):
            flow = await self.endpoint.way(dialog, self.near)
            flow.send(bytes(dialog.ack(wire.sequence(self._request)[0])))

    def _late(self, answer: SipResponse) -> None:
        """A copy of the 2xx, or somebody else answered too, or too late: those are thanked and sent home."""
        dialog = self.dialog
        if dialog and wire.tag(answer, "to") == dialog.their_tag:
            self.endpoint.spawn(self._acknowledge(dialog))
        elif wire.tag(answer, "to") not in self._sent_home:
            self._sent_home.add(wire.tag(answer, "to"))
            self.endpoint.spawn(self._send_home(answer))

    async def _send_home(self, answer: SipResponse) -> None:
        dialog = confirmed(self._request, answer, self._draft.here)
        await self._acknowledge(dialog)
        with suppress(OSError, TimeoutError):
            await self.ask(dialog, dialog.request("BYE"))

    def _give_up(self) -> None:
        self._given_up = True
        if self._transaction and not self._transaction.done:
            self._transaction.abandon()
            if self._transaction.provisional:
                self._cancel()

    def _cancel(self) -> None:
        if self._transaction and not self._cancelled:
            self._cancelled = True
            self.endpoint.spawn(self._cancelling(self._transaction))

    async def _cancelling(self, invite: InviteClient) -> None:
        await self.endpoint.transactions.ask(wire.same_transaction(invite.request, "CANCEL"), invite.flow)

    def _failed(self, code: int, reason: str) -> CallFailed:
        self.finish(Ended("us" if self._given_up else "them", code, reason))
        return CallFailed(code, reason)
