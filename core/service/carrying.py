"""
Who can carry a one-time password: a small port over the channels that say they can.

A phone number of Vietnam is proved by a message to that number, a mail address by a mail. Where no channel reaches
phones, a mail may stand in if the deployment says so: it then proves the mail address, and the number stays unproved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.contract.ports import CarriesCodes, Channel, SpeaksCodes
from core.contract.schema import Address
from core.identity import phones
from core.privacy.blind import kind_of_address
from core.privacy.mask import mask_email


@dataclass(frozen=True)
class Way:
    """One address that a password can be sent to, with our side of its channel."""

    to: Address

    @property
    def kind(self) -> str:
        """What an answer proves: phone or email."""
        return kind_of_address(self.to.value)

    @property
    def shown(self) -> str:
        """The address as a page may show it to whoever typed it, or says they did."""
        value = self.to.value
        return mask_email(value) if self.kind == "email" else phones.masked(value)


class Carriers:
    """
    The channels that carry passwords, the preferred first.

    Args:
        order: names of channels; those it does not name come after, in the order of the registry.
        mail_stands_in: a report's mail address may be proved in the place of its number where nothing reaches phones.
    """

    def __init__(self, channels: Mapping[str, Channel], *, order: Sequence[str], mail_stands_in: bool) -> None:
        self._channels = channels
        self._order = order
        self._mail_stands_in = mail_stands_in

    @property
    def any(self) -> bool:
        """Whether what a report needs proved can be proved here."""
        return bool(self._named("phone")) or self.speak or (self._mail_stands_in and bool(self._named("email")))

    @property
    def reaches_anybody(self) -> bool:
        """Whether a password can be sent at all: to a phone or a mail address."""
        return bool(self._named("phone") or self._named("email")) or self.speak

    @property
    def reaches_phones(self) -> bool:
        """Whether a telephone can be written to."""
        return bool(self._named("phone"))

    def way_to_reporter(self, *, phone: str, email: str) -> Way | None:
        """How to prove a report's number (E.164) before it is taken; None: not here."""
        stands_in = (email,) if self._mail_stands_in and email else ()
        return self.way((*([phone] if phone else []), *stands_in))

    def way(self, addresses: Iterable[str]) -> Way | None:
        """
        How to reach somebody who has these addresses (E.164, mail), a phone before a mail; None: no way.

        Where no channel writes to phones, one that calls them does.
        """
        for address in sorted(addresses, key=lambda one: kind_of_address(one) != "phone"):
            kind = kind_of_address(address)
            if kind == "phone" and not phones.at_home(address):
                continue
            carrier = self._named(kind)
            if carrier is not None:
                name, channel = carrier
                return Way(Address(channel=name, account=channel.codes_from, value=address))
            if kind == "phone" and (spoken := self._spoken()) is not None:
                return Way(Address(channel=spoken[0], account=spoken[1], value=address))
        return None

    def again(self, way: Way, tries: int) -> Way:
        """By which carrier the same address is tried after so many tries: the next in order, and round again."""
        named = self._all(way.kind)
        if not named:
            return way
        name, channel = named[tries % len(named)]
        return Way(Address(channel=name, account=channel.codes_from, value=way.to.value))

    @property
    def speak(self) -> bool:
        """Whether a password can be read out in a call."""
        return self._spoken() is not None

    def aloud(self, way: Way) -> Way:
        """The same telephone, by a call; the way as it is where none can be made, or it is no telephone."""
        spoken = self._spoken() if way.kind == "phone" else None
        if spoken is None:
            return way
        name, account = spoken
        return Way(Address(channel=name, account=account, value=way.to.value))

    def is_aloud(self, way: Way) -> bool:
        """Whether it is a call."""
        return (way.to.channel, way.to.account) == self._spoken()

    def _spoken(self) -> tuple[str, str] | None:
        """The first channel that reads passwords out, and our account there."""
        able = ((name, one) for name, one in self._channels.items() if isinstance(one, SpeaksCodes))
        return next(((name, one.spoken_codes_from) for name, one in able if one.spoken_codes_from), None)

    def _named(self, kind: str) -> tuple[str, CarriesCodes] | None:
        """The first channel that reaches addresses of this kind."""
        return next(iter(self._all(kind)), None)

    def _all(self, kind: str) -> list[tuple[str, CarriesCodes]]:
        """Who reaches addresses of this kind, in order; asked anew, since a channel may lose its template."""
        order = self._order
        names = sorted(self._channels, key=lambda name: order.index(name) if name in order else len(order))
        named = ((name, self._channels[name]) for name in names)
        return [(name, one) for name, one in named if isinstance(one, CarriesCodes) and one.codes_to == kind]
