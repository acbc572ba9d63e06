"""
Offer and answer of one G.711 sound stream (RFC 3264, RFC 4566, RFC 4733 for keys). No I/O.

Every other stream of an offer is refused with port 0 in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

from aiosipua import Codec, MediaDescription, SdpMessage, parse_sdp

from channels.call_center.ports import Direction, Law, RtpPlan
from channels.call_center.sip import sdes

PAYLOAD: dict[Law, int] = {"PCMA": 8, "PCMU": 0}
DTMF = 101
_MIRROR: dict[str, Direction] = {
    "sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive",
}  # fmt: skip
MAX_BODY = 16_000
_PROTOCOLS = {False: "RTP/AVP", True: "RTP/SAVP"}


class NotAcceptable(Exception):
    """Nothing in it that we could speak: 488."""


class Unreadable(Exception):
    """Not a session description: 400."""


@dataclass(frozen=True, slots=True)
class Local:
    """
    Our side: where we hear; `session` numbers the call, `version` grows with each description that differs.

    `key`: the sound is protected (SDES, RFC 4568) by this key of ours; empty: it is not.
    """

    address: str
    port: int
    session: int
    version: int = 1
    key: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What the other side proposed: `plan` is how we would send, `lines` the m= lines in their order.

    `key` protects what they send, under `tag`; empty where the sound is not protected.
    """

    plan: RtpPlan
    lines: tuple[MediaDescription, ...]
    chosen: int
    key: bytes = field(default=b"", repr=False)
    tag: str = "1"


def read(body: bytes, laws: Sequence[Law], *, protected: bool = False) -> Offer:
    """Their description, offer or answer; `protected`: by SRTP or not at all. Raises: Unreadable, NotAcceptable."""
    session = _parsed(body)
    for position, line in enumerate(session.media):
        law, (tag, key) = _law(line, laws), sdes.read(line.attributes.get("crypto") or ())
        if (
            line.media == "audio"
            and line.proto == _PROTOCOLS[protected]
            and line.port
            and law
            and bool(key) >= protected
        ):
            return Offer(_plan(session, line, law), tuple(session.media), position, key if protected else b"", tag)
    raise NotAcceptable


def _parsed(body: bytes) -> SdpMessage:
    if len(body) > MAX_BODY:
        raise Unreadable
    try:
        session = parse_sdp(body.decode("utf-8", "replace"))
    except (ValueError, IndexError) as error:
        raise Unreadable from error
    if not body.startswith(b"v=0"):
        raise Unreadable
    return session


def _law(line: MediaDescription, laws: Sequence[Law]) -> Codec | None:
    """Their first codec that we speak."""
    return next((codec for codec in line.codecs if codec.encoding_name.upper() in laws and _mono(codec)), None)


def _mono(codec: Codec) -> bool:
    return codec.clock_rate == 8000 and codec.channels in (None, 1) and 0 <= codec.payload_type < 128


def _plan(session: SdpMessage, line: MediaDescription, codec: Codec) -> RtpPlan:
    connection = line.connection or session.connection
    address = connection.address.split("/", 1)[0] if connection else ""
    if not 0 < line.port < 2**16 or not _numeric(address):
        raise Unreadable
    keys = (c.payload_type for c in line.codecs if c.encoding_name.lower() == "telephone-event" and _mono(c))
    return RtpPlan(
        address=address,
        port=line.port,
        law="PCMA" if codec.encoding_name.upper() == "PCMA" else "PCMU",
        payload_type=codec.payload_type,
        dtmf_type=next(keys, None),
        direction="inactive" if ip_address(address).is_unspecified else _direction(session, line),
    )


def _numeric(address: str) -> bool:
    try:
        return bool(ip_address(address))
    except ValueError:
        return False


def _direction(session: SdpMessage, line: MediaDescription) -> Direction:
    for attributes in (line.attributes, session.attributes):
        for said, ours in _MIRROR.items():
            if said in attributes:
                return ours
    return "sendrecv"


def answer(offer: Offer, local: Local) -> bytes:
    """Our answer: one law, their payload types, the streams in their order."""
    return _description(local, [_accepted(offer, local) if i == offer.chosen else _refused(line)
                                for i, line in enumerate(offer.lines)])  # fmt: skip


def _accepted(offer: Offer, local: Local) -> list[str]:
    plan = offer.plan
    return _audio(local, [(plan.law, plan.payload_type)], plan.dtmf_type, plan.direction, tag=offer.tag)


def _refused(line: MediaDescription) -> list[str]:
    return [f"m={line.media} 0 {line.proto} {' '.join(line.formats) or '0'}"]


def propose(local: Local, laws: Sequence[Law]) -> bytes:
    """An offer of ours."""
    return _description(local, [_audio(local, [(law, PAYLOAD[law]) for law in laws], DTMF, "sendrecv")])


def _audio(
    local: Local, laws: Sequence[tuple[Law, int]], dtmf: int | None, direction: Direction, *, tag: str = "1"
) -> list[str]:
    types = [str(payload) for _, payload in laws] + ([str(dtmf)] if dtmf is not None else [])
    keys = [] if dtmf is None else [f"a=rtpmap:{dtmf} telephone-event/8000", f"a=fmtp:{dtmf} 0-15"]
    return [
        f"m=audio {local.port} {_PROTOCOLS[bool(local.key)]} {' '.join(types)}",
        *([sdes.line(tag, local.key)] if local.key else []),
        *(f"a=rtpmap:{payload} {law}/8000" for law, payload in laws),
        *keys,
        "a=ptime:20",
        f"a={direction}",
    ]


def _description(local: Local, streams: Sequence[Sequence[str]]) -> bytes:
    family = "IP6" if ":" in local.address else "IP4"
    head = [
        "v=0",
        f"o=- {local.session} {local.version} IN {family} {local.address}",
        "s=-",
        f"c=IN {family} {local.address}",
        "t=0 0",
    ]
    return ("\r\n".join([*head, *(line for stream in streams for line in stream)]) + "\r\n").encode()


def next_version(local: Local) -> Local:
    """Our side, about to say something new."""
    return replace(local, version=local.version + 1)
