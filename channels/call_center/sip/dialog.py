"""A dialog: what has to be remembered so that both sides go on talking about the same call (RFC 3261 §12). No I/O."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from channels.call_center.sip.settings import Transport
from channels.call_center.sip.wire import (
    SipRequest,
    SipResponse,
    SipUri,
    new_branch,
    new_tag,
    read_address,
    read_uri,
    sequence,
    tag,
    unquoted,
    uri_text,
)

MAX_FORWARDS = "70"
_BLANK = re.compile(r"\s")


class DialogId(NamedTuple):
    """What tells dialogs apart; tags as we see them."""

    call_id: str
    ours: str
    theirs: str


class Here(NamedTuple):
    """How we are reached: `address` is host:port as URIs write it."""

    address: str
    transport: Transport
    user: str = ""

    @property
    def contact(self) -> str:
        """The value of our Contact header."""
        user = f"{self.user}@" if self.user else ""
        stream = "" if self.transport == "udp" else f";transport={self.transport}"
        return f"<sip:{user}{self.address}{stream}>"

    @property
    def via(self) -> str:
        """A Via of ours with a branch of its own; answers come back to where we sent from (RFC 3581)."""
        return f"SIP/2.0/{self.transport.upper()} {self.address};branch={new_branch()};rport"


@dataclass
class Dialog:
    """`target` is their Contact, `route` the Route set in the order of sending, `number` our last CSeq."""

    call_id: str
    here: Here
    ours: str
    theirs: str
    target: str
    our_tag: str = field(default_factory=new_tag)
    their_tag: str = ""
    route: tuple[str, ...] = ()
    number: int = 0
    their_number: int = -1

    @property
    def id(self) -> DialogId:
        """Its key."""
        return DialogId(self.call_id, self.our_tag, self.their_tag)

    def request(self, method: str) -> SipRequest:
        """A new request within the dialog. ACK takes the number of its INVITE from `ack`."""
        self.number += 1
        return self._made(method, self.number)

    def renumber(self, request: SipRequest) -> None:
        """Make it a new request: the same again, as after a challenge."""
        self.number += 1
        renew(request, self.here, self.number)

    def ack(self, number: int) -> SipRequest:
        """The ACK of a 2xx to the INVITE with that number (§13.2.2.4)."""
        return self._made("ACK", number)

    def _made(self, method: str, number: int) -> SipRequest:
        target, route = self._way()
        made = SipRequest(method=method, uri=target)
        made.add_header("Via", self.here.via)
        made.add_header("Max-Forwards", MAX_FORWARDS)
        for hop in route:
            made.add_header("Route", hop)
        made.add_header("From", f"{self.ours};tag={self.our_tag}")
        made.add_header("To", self.theirs + (f";tag={self.their_tag}" if self.their_tag else ""))
        made.add_header("Call-ID", self.call_id)
        made.add_header("CSeq", f"{number} {method}")
        return made

    def _way(self) -> tuple[str, tuple[str, ...]]:
        """Request URI and Route headers; a first hop without `lr` is a strict router (§12.2.1.1)."""
        if not self.route or "lr" in read_address(self.route[0]).uri.params:
            return self.target, self.route
        return uri_text(read_address(self.route[0]).uri), (*self.route[1:], f"<{self.target}>")

    def next_hop(self) -> SipUri:
        """Where the next request has to be sent."""
        return read_address(self.route[0]).uri if self.route else read_uri(self.target)

    def follows(self, request: SipRequest) -> bool:
        """Take note of a request of theirs; False when it is older than what was seen (§12.2.2)."""
        number = sequence(request)[0]
        if number <= self.their_number:
            return False
        self.their_number = number
        return True

    def retarget(self, message: SipRequest | SipResponse) -> None:
        """Learn their Contact anew, as re-INVITE, UPDATE and their 2xx may tell."""
        self.target = contact_of(message) or self.target


def answered(invite: SipRequest, here: Here) -> Dialog:
    """
    The dialog of an INVITE that came; the Route set is Record-Route as it stands (§12.1.1).

    Without a usable Contact, against the rule, whoever is named in From is the target.
    """
    theirs = untagged(invite.get_header("from") or "")
    return Dialog(
        call_id=invite.get_header("call-id") or "",
        here=here,
        ours=untagged(invite.get_header("to") or ""),
        theirs=theirs,
        target=contact_of(invite) or theirs[1:-1],
        their_tag=tag(invite, "from"),
        route=tuple(invite.get_header_values("record-route")),
        their_number=sequence(invite)[0],
    )


def confirmed(invite: SipRequest, response: SipResponse, here: Here) -> Dialog:
    """The dialog of a 2xx to our INVITE; Record-Route turned round (§12.1.2)."""
    return Dialog(
        call_id=invite.get_header("call-id") or "",
        here=here,
        ours=untagged(invite.get_header("from") or ""),
        theirs=untagged(response.get_header("to") or ""),
        target=contact_of(response) or invite.uri,
        our_tag=tag(invite, "from"),
        their_tag=tag(response, "to"),
        route=tuple(reversed(response.get_header_values("record-route"))),
        number=sequence(invite)[0],
    )


def renew(request: SipRequest, here: Here, number: int) -> None:
    """The same request as a new transaction: branch and CSeq are its own."""
    request.set_header("Via", here.via)
    request.set_header("CSeq", f"{number} {request.method}")


def addressed(request: SipRequest) -> DialogId:
    """The dialog that a request of theirs means."""
    return DialogId(request.get_header("call-id") or "", tag(request, "to"), tag(request, "from"))


def contact_of(message: SipRequest | SipResponse) -> str:
    """Their Contact as a URI; empty without a usable one."""
    for value in message.get_header_values("contact"):
        text = uri_text(uri := read_address(value).uri)
        if uri.host and uri.host != "*" and not _BLANK.search(text):
            return text
    return ""


def untagged(value: str) -> str:
    """A From or To without its parameters and display name."""
    bare = unquoted(value)
    if "<" in bare:
        return bare[bare.index("<") : bare.index(">") + 1]
    return f"<{bare.split(';', 1)[0].strip()}>"
