"""A call that came."""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.call_center.ports import Ended, Media
from channels.call_center.sip import wire
from channels.call_center.sip.call import Owner, Parties, SipCall
from channels.call_center.sip.dialog import answered
from channels.call_center.sip.inside import Inside
from channels.call_center.sip.serving import InviteServer
from channels.call_center.sip.timing import Session
from channels.call_center.sip.wire import SipRequest, SipResponse

UNANSWERED = 480


_USER = re.compile(r"[\w.+*-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an INVITE proposed: a description that was read before (empty: we make the offer), a session timer."""

    offer: bytes
    session: Session


class IncomingCall(SipCall):
    """A caller's INVITE until it is answered, refused or cancelled, and the call after that."""

    def __init__(
        self, owner: Owner, parties: Parties, media: Media, invite: InviteServer, invitation: Invitation
    ) -> None:
        super().__init__(owner, parties, media)
        request = invite.request
        self.near = invite.flow
        user = parties.called if _USER.fullmatch(parties.called) else ""
        here = owner.endpoint.here(invite.flow.transport, invite.flow.remote[0], user)
        self.dialog = answered(request, here)
        self._invite = invite
        self._session = invitation.session
        self._body = self.talk.answer(invitation.offer) if invitation.offer else b""
        self._inside = Inside(self, self.dialog)
        owner.endpoint.dispatch.enter(self.dialog, self._inside, invite)
        self._say(100)

    async def ring(self) -> None:
        """180. Raises: CallGone."""
        self.require_alive()
        self._say(180)

    async def answer(self) -> None:
        """200 with our description; done when the ACK came. Twice is once. Raises: CallGone."""
        self.require_alive()
        if not self._invite.final:
            self._accept()
        await self.confirmed.wait()
        self.require_alive()

    def _accept(self) -> None:
        delayed = not self._body
        accepted = self.response(self._invite.request, 200, self._body or self.talk.propose())
        self._inside.keeping.agreed(self._session, accepted)
        self._inside.awaiting(self._invite, delayed=delayed)
        self._invite.reply(accepted)
        self.begin()

    async def reject(self, code: int, *, retry_after_s: int | None = None) -> None:
        """Refuse it while it is not answered; an answered call is ended."""
        if self._invite.final:
            await self.hangup()
            return
        refusal = self.response(self._invite.request, code)
        if retry_after_s is not None:
            refusal.set_header("Retry-After", str(retry_after_s))
        if code in (404, 484):
            self.endpoint.dispatch.suspect(self._invite.flow)
        self._refuse(refusal, Ended("us", code))

    async def hangup(self) -> None:
        """End it, whatever its state; never raises."""
        if self._invite.final:
            self.part(Ended("us"))
        else:
            await self.reject(UNANSWERED)

    def cancelled(self) -> None:
        """The caller gave up (§9.2)."""
        self._refuse(self.response(self._invite.request, 487), Ended("them", 487))

    def _refuse(self, refusal: SipResponse, ended: Ended) -> None:
        self._invite.reply(refusal)
        self._inside.close()
        self.endpoint.dispatch.leave(self._inside.dialog)
        self.finish(ended)
        self.confirmed.set()

    def _say(self, status: int) -> None:
        self._invite.reply(self.response(self._invite.request, status))


def parties(request: SipRequest, account: str) -> tuple[str, str]:
    """
    Who calls whom: the network's word (P-Asserted-Identity) before the telephone's; empty where it is withheld.

    Our own account as request URI is the address of a registration: the number that was called is in To then.
    """
    told = request.get_header("p-asserted-identity") or request.get_header("from") or ""
    private = (request.get_header("privacy") or "").lower()
    withheld = any(word in private for word in ("id", "user", "header"))
    remote = "" if withheld else user_of(told)
    called = user_of(request.uri)
    if account and called == account:
        called = user_of(request.get_header("to") or "") or called
    return "" if remote.lower() in ("anonymous", "unknown", "unavailable", "restricted") else remote, called


def user_of(address: str) -> str:
    """The number or name in an address, a URI or a tel URI, without parameters and separators."""
    text = wire.unquoted(address)
    text = text[text.find("<") + 1 :].split(">", 1)[0].strip()
    user = text[4:] if text.lower().startswith("tel:") else wire.read_uri(text).user or ""
    user = user.split(";", 1)[0]
    digits = user.translate({ord(sign): None for sign in "-.() "})
    return digits if digits.lstrip("+").isdigit() else user
