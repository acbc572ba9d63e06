"""Which call or trunk a request is for, and which requests deserve no answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Protocol

from channels.call_center.sip import wire
from channels.call_center.sip.dialog import Dialog, DialogId, addressed
from channels.call_center.sip.flows import Flow
from channels.call_center.sip.guard import Admission
from channels.call_center.sip.hearing import Hearing
from channels.call_center.sip.serving import InviteServer, ServerTransaction
from channels.call_center.sip.settings import EndpointSettings
from channels.call_center.sip.transactions import Transactions
from channels.call_center.sip.wire import SipRequest, SipResponse, response


class Leg(Protocol):
    """A call, as far as it has to be known here."""

    def asked(self, transaction: ServerTransaction) -> None:
        """A request within the dialog."""

    def reinvited(self, transaction: InviteServer) -> None:
        """An INVITE within the dialog."""

    def acknowledged(self, ack: SipRequest) -> None:
        """The ACK of our 2xx."""

    def cancelled(self) -> None:
        """The caller gave up before the answer."""


class Line(Protocol):
    """A trunk, as far as it has to be known here."""

    public: bool
    draining: bool

    @property
    def count(self) -> int:
        """How many calls it carries."""

    def lists(self, address: str) -> bool:
        """Whether this address is one of its peers."""

    def knows(self, user: str) -> bool:
        """Whether it is the one that is called so, among trunks with the same peer."""

    def invited(self, transaction: InviteServer) -> None:
        """A new call."""


class Dispatch:
    """Brings requests to calls and trunks; the user of the transactions."""

    def __init__(self, settings: EndpointSettings, counters: Counter[str]) -> None:
        self._settings = settings
        self._counters = counters
        self.transactions = Transactions(settings.timers, self)
        self.lines: list[Line] = []
        self._legs: dict[DialogId, Leg] = {}
        self._waiting: dict[tuple[str, str], tuple[InviteServer, Leg]] = {}
        self.hearing = Hearing(rate=settings.questions_per_s, burst=settings.questions_burst)
        self._admission: Admission | None = None

    def __len__(self) -> int:
        """How many dialogs are known; one of a call that is over stays until the last word is said."""
        return len(self._legs)

    @property
    def calls(self) -> int:
        """How many calls there are, ringing ones too."""
        return sum(line.count for line in self.lines)

    def enter(self, dialog: Dialog, leg: Leg, waiting: InviteServer | None = None) -> None:
        """Bring requests of this dialog to this call, a CANCEL of `waiting` too."""
        self._legs[dialog.id] = leg
        if waiting:
            self._waiting[_invitation(waiting.request)] = waiting, leg

    def leave(self, dialog: Dialog) -> None:
        """The dialog is over."""
        self._legs.pop(dialog.id, None)
        self._waiting.pop((dialog.call_id, dialog.their_tag), None)

    def accepts(self, address: str) -> bool:
        """Whether somebody at this address may be heard at all."""
        return any(line.public or line.lists(address) for line in self.lines)

    def suspect(self, flow: Flow) -> None:
        """Hear less of a source that tries numbers."""
        self.hearing.suspect(flow, self.lines, _now())

    def admits(self) -> bool:
        """Whether one more call may begin."""
        if self._admission is None:
            self._admission = Admission(self._settings, _now())
        return self._admission.admits(self.calls, _now())

    # User of the transactions

    def welcome(self, request: SipRequest, flow: Flow) -> bool:
        """What belongs to a call is always heard; the rest as `hearing` decides."""
        return addressed(request) in self._legs or self._cancels(request) or self.hears(request, flow)

    def hears(self, request: SipRequest, flow: Flow) -> bool:
        """Whether a request that belongs to no call is heard; otherwise it is counted why not."""
        if why := self.hearing.deaf_to(request, flow, self.lines, _now()):
            self._counters[why] += 1
        return not why

    def _cancels(self, request: SipRequest) -> bool:
        return request.method == "CANCEL" and self.transactions.invite_of(request) is not None

    def asked(self, transaction: ServerTransaction) -> None:
        """CANCEL, requests within a dialog, OPTIONS; everything else is not for us."""
        request = transaction.request
        if request.method == "CANCEL":
            self._cancel(transaction)
        elif leg := self._legs.get(addressed(request)):
            leg.asked(transaction)
        elif addressed(request).ours:
            self._refuse(transaction, 481)
        elif request.method == "OPTIONS":
            transaction.reply(self.options(request))
        else:
            self._refuse(transaction, 405 if request.method.isupper() else 501)

    def _cancel(self, transaction: ServerTransaction) -> None:
        invite = self.transactions.invite_of(transaction.request)
        if not invite:
            self._refuse(transaction, 481)
            return
        said = wire.tag(invite.last, "to") if invite.last else ""
        transaction.reply(response(transaction.request, 200, to_tag=said or wire.new_tag()))
        found, leg = self._waiting.get(_invitation(invite.request), (None, None))
        if leg and found is invite and not invite.final:
            leg.cancelled()

    def invited(self, transaction: InviteServer) -> None:
        """A new call, or a new description within one."""
        request = transaction.request
        if leg := self._legs.get(addressed(request)):
            leg.reinvited(transaction)
        elif addressed(request).ours:
            self._refuse(transaction, 481)
        elif _invitation(request) in self._waiting:
            self._refuse(transaction, 482)  # the same INVITE by another way (§8.2.2.2)
        else:
            self._line(transaction).invited(transaction)

    def _line(self, transaction: InviteServer) -> Line:
        address = transaction.flow.remote[0]
        listing = [line for line in self.lines if line.lists(address)]
        user = wire.read_uri(transaction.request.uri).user or ""
        named = (line for line in listing if line.knows(user))
        return next(named, None) or next(iter(listing or [line for line in self.lines if line.public]))

    def acknowledged(self, ack: SipRequest) -> None:
        """
        The ACK of a 2xx, or of nothing.

        Some telephones invent our tag in it (pyVoIP does): who called is known all the same, and is not sent home.
        """
        leg = self._legs.get(addressed(ack)) or self._waiting.get(_invitation(ack), (None, None))[1]
        if leg:
            leg.acknowledged(ack)

    def options(self, request: SipRequest) -> SipResponse:
        """What we can; 503 while every trunk drains, so that a dispatcher takes another node."""
        status = 503 if all(line.draining for line in self.lines) else 200
        made = response(request, status, to_tag=wire.new_tag())
        for name, value in (("Allow", wire.ALLOW), ("Accept", "application/sdp"), ("Supported", "timer")):
            made.set_header(name, value)
        return made

    def _refuse(self, transaction: ServerTransaction, status: int) -> None:
        self._counters[f"refused_{status}"] += 1
        made = response(transaction.request, status, to_tag=wire.new_tag())
        if status == 405:
            made.set_header("Allow", wire.ALLOW)
        transaction.reply(made)


def _invitation(request: SipRequest) -> tuple[str, str]:
    return request.get_header("call-id") or "", wire.tag(request, "from")


def _now() -> float:
    return asyncio.get_running_loop().time()
