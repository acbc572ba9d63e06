"""What a trunk does with an INVITE: refuse it at once, or make a call of it."""

from __future__ import annotations

from collections.abc import Callable

from channels.call_center.ports import MediaUnavailable, Way
from channels.call_center.sip import sdp, timing, wire
from channels.call_center.sip.bodies import description
from channels.call_center.sip.call import Owner, Parties
from channels.call_center.sip.incoming import IncomingCall, Invitation, parties
from channels.call_center.sip.inside import OBJECTIONS, objecting, status_of
from channels.call_center.sip.serving import InviteServer
from channels.call_center.sip.wire import SipRequest, SipResponse

_KNOWN_EXTENSIONS = {"timer"}
Open = Callable[[], IncomingCall]


def take(owner: Owner, transaction: InviteServer) -> IncomingCall | SipResponse:
    """The call, or the answer that refuses it."""
    request = transaction.request
    if unknown := _unknown_extensions(request):
        return _refusal(request, 420, "Unsupported", ", ".join(unknown))
    if status := owner.full():
        return busy(owner, request, status)
    try:
        return _call(owner, transaction)
    except MediaUnavailable:
        return busy(owner, request, 503)
    except OBJECTIONS as objection:
        return objecting(_refusal(request, status_of(objection)), objection)


def _call(owner: Owner, transaction: InviteServer) -> IncomingCall:
    request, settings = transaction.request, owner.settings
    session = timing.asked(request, settings.session_s)
    offer = description(request)
    if offer:
        sdp.read(offer, settings.laws, protected=settings.srtp)  # before a port is taken for it
    remote, called = parties(request, settings.user)
    return IncomingCall(
        owner, Parties(Way.IN, remote, called), owner.media.open(), transaction, Invitation(offer, session)
    )


def busy(owner: Owner, request: SipRequest, status: int) -> SipResponse:
    """486 where this line is taken, 503 where the process is: come again later."""
    if status != 503:
        return _refusal(request, status)
    return _refusal(request, 503, "Retry-After", str(owner.endpoint.settings.retry_after_s))


def _refusal(request: SipRequest, status: int, header: str = "", value: str = "") -> SipResponse:
    made = wire.response(request, status, to_tag=wire.new_tag())
    if header:
        made.set_header(header, value)
    return made


def _unknown_extensions(request: SipRequest) -> list[str]:
    asked = (value.strip().lower() for value in request.get_header_values("require"))
    return [value for value in asked if value and value not in _KNOWN_EXTENSIONS]
