"""What both sides of one call have agreed on about sound, and the leg that carries it out."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from channels.call_center.ports import Held, Law, Media, Resumed, RtpPlan, SrtpKeys
from channels.call_center.sip import sdes, sdp

_QUIET = ("recvonly", "inactive")


class Talk:
    """
    Offers and answers of one call. Nothing is sent before `begin`; later agreements hold at once. `protected`: by SRTP,
    or there is no call.

    `tell` hears of Held and Resumed.
    """

    def __init__(
        self, media: Media, laws: Sequence[Law], tell: Callable[[Held | Resumed], None], *, protected: bool = False
    ) -> None:
        address, port = media.local
        self._media = media
        self._laws = laws
        self._tell = tell
        self._protected = protected
        key = secrets.token_bytes(sdes.KEY_BYTES) if protected else b""
        self._local = sdp.Local(address, port, session=secrets.randbits(31), key=key)
        self._said = b""
        self._plan: RtpPlan | None = None
        self._begun = False

    def answer(self, body: bytes) -> bytes:
        """Take their offer; our answer. Raises: sdp.Unreadable, sdp.NotAcceptable."""
        offer = self._read(body)
        self._agree(self._plan_of(offer))
        return self._say(lambda local: sdp.answer(offer, local))

    def propose(self) -> bytes:
        """Our offer: at the beginning every law, later what is spoken already."""
        laws = (self._plan.law,) if self._plan else self._laws
        return self._say(lambda local: sdp.propose(local, laws))

    def settle(self, body: bytes) -> None:
        """Take their answer to our offer. Raises: sdp.Unreadable, sdp.NotAcceptable."""
        self._agree(self._plan_of(self._read(body)))

    def _read(self, body: bytes) -> sdp.Offer:
        return sdp.read(body, self._laws, protected=self._protected)

    def _plan_of(self, offer: sdp.Offer) -> RtpPlan:
        """With both keys, where the sound is protected."""
        keys = SrtpKeys(self._local.key, offer.key) if self._protected else None
        return replace(offer.plan, srtp=keys)

    def begin(self) -> None:
        """The call is answered: send from now on, if it is known where to."""
        self._begun = True
        if self._plan:
            self._media.talk(self._plan)

    def _agree(self, plan: RtpPlan) -> None:
        before, self._plan = self._plan, plan
        if not self._begun:
            return
        self._media.talk(plan)
        was_held = before is not None and before.direction in _QUIET
        held = plan.direction in _QUIET
        if held != was_held:
            self._tell(Held() if held else Resumed())

    def _say(self, describe: Callable[[sdp.Local], bytes]) -> bytes:
        """A description of ours; its version grows when it says something new (RFC 3264 §8)."""
        text = describe(self._local)
        if self._said and text != self._said:
            self._local = sdp.next_version(self._local)
            text = describe(self._local)
        self._said = text
        return text
