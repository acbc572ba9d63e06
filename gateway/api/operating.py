"""What did not go by itself: messages that could not be read, and messages that could not be sent."""

from __future__ import annotations

from functools import partial

from core.contract.errors import NotFound
from core.contract.schema import Instant, Model
from core.storage import inbox_queue, outbox, staff_lists
from gateway.api.cursor import decode, encode
from gateway.api.operation import Answer, Call, Listing, Operation, Paged

TAG = "operations"


class Quarantined(Model):
    """Something that came in and could not be read; what it says stays sealed."""

    id: int
    channel: str
    account: str
    received_at: Instant
    attempts: int
    reason: str


class Stopped(Model):
    """A message to a citizen that failed, or of which nobody knows whether it arrived."""

    id: str
    conversation_id: str
    case_id: str | None
    channel: str
    state: str
    attempts: int
    reason: str
    created_at: Instant


class Again(Model):
    """It is tried once more."""

    id: str


async def list_quarantine(call: Call) -> Answer:
    """What could not be read, in order of arrival."""
    call.need_operator()
    after, most = decode(call.query.cursor), call.query.limit
    read = partial(staff_lists.quarantined, after=after[0] if after else 0, most=most + 1)
    rows = await call.deployment.database.read(read)
    items = tuple(Quarantined(**row.__dict__) for row in rows[:most])
    return Answer(Listing[Quarantined](items=items, next=encode((rows[most - 1].id, "")) if len(rows) > most else None))


async def replay_item(call: Call) -> Answer:
    """Read it again (after a correction of the program, say). NotFound: not in quarantine, or its body is erased."""
    call.need_operator()
    item_id = call.path("item_id")
    if not item_id.isascii() or not item_id.isdigit() or int(item_id) >= 2**63:
        raise NotFound(item_id)
    await call.deployment.database.write(partial(inbox_queue.replay, item_id=int(item_id)))
    call.deployment.inbox.arrived.set()
    return Answer(Again(id=item_id), status=202)


async def list_outbox(call: Call) -> Answer:
    """Messages that stopped on their way out, in order of writing."""
    call.need_operator()
    after, most = decode(call.query.cursor), call.query.limit
    read = partial(staff_lists.stopped, after=after[0] if after else 0, most=most + 1)
    rows = await call.deployment.database.read(read)
    items = tuple(Stopped(**{name: getattr(row, name) for name in Stopped.model_fields}) for row in rows[:most])
    return Answer(Listing[Stopped](items=items, next=encode((rows[most - 1].seq, "")) if len(rows) > most else None))


async def resend_entry(call: Call) -> Answer:
    """A person decides to send it again. NotFound: there is no such message, or it did not stop."""
    call.need_operator()
    entry_id = call.path("entry_id")
    again = partial(outbox.resend, entry_id=entry_id, now=call.deployment.now())
    if not await call.deployment.database.write(again):
        raise NotFound(entry_id)
    call.deployment.clerk.changed.set()
    return Answer(Again(id=entry_id), status=202)


OPERATIONS = (
    Operation(
        "listQuarantine",
        "GET",
        "/quarantine",
        TAG,
        "Tin đến chưa đọc được",
        list_quarantine,
        Listing[Quarantined],
        query=Paged,
    ),
    Operation(
        "replayItem", "POST", "/quarantine/{item_id}/replay", TAG, "Đọc lại một tin", replay_item, Again, status=202
    ),
    Operation("listOutbox", "GET", "/outbox", TAG, "Tin gửi đi chưa đến", list_outbox, Listing[Stopped], query=Paged),
    Operation(
        "resendEntry", "POST", "/outbox/{entry_id}/resend", TAG, "Gửi lại một tin", resend_entry, Again, status=202
    ),
)
