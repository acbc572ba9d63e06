"""
The SMS channel in reading order: verify, split, parse, send, health. It decides and stores nothing.

Which carrier is behind it is settled once, by `open_sms`; what a message says, how long it may be and how numbers are
written is the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

from channels.sms.carrier import CHANNEL, Carrier, HttpCarrier, LooksUp, Submission
from channels.sms.esms.carrier import Esms
from channels.sms.phones import recipient_of
from channels.sms.settings import EsmsSettings, SmppSettings, SmsSettings, SpeedSmsSettings, TwilioSettings
from channels.sms.smpp.carrier import Smpp
from channels.sms.speedsms.carrier import SpeedSms
from channels.sms.twilio.carrier import Twilio
from channels.sms.wording import words_of
from core.contract.errors import PayloadTooLarge
from core.contract.ports import (
    HOOK_LIMIT,
    UNLIMITED,
    AcceptRaw,
    Allowance,
    Fate,
    Health,
    ItemKey,
    RawDelivery,
    Reach,
    SendResult,
)
from core.contract.schema import OutboundMessage, Parsed

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class SmsChannel:
    """One number or brand name, `account`. Implements `Channel`; see the subclasses for how it is heard."""

    name = CHANNEL
    threaded = False
    codes_to: Literal["phone", "email", ""] = "phone"

    def __init__(self, settings: SmsSettings, carrier: Carrier) -> None:
        self.settings = settings
        self.account = self.codes_from = settings.carrier.sender
        self._carrier = carrier

    @property
    def reaches(self) -> Sequence[Reach]:
        """Every telephone, always; each piece costs."""
        return (Reach("phone", "SMS", self.account, price=2),)

    @property
    def allowance(self) -> Allowance:
        """What the contract about a line says; other carriers say nothing, and queue themselves."""
        own = self.settings.carrier
        return Allowance(per_second=own.per_second) if isinstance(own, SmppSettings) else UNLIMITED

    def verify(self, delivery: RawDelivery) -> None:
        """Raises SignatureInvalid unless it is from our carrier, PayloadTooLarge where no SMS is so long."""
        if len(delivery.body) > HOOK_LIMIT:
            raise PayloadTooLarge(f"{len(delivery.body)} bytes")
        self._carrier.verify(delivery)

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """The items of a delivery; one, with all carriers so far. Raises PayloadInvalid."""
        return self._carrier.split(delivery)

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """What an item means; pure. Raises PayloadInvalid."""
        return self._carrier.parse(delivery, item)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        Hand one message to the carrier, in the words that fit.

        Raises SendError; RecipientUnreachable where the recipient is no telephone at all.
        """
        return SendResult(provider_message_id=await self._carrier.submit(self._submission(message)))

    async def asked(self, message: OutboundMessage, *, since: datetime) -> Fate:
        """
        What became of a message. Implements `AsksStatus`.

        SpeedSMS and a line tell it only under the id that was lost with the answer.
        """
        if not isinstance(self._carrier, LooksUp):
            return Fate("unknown")
        return await self._carrier.look_up(self._submission(message), since=since)

    def _submission(self, message: OutboundMessage) -> Submission:
        words = words_of(message, marks=self.settings.marks, most=self.settings.most_segments)
        return Submission(message.id, recipient_of(message.recipient.value), words, purpose=message.purpose)

    async def check_health(self) -> Health:
        """Whether the carrier would take a message now."""
        return await self._carrier.check_health()

    async def stop(self) -> None:
        """Let go of the connections; a line is unbound, after what is being received has been stored. Idempotent."""
        await self._carrier.close()


class HookedSmsChannel(SmsChannel):
    """Heard over HTTP. Implements `HookedChannel`, `HookedByQuery` and `Acknowledges`."""

    hook_limit = HOOK_LIMIT

    def __init__(self, settings: SmsSettings, carrier: HttpCarrier) -> None:
        super().__init__(settings, carrier)
        self.hook = carrier.hook
        self.hook_headers = carrier.hook_headers
        self.hook_methods = carrier.hook_methods
        self._http = carrier

    def acknowledge(self, delivery: RawDelivery) -> tuple[str, str]:
        """Media type and text of the answer to what was stored."""
        return self._http.acknowledge(delivery)


class MmsChannel(HookedSmsChannel):
    """Heard over HTTP, pictures too. Implements `FetchesFiles`."""

    def __init__(self, settings: SmsSettings, carrier: Twilio) -> None:
        super().__init__(settings, carrier)
        self._pictures = carrier

    async def fetch(self, source: str, *, most: int) -> bytes:
        """A file of a message, of at most `most` bytes."""
        return await self._pictures.fetch(source, most=most)


class LineSmsChannel(SmsChannel):
    """Heard over a line of its own that stays open. Implements `ListeningChannel`."""

    def __init__(self, settings: SmsSettings, carrier: Smpp) -> None:
        super().__init__(settings, carrier)
        self._line = carrier

    async def start(self, accept: AcceptRaw) -> None:
        """Bind, and bind again whenever the line is lost; returns at once, whether the centre is there or not."""
        await self._line.start(accept)


def open_sms(settings: SmsSettings, *, clock: Clock = utc_now) -> SmsChannel:
    """The channel with the carrier that the settings name."""
    match settings.carrier:
        case TwilioSettings() as own:
            return MmsChannel(settings, Twilio(own, public_url=settings.public_url))
        case EsmsSettings() as own:
            return HookedSmsChannel(settings, Esms(own, public_url=settings.public_url))
        case SpeedSmsSettings() as own:
            return HookedSmsChannel(settings, SpeedSms(own, public_url=settings.public_url))
        case SmppSettings() as own:
            return LineSmsChannel(settings, Smpp(own, clock=clock))
