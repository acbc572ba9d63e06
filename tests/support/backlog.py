"""Notices that wait in the outbox, as many as a test or a measurement wants, sealed as any other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from core.contract.schema import Address, OutboundMessage, new_id
from core.service.safe import Safe
from core.storage import outbox
from core.storage.database import Connection
from core.storage.outbox import NewEntry
from gateway.deployment import Deployment

_AT_ONCE = 1000


def numbers(count: int) -> Iterator[str]:
    """So many telephones, all invented."""
    return (f"+8490{number:07d}" for number in range(count))


async def write_backlog(deployment: Deployment, channel: str, account: str, addresses: Sequence[str]) -> None:
    """One notice to each address, the number of which stands in its words; all are due now."""
    now = deployment.now()
    for start in range(0, len(addresses), _AT_ONCE):
        some = list(enumerate(addresses[start : start + _AT_ONCE], start))
        subject = new_id()
        await deployment.safe.make([subject])
        seal = partial(_sealed, deployment.safe, subject, channel, account, some, now)
        entries = await deployment.safe.aside(seal, subject)
        await deployment.database.write(partial(_store, entries=entries))


def words(number: int) -> str:
    """What the notice with this number says, and no other."""
    return f"Phan anh so {number:07d} da duoc tiep nhan."


def _sealed(
    safe: Safe, subject: str, channel: str, account: str, some: Sequence[tuple[int, str]], now: datetime
) -> list[NewEntry]:
    return [_entry(safe, _message(channel, account, *one, now=now), subject, now) for one in some]


def _message(channel: str, account: str, number: int, address: str, *, now: datetime) -> OutboundMessage:
    return OutboundMessage(
        id=new_id(),
        channel=channel,
        account=account,
        recipient=Address(channel=channel, account=account, value=address),
        text=words(number),
        conversation_id=new_id(),
        purpose="notice",
        last_heard=now,
    )


def _entry(safe: Safe, message: OutboundMessage, subject: str, now: datetime) -> NewEntry:
    return NewEntry(
        id=message.id,
        dedupe_key=message.id,
        conversation_id=message.conversation_id,
        case_id=None,
        channel=message.channel,
        subject_id=subject,
        payload_sealed=safe.seal(message, subject_id=subject, place=f"outbox:{message.id}"),
        next_at=now,
        created_at=now,
    )


def _store(connection: Connection, *, entries: list[NewEntry]) -> None:
    outbox.ENTRIES.store(connection, [one.__dict__ for one in entries])
