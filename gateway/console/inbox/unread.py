"""What stands unread before one person: cases and conversations that went on since they looked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from aiohttp import web

from core.service.reading.lists import microseconds
from core.service.reading.views import CaseView, ConversationLine, QueueLine
from core.storage import seen
from core.storage.database import Connection
from core.storage.small_reads import SmallReads
from gateway.auth import staff_of
from gateway.console.inbox.entries import Entry, Item
from gateway.console.shared import now_of
from gateway.deployment import DEPLOYMENT


async def unseen(small_reads: SmallReads, user_id: str, entries: Sequence[Entry]) -> frozenset[str]:
    """The references of those that this person has not seen as they stand now; a call has no page to be seen on."""
    stands = {one.ref: upto for one in entries if (upto := upto_of(one.item)) is not None}
    known = await small_reads.read(partial(seen.marks, user_id=user_id, refs=list(stands)))
    return frozenset(ref for ref, upto in stands.items() if known.get(ref, -1) < upto)


async def note_seen(request: web.Request, view: CaseView | ConversationLine) -> None:
    """Whoever asks has this page before them; written only where it says more than before."""
    sort, upto = ("case", view.version) if isinstance(view, CaseView) else ("talk", microseconds(view.last_message_at))
    ref, user_id, now = f"{sort}:{view.id}", staff_of(request).id, now_of(request)
    database = request.app[DEPLOYMENT].database
    known = await database.read(partial(seen.marks, user_id=user_id, refs=[ref]))
    if known.get(ref, -1) >= upto:
        return

    def write(connection: Connection) -> None:
        seen.note(connection, user_id, ref, upto=upto, now=now)

    await database.write(write)


def upto_of(item: Item) -> int | None:
    """How far it has come: the version of a case, the instant of a conversation's newest message."""
    match item:
        case QueueLine():
            return item.version
        case ConversationLine():
            return microseconds(item.last_message_at)
        case _:
            return None
