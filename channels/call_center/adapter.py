"""
The hotline's side of the contract: what the telephony process hands over when a call is over.

The two processes trust each other by a shared secret; a record carries an HMAC over its raw bytes like any provider's
delivery. Recordings lie in the spool until they are fetched.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Protocol

from channels.base import same, sign
from channels.call_center.facts import CHANNEL, CallRecord
from channels.call_center.mapping import HashPin, key_of, read, to_parsed
from channels.call_center.media.sealing import NotOpened
from channels.call_center.status import TelephonyStatus, together
from channels.call_center.tapes import NoTapes, Tapes, named_in
from core.contract.errors import (
    CallOver,
    ChannelMisconfigured,
    MessageInvalid,
    PayloadInvalid,
    PayloadTooLarge,
    ProviderRefused,
    SignatureInvalid,
)
from core.contract.ports import Health, ItemKey, RawDelivery, SendResult
from core.contract.schema import OutboundMessage, Parsed

SIGNATURE = "x-call-signature"
MAX_BODY_BYTES = 256 * 1024
MIN_SECRET_BYTES = 16
SILENT_S = 10.0
"""It says how it is each second; after so many without a word it is away."""
STARTING = Health(ok=True, detail="Đang chờ tiến trình tổng đài kết nối.")
AWAY = Health(ok=False, detail="Tiến trình tổng đài chưa kết nối; cuộc gọi có thể không được trả lời.")


class Left(Protocol):
    """Where telephony processes leave records and recordings (`spool.Spool`, `spools.Spools`)."""

    @property
    def seal_to(self) -> bytes:
        """The public key to seal them to; empty: none."""

    def opened(self, record: CallRecord) -> CallRecord:
        """A record with all that is sealed in it. Raises: NotOpened."""

    def read(self, source: str, *, most: int) -> bytes | None:
        """One of them; None: not, or no longer. ValueError: over `most` bytes."""

    def let_go(self, source: str) -> None:
        """It is kept elsewhere now."""

    def forget(self, call_id: str) -> None:
        """Nothing of this call is to be left."""


class CallCenterChannel:
    """
    Calls as a channel; a conversation each, so that two callers at one telephone are not taken for one.

    Args:
        secret: shared with the telephony processes, at least 16 bytes. `nodes`: how many of them there should be.
        spool: where they leave records and recordings. `hash_pin`: what is kept of a PIN that was read out.
        tapes: who takes messages where no telephony process can.
        monotonic: seconds, to tell how old the last word of the telephony process is. `awaited`: whether silence is
            trouble, since there should be such a process.
    """

    name = CHANNEL
    threaded = True

    def __init__(
        self,
        *,
        secret: bytes,
        spool: Left,
        hash_pin: HashPin,
        monotonic: Callable[[], float] = time.monotonic,
        awaited: bool = True,
        nodes: int = 1,
        tapes: Tapes | None = None,
    ) -> None:
        if len(secret) < MIN_SECRET_BYTES:
            raise ChannelMisconfigured(f"the secret of calls needs {MIN_SECRET_BYTES} bytes")
        self._secret = secret
        self._spool = spool
        self._hash_pin = hash_pin
        self._monotonic = monotonic
        self._awaited = awaited
        self._nodes = range(1, nodes + 1)
        self._tapes: Tapes = tapes or NoTapes()
        self._told: dict[int, tuple[TelephonyStatus, float]] = {}
        self._since = monotonic()

    def __repr__(self) -> str:
        return "CallCenterChannel()"

    @property
    def status(self) -> TelephonyStatus | None:
        """What the telephony processes said last, taken together; None while all are silent."""
        fresh = {node: told for node, (told, at) in self._told.items() if self._monotonic() - at <= SILENT_S}
        return together(fresh, self._nodes) if fresh else None

    @property
    def seal_to(self) -> bytes:
        """The public key that the telephony process seals to; empty: none."""
        return self._spool.seal_to

    def note(self, status: TelephonyStatus) -> None:
        """A telephony process says how it is."""
        self._told[status.node] = (status, self._monotonic())

    def compose(self, body: bytes) -> tuple[RawDelivery, Sequence[ItemKey]]:
        """
        What the inbox gets of a record that came over the local link: opened, signed, and split already.

        Raises: PayloadInvalid: it is none, or was sealed for somebody else.
        """
        record = read(body)
        if record.sealed:
            record = self._opened(record)
            body = record.model_dump_json(exclude_defaults=True).encode()
        headers = {SIGNATURE: sign(self._secret, body)}
        return RawDelivery(CHANNEL, record.trunk, body, headers, received_at=record.ended_at), [key_of(record)]

    def _opened(self, record: CallRecord) -> CallRecord:
        try:
            return self._spool.opened(record)
        except NotOpened as error:
            raise PayloadInvalid("sealed:not_opened") from error

    def verify(self, delivery: RawDelivery) -> None:
        """Raise SignatureInvalid unless our telephony process wrote these bytes."""
        if len(delivery.body) > MAX_BODY_BYTES:
            raise PayloadTooLarge(f"{len(delivery.body)} bytes")
        given = {name.lower(): value for name, value in delivery.headers.items()}.get(SIGNATURE, "")
        if not same(given, sign(self._secret, delivery.body)):
            raise SignatureInvalid("not from the telephony process")

    def split(self, delivery: RawDelivery) -> Sequence[ItemKey]:
        """A call is one item."""
        return [key_of(read(delivery.body))]

    def parse(self, delivery: RawDelivery, item: ItemKey) -> Sequence[Parsed]:
        """The call in the common form; pure."""
        return to_parsed(read(delivery.body), hash_pin=self._hash_pin)

    async def fetch(self, source: str, *, most: int) -> bytes:
        """
        A recording out of the spool, or from whoever took it for us.

        Raises: MessageInvalid: too long. ProviderRefused: not there any more. SendError: not now.
        """
        if (tape := named_in(source)) is not None:
            return await self._tapes.recording(tape, most=most)
        try:
            data = await asyncio.to_thread(partial(self._spool.read, source, most=most))
        except ValueError as error:
            raise MessageInvalid(str(error)) from None
        if data is None:
            raise ProviderRefused("not in the spool", provider_code="gone")
        return data

    async def let_go(self, source: str) -> None:
        """The recording is stored: the spool forgets it, and so does whoever took it for us."""
        if (tape := named_in(source)) is not None:
            await self._tapes.forget(tape)
            return
        await asyncio.to_thread(self._spool.let_go, source)

    def lies_elsewhere(self, source: str) -> bool:
        """Whether whoever took it for us has it, and no spool."""
        return named_in(source) is not None

    async def forget(self, call_ids: Iterable[str]) -> None:
        """Their caller was erased: whatever was not stored yet goes where it lies."""
        for call_id in call_ids:
            await asyncio.to_thread(self._spool.forget, call_id)

    async def send(self, message: OutboundMessage) -> SendResult:
        """
        The dialogue's own words were said in the call, or are for whoever reads the conversation; news goes elsewhere.

        Raises: CallOver: it reaches nobody.
        """
        if message.purpose == "reply" and message.automatic:
            return SendResult(message.id)
        raise CallOver(message.id)

    async def check_health(self) -> Health:
        """Whether somebody would answer a call now."""
        starting = not self._awaited or self._monotonic() - self._since <= SILENT_S
        if not self._told and starting:
            return STARTING
        return AWAY if self.status is None else self.status.health()
