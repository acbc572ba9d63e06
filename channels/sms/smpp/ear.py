"""
Hearing what a centre delivers: stored first and confirmed then.

What cannot be stored now is refused for now, so that the centre sends it again; a part waits for the others.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime

import structlog

from channels.sms.carrier import CHANNEL
from channels.sms.settings import SmppSettings
from channels.sms.smpp.incoming import key_of
from channels.sms.smpp.parts import Assembler, Confirm
from channels.sms.smpp.pdu import Pdu, Status
from channels.sms.smpp.texts import part_of, read
from core.contract.errors import PayloadInvalid
from core.contract.ports import AcceptRaw, ItemKey, RawDelivery

log = structlog.get_logger()


class Ear:
    """`accept` is where deliveries are stored; None in a process that only sends and is told nothing."""

    def __init__(self, settings: SmppSettings, *, clock: Callable[[], datetime]) -> None:
        self.accept: AcceptRaw | None = None
        self._account = settings.sender
        self._clock = clock
        self._assembler = Assembler(self._release, seconds=settings.parts_seconds)
        self._storing: set[asyncio.Task[None]] = set()

    @property
    def waits(self) -> bool:
        """Whether parts have come and others have not."""
        return self._assembler.waits

    def hear(self, pdu: Pdu, confirm: Confirm) -> None:
        """A deliver_sm has come: alone, or as a part that waits for the others."""
        try:
            part = part_of(read(pdu.raw)[0])
        except PayloadInvalid:
            part = None  # kept all the same, for a person to look at
        if part is None:
            self._release(pdu.raw, [confirm])
        else:
            self._assembler.take(pdu.raw, part, confirm)

    async def finish(self) -> None:
        """Store what has come, and wait for nothing more."""
        self._assembler.flush()
        if self._storing:
            await asyncio.wait(self._storing)

    def _release(self, body: bytes, confirms: Sequence[Confirm]) -> None:
        task = asyncio.create_task(self._store(body, confirms))
        self._storing.add(task)
        task.add_done_callback(self._storing.discard)

    async def _store(self, body: bytes, confirms: Sequence[Confirm]) -> None:
        delivery = RawDelivery(CHANNEL, self._account, body, received_at=self._clock())
        status: int = Status.OK
        try:
            assert self.accept is not None
            await self.accept(delivery, items_of(delivery))
            log.info("sms_received", channel=CHANNEL)
        except Exception as error:  # whatever it is, nothing is stored: the centre is to bring it again
            status = Status.TRY_AGAIN
            log.warning("sms_not_stored", channel=CHANNEL, error=type(error).__name__)
        for confirm in confirms:
            confirm(status)


def items_of(delivery: RawDelivery) -> Sequence[ItemKey]:
    """As cut; what cannot be is one item that `parse` will refuse, and so goes to quarantine."""
    assert delivery.received_at is not None
    try:
        return [key_of(read(delivery.body), at=delivery.received_at)]
    except PayloadInvalid:
        key = "unsplit:" + hashlib.sha256(delivery.body).hexdigest()
        return [ItemKey(key, key)]
