"""Callbacks in their turn: who is owed a call, since when they wait for it, and from when on they may be called."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

from core.contract.schema import CallFacts, CallOutcome
from core.notify.quiet import Quiet, quiet_hours
from core.service.calls import CallBook, HeldCall
from core.storage import calls
from core.storage.database import Database

MOST = 40
"""More are never waited for at once: the next ones come when these are called."""
TELEPHONE = "call_center"
Kind = Literal["kept", "missed", "emergency"]


@dataclass(frozen=True)
class Turn:
    """
    Somebody who waits to be called back.

    Args:
        subject_id: whose number it is; who reads it is logged. `number`: E.164.
        kind: they left the queue for it and keep their place (`since`), were missed elsewhere, or it is an emergency.
        not_before: in the quiet hours nobody is woken for what can wait (VN-6).
    """

    call_id: str
    subject_id: str
    number: str
    kind: Kind
    queue: str
    skills: frozenset[str]
    since: datetime
    attempts: int
    not_before: datetime | None


async def turns(
    database: Database, book: CallBook, *, now: Callable[[], datetime], quiet: Quiet | None = None, most: int = MOST
) -> tuple[Turn, ...]:
    """Those whose turn comes first: who was never tried before who was, then by due time. None without a number."""
    rows = await database.read(partial(calls.turns, most=most))
    return tuple(_turns(await book.opened(rows), quiet or quiet_hours(), now()))


def _turns(held: Iterable[HeldCall], quiet: Quiet, now: datetime) -> Iterable[Turn]:
    for call in held:
        facts = call.facts
        if facts is not None and facts.call_back_to:
            kind = _kind(facts)
            rings_at = now if kind != "missed" else quiet.leaves_at(TELEPHONE, now)
            yield Turn(
                call_id=facts.id,
                subject_id=call.row.subject_id,
                number=facts.call_back_to,
                kind=kind,
                queue=facts.queue,
                skills=frozenset(facts.skills),
                since=facts.queued_at or facts.began_at,
                attempts=call.row.attempts,
                not_before=rings_at if rings_at > now else None,
            )


def _kind(facts: CallFacts) -> Kind:
    """Who asked for it while they waited is called back the same night, as they were told."""
    if facts.outcome is CallOutcome.EMERGENCY:
        return "emergency"
    return "kept" if facts.queued_at is not None else "missed"
