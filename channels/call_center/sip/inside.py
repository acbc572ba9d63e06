"""What the other side sends within a call: goodbye, keys, hold and resume, refreshes."""

from __future__ import annotations

from channels.call_center.ports import Answered, Ended
from channels.call_center.sip import dtmf, sdp, timing, wire
from channels.call_center.sip.bodies import Unsupported, description
from channels.call_center.sip.call import SipCall
from channels.call_center.sip.dialog import Dialog
from channels.call_center.sip.keeping import Keeping
from channels.call_center.sip.serving import InviteServer, ServerTransaction
from channels.call_center.sip.wire import SipRequest, SipResponse

_STATUSES = {sdp.NotAcceptable: 488, sdp.Unreadable: 400, Unsupported: 415, timing.TooShort: 422}
OBJECTIONS = tuple(_STATUSES)


class Inside:
    """One call, as the endpoint sees it (`dispatch.Leg`)."""

    def __init__(self, call: SipCall, dialog: Dialog) -> None:
        self.call = call
        self.dialog = dialog
        self.keeping = call.keeping = Keeping(call, dialog)
        self._open: dict[int, tuple[InviteServer, bool]] = {}

    def asked(self, transaction: ServerTransaction) -> None:
        """A request that is not INVITE."""
        request = transaction.request
        if not self.dialog.follows(request):
            self._reply(transaction, 500)
        elif request.method == "BYE":
            self._bid(transaction)
        elif self.call.over:
            self._reply(transaction, 481)
        else:
            self._handle(transaction)

    def _handle(self, transaction: ServerTransaction) -> None:
        match transaction.request.method:
            case "INFO":
                self._informed(transaction)
            case "UPDATE":
                self._describe(transaction)
            case "OPTIONS":
                transaction.reply(self.call.endpoint.dispatch.options(transaction.request))
            case _:
                self._reply(transaction, 405)

    def _bid(self, transaction: ServerTransaction) -> None:
        self._reply(transaction, 200)
        self.close()
        self.call.endpoint.dispatch.leave(self.dialog)
        self.call.finish(Ended("them"))
        self.call.confirmed.set()

    def _informed(self, transaction: ServerTransaction) -> None:
        pressed = dtmf.read(transaction.request)
        self._reply(transaction, 200 if pressed or not transaction.request.body else 415)
        if pressed and self.call.up:
            self.call.media.press(*pressed)

    def cancelled(self) -> None:
        """A CANCEL; only a call that came and was not answered minds."""
        self.call.cancelled()

    def reinvited(self, transaction: InviteServer) -> None:
        """A new description, or a refresh."""
        if not self.dialog.follows(transaction.request):
            self._reply(transaction, 500)
        elif self.call.over:
            self._reply(transaction, 481)
        elif not self.call.up or self._open or self.keeping.inviting:
            self._reply(transaction, 491)
        else:
            self._reply(transaction, 100)
            self._describe(transaction)

    def _describe(self, transaction: ServerTransaction) -> None:
        """Answer an offer within the call; an INVITE without one gets ours."""
        request = transaction.request
        try:
            session = timing.asked(request, self.call.owner.settings.session_s)
            offer = description(request)
            body = self.call.talk.answer(offer) if offer else b""
        except OBJECTIONS as objection:
            transaction.reply(objecting(self.call.response(request, status_of(objection)), objection))
            return
        delayed = isinstance(transaction, InviteServer) and not offer
        self.dialog.retarget(request)
        answer = self.call.response(request, 200, self.call.talk.propose() if delayed else body)
        self.keeping.agreed(session, answer)
        if isinstance(transaction, InviteServer):
            self.awaiting(transaction, delayed=delayed)
        transaction.reply(answer)

    def awaiting(self, transaction: InviteServer, *, delayed: bool) -> None:
        """Our 200 goes out: its ACK may bring the answer to our offer (`delayed`)."""
        self._open[wire.sequence(transaction.request)[0]] = transaction, delayed
        transaction.unheard = self._unheard

    def acknowledged(self, ack: SipRequest) -> None:
        """The ACK of our 200."""
        transaction, delayed = self._open.pop(wire.sequence(ack)[0], (None, False))
        if transaction is None:
            return
        transaction.acknowledged()
        if delayed:
            self._settle(ack)
        if not self.call.confirmed.is_set():
            self.call.confirmed.set()
            self.call.tell(Answered())

    def _settle(self, ack: SipRequest) -> None:
        try:
            self.call.talk.settle(description(ack))
        except OBJECTIONS:
            self.call.part(Ended("trunk", 488, "no common codec"))

    def _unheard(self) -> None:
        self._open.clear()
        self.call.confirmed.set()
        self.call.part(Ended("trunk", 408, "no ACK"))

    def close(self) -> None:
        """Nothing more will be said: our 200 need not be repeated."""
        for transaction, _ in self._open.values():
            transaction.acknowledged()
        self._open.clear()

    def _reply(self, transaction: ServerTransaction, status: int) -> None:
        transaction.reply(self.call.response(transaction.request, status))


def status_of(objection: Exception) -> int:
    """What to refuse a description with."""
    return _STATUSES[type(objection)]


def objecting(response: SipResponse, objection: Exception) -> SipResponse:
    """A refusal with what the other side has to know."""
    if isinstance(objection, timing.TooShort):
        response.set_header("Min-SE", str(timing.LEAST))
    if isinstance(objection, Unsupported):
        response.set_header("Accept", "application/sdp")
    if isinstance(objection, sdp.NotAcceptable):
        response.set_header("Warning", '305 langnghe "Incompatible media format"')
    return response
