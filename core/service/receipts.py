"""
What a provider tells of a message of ours: it was delivered, read, or came back.

A receipt may come before we have recorded what its provider calls the message, since that id comes with the answer to
the sending: then it waits until we have. One that finds nothing while nothing is on its way is about a message of
somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from core.contract.schema import DeliveryReceipt, DeliveryStatus, Parsed
from core.service.arrivals import Arrivals
from core.service.routing import Routing
from core.service.safe import Safe
from core.service.work import Work
from core.storage import conversations, inbox_queue, outbox
from core.storage.database import Connection, Database
from core.storage.inbox_queue import WaitingItem

_RECORDED_WITHIN = timedelta(minutes=2)  # a provider's answer takes a minute at most, and the database its tries
_SHORTEST = timedelta(seconds=1)


@dataclass(frozen=True)
class Receipts:
    """Notes them at the messages they are about; `routing` finds the next way for one that came back."""

    database: Database
    safe: Safe
    arrivals: Arrivals
    routing: Callable[[], Routing]

    async def put_off(self, work: Work, item: WaitingItem, parsed: Sequence[Parsed], *, now: datetime) -> bool:
        """Have an item with a receipt of what may be on its way looked at again, ever more rarely; False: take it."""
        told, age = [one for one in parsed if isinstance(one, DeliveryReceipt)], abs(now - item.received_at)
        if not told or age > _RECORDED_WITHIN:
            return False
        early = await self._is_early(item.channel, told)
        if early:
            until = now + max(_SHORTEST, age)
            work.add(partial(inbox_queue.put_off, item_id=item.id, now=now, until=until))
        return early

    async def _is_early(self, channel: str, told: Sequence[DeliveryReceipt]) -> bool:
        """Whether one may be about a message whose end is not recorded yet."""
        ids = list(filter(None, (one.provider_message_id for one in told)))
        sending = partial(outbox.may_be_sending, channel=channel, provider_message_ids=ids)
        if ids:
            return await self.database.read(sending)
        return any([await self.database.read(partial(self._is_sending, mark=mark)) for mark in told])

    def _is_sending(self, connection: Connection, mark: DeliveryReceipt) -> bool:
        talks = self._talks(connection, mark)
        return outbox.is_sending(connection, talks, written_by=mark.at)

    def _talks(self, connection: Connection, mark: DeliveryReceipt) -> list[str]:
        """All conversations with the address of a watermark."""
        channel, account = mark.channel, mark.account
        blind = self.safe.blind.address(channel, account, mark.address)
        return conversations.all_at(connection, channel=channel, account=account, address_blind=blind)

    async def note(self, work: Work, receipt: DeliveryReceipt) -> None:
        """About one message, or about everything that was sent until then."""
        if not receipt.provider_message_id:
            return await self._note_watermark(work, receipt)
        if receipt.status in (DeliveryStatus.DELIVERED, DeliveryStatus.READ):
            work.afterwards.append(partial(self.arrivals.delivered, receipt.provider_message_id))
        elif receipt.permanent:
            work.afterwards.append(partial(self.routing().came_back, receipt.provider_message_id))
        work.add(
            partial(
                outbox.note_receipt,
                provider_message_id=receipt.provider_message_id,
                outcome=receipt.status,
                reason=receipt.reason,
                permanent=receipt.permanent,
            )
        )

    async def _note_watermark(self, work: Work, receipt: DeliveryReceipt) -> None:
        ids = await self.database.read(partial(self._talks, mark=receipt))
        work.add(partial(outbox.note_receipts_until, conversation_ids=ids, until=receipt.at, outcome=receipt.status))
