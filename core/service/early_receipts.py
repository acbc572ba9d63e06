"""
Receipts that a provider gives before we have recorded what it calls the message: they wait until we have.

The id comes with the answer to the sending, which a receipt may overtake. One that finds nothing while nothing is on
its way is about a message of somebody else's.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from core.contract.schema import DeliveryReceipt, Parsed
from core.service.work import Work
from core.storage import inbox_queue, outbox
from core.storage.database import Database
from core.storage.inbox_queue import WaitingItem

_RECORDED_WITHIN = timedelta(minutes=2)  # a provider's answer takes a minute at most, and the database its tries
_SHORTEST = timedelta(seconds=1)


async def put_off(
    database: Database, work: Work, item: WaitingItem, parsed: Sequence[Parsed], *, now: datetime
) -> bool:
    """Have an item with a receipt of what may be on its way looked at again, ever more rarely; False: take it now."""
    named = [one.provider_message_id for one in parsed if isinstance(one, DeliveryReceipt)]
    ids, age = list(filter(None, named)), abs(now - item.received_at)
    if not ids or age > _RECORDED_WITHIN:
        return False
    sending = partial(outbox.may_be_sending, channel=item.channel, provider_message_ids=ids)
    early = await database.read(sending)
    if early:
        until = now + max(_SHORTEST, age)
        work.add(partial(inbox_queue.put_off, item_id=item.id, now=now, until=until))
    return early
