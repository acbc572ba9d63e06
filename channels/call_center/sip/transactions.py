"""Which message belongs to which transaction (RFC 3261 §17.1.3, §17.2.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, Protocol

from channels.call_center.sip.asking import ClientTransaction, Heard, InviteClient
from channels.call_center.sip.flows import Flow
from channels.call_center.sip.serving import InviteServer, ServerTransaction
from channels.call_center.sip.settings import Timers
from channels.call_center.sip.wire import MAGIC, SipRequest, SipResponse, branch, new_tag, response, sequence, tag

MOST = 20_000


class User(Protocol):
    """Who decides what requests mean."""

    def welcome(self, request: SipRequest, flow: Flow) -> bool:
        """Whether a new request deserves any answer at all."""

    def asked(self, transaction: ServerTransaction) -> None:
        """A new request, not INVITE."""

    def invited(self, transaction: InviteServer) -> None:
        """A new INVITE, within a dialog or not."""

    def acknowledged(self, ack: SipRequest) -> None:
        """An ACK of a 2xx."""


class Transactions:
    """All transactions of the endpoint. Unanswered and finished ones are kept as long as copies may come."""

    def __init__(self, timers: Timers, user: User) -> None:
        self._timers = timers
        self._user = user
        self._serving: dict[Hashable, ServerTransaction] = {}
        self._asking: dict[Hashable, ClientTransaction] = {}
        self.strays = 0

    def __len__(self) -> int:
        return len(self._serving) + len(self._asking)

    def request(self, request: SipRequest, flow: Flow) -> None:
        """A request of theirs: a copy is answered here, a new one is handed on."""
        key = server_key(request)
        known = self._serving.get(key)
        if request.method == "ACK":
            self._ack(known, request)
        elif known:
            known.again()
        elif len(self._serving) < MOST and self._user.welcome(request, flow):
            self._serve(key, request, flow)

    def _serve(self, key: Hashable, request: SipRequest, flow: Flow) -> None:
        made = self._served(key, request, flow)
        try:
            if isinstance(made, InviteServer):
                self._user.invited(made)
            else:
                self._user.asked(made)
        except Exception:
            made.reply(response(request, 500, to_tag=new_tag()))  # ours; the other side need not wait for nothing
            raise

    def _served(self, key: Hashable, request: SipRequest, flow: Flow) -> ServerTransaction:
        kind = InviteServer if request.method == "INVITE" else ServerTransaction
        made = self._serving[key] = kind(request, flow, self._timers, partial(_drop, self._serving, key))
        return made

    def _ack(self, known: ServerTransaction | None, ack: SipRequest) -> None:
        if isinstance(known, InviteServer) and known.last and known.last.status_code >= 300:
            known.acknowledged()
        else:
            self._user.acknowledged(ack)

    def invite_of(self, cancel: SipRequest) -> InviteServer | None:
        """The INVITE that a CANCEL means (§9.2)."""
        found = self._serving.get(server_key(cancel, "INVITE"))
        return found if isinstance(found, InviteServer) else None

    def response(self, response: SipResponse) -> None:
        """An answer of theirs; one that nobody waits for is counted and dropped."""
        known = self._asking.get((branch(response), sequence(response)[1]))
        if known:
            known.receive(response)
        else:
            self.strays += 1

    def invite(self, request: SipRequest, flow: Flow, heard: Heard) -> InviteClient:
        """Send an INVITE."""
        made = InviteClient(request, flow, self._timers, heard=heard, forget=self._forget(request))
        self._asking[branch(request), request.method] = made
        return made

    async def ask(self, request: SipRequest, flow: Flow) -> SipResponse | None:
        """Send anything else; its final answer, or None when nothing came in time."""
        answer: asyncio.Future[SipResponse | None] = asyncio.get_running_loop().create_future()

        def heard(response: SipResponse | None) -> None:
            if (response is None or response.status_code >= 200) and not answer.done():
                answer.set_result(response)

        forget = self._forget(request)
        self._asking[branch(request), request.method] = ClientTransaction(
            request, flow, self._timers, heard=heard, forget=forget
        )
        return await answer

    def _forget(self, request: SipRequest) -> Callable[[], None]:
        return partial(_drop, self._asking, (branch(request), request.method))

    def close(self) -> None:
        """Stop every timer."""
        for served in list(self._serving.values()):
            served.close()
        for asked in list(self._asking.values()):
            asked.close()
        self._serving.clear()
        self._asking.clear()


def _drop(table: dict[Hashable, Any], key: Hashable) -> None:
    table.pop(key, None)


def server_key(request: SipRequest, method: str = "") -> Hashable:
    """What copies of a request share; an ACK has the key of its INVITE. Old peers have no branch (RFC 2543)."""
    via = request.via[0]
    kind = method or ("INVITE" if request.method == "ACK" else request.method)
    if (via.branch or "").startswith(MAGIC) and via.branch != MAGIC:
        return via.branch, via.host.lower(), via.port, kind
    number = sequence(request)[0]
    return request.get_header("call-id"), tag(request, "from"), number, request.headers.get("via")[0], kind
