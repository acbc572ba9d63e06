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
from core.storage.database import Database
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
        named = [one.provider_message_id for one in parsed if isinstance(one, DeliveryReceipt)]
        ids, age = list(filter(None, named)), abs(now - item.received_at)
        if not ids or age > _RECORDED_WITHIN:
            return False
        sending = partial(outbox.may_be_sending, channel=item.channel, provider_message_ids=ids)
        early = await self.database.read(sending)
        if early:
            until = now + max(_SHORTEST, age)
            work.add(partial(inbox_queue.put_off, item_id=item.id, now=now, until=until))
        return early

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
        channel, account = receipt.channel, receipt.account
        blind = self.safe.blind.address(channel, account, receipt.address)
        known = partial(conversations.all_at, channel=channel, account=account, address_blind=blind)
        ids = await self.database.read(known)
        work.add(partial(outbox.note_receipts_until, conversation_ids=ids, until=receipt.at, outcome=receipt.status))
