"""Keeping one call's session alive, or finding out that its other end is gone (RFC 4028)."""

from __future__ import annotations

import asyncio

from channels.call_center.ports import Ended
from channels.call_center.sip import sdp, timing
from channels.call_center.sip.bodies import Unsupported, description
from channels.call_center.sip.call import SipCall
from channels.call_center.sip.dialog import Dialog
from channels.call_center.sip.timing import Session, Watch
from channels.call_center.sip.wire import SipRequest, SipResponse, sequence

_GONE = (408, 481)


class Keeping:
    """The session timer of one call. `inviting`: an INVITE of ours within the call waits for its answer."""

    def __init__(self, call: SipCall, dialog: Dialog) -> None:
        self._call = call
        self._dialog = dialog
        self._session = Session()
        self._watch = Watch(self._refresh, self._expire)
        self.inviting = False

    def agreed(self, session: Session, answer: SipResponse) -> None:
        """They asked; say what was agreed and begin anew."""
        self._begin(session)
        if session.seconds:
            answer.set_header("Session-Expires", session.header(answering=True))
            if not session.ours:
                answer.set_header("Require", "timer")

    def told(self, response: SipResponse) -> None:
        """We asked, and their 2xx settled it."""
        self._begin(timing.told(response, self._session))

    def _begin(self, session: Session) -> None:
        self._session = session
        self._watch.begin(session)

    def stop(self) -> None:
        """The call is over."""
        self._watch.stop()

    def _expire(self) -> None:
        self._call.part(Ended("trunk", 408, "session expired"))

    def _refresh(self) -> None:
        self._call.endpoint.spawn(self._refreshing())

    async def _refreshing(self) -> None:
        try:
            answer = await (self._update() if self._session.update else self._reinvite())
        except (OSError, TimeoutError):
            answer = None
        if self._call.over:
            return
        if answer is None or answer.status_code in _GONE:
            self._expire()
        elif answer.status_code < 300:
            self.told(answer)
        else:
            self._watch.begin(self._session)  # refused, but somebody is there: 491, 500 …

    async def _update(self) -> SipResponse | None:
        return await self._call.ask(self._dialog, self._marked(self._dialog.request("UPDATE")))

    def _marked(self, request: SipRequest) -> SipRequest:
        request.set_header("Supported", "timer")
        request.set_header("Session-Expires", self._session.header(answering=False))
        request.set_header("Contact", self._dialog.here.contact)
        return request

    async def _reinvite(self) -> SipResponse | None:
        """For a peer that knows no UPDATE: the same description once more."""
        flow = await self._call.endpoint.way(self._dialog, self._call.near)
        request = self._marked(self._dialog.request("INVITE"))
        request.set_header("Content-Type", "application/sdp")
        request.body = self._call.talk.propose()
        final: asyncio.Future[SipResponse | None] = asyncio.get_running_loop().create_future()

        def heard(response: SipResponse | None) -> None:
            if response and 200 <= response.status_code < 300:
                flow.send(bytes(self._dialog.ack(sequence(request)[0])))
            if (response is None or response.status_code >= 200) and not final.done():
                final.set_result(response)

        self.inviting = True
        try:
            self._call.endpoint.transactions.invite(request, flow, heard)
            answer = await final
        finally:
            self.inviting = False
        if answer and answer.status_code < 300:
            self._take(answer)
        return answer

    def _take(self, answer: SipResponse) -> None:
        try:
            self._call.talk.settle(description(answer))
        except (sdp.NotAcceptable, sdp.Unreadable, Unsupported):
            self._call.part(Ended("trunk", 488, "no common codec"))
