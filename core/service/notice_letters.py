"""
Writing to readers what is told to everybody, the gravest first.

Into a conversation it goes as one more message of it, while its provider lets us; then by an approved template of the
same provider, or not at all, which the figures of the notice say (docs/notices.md).

A disaster goes ahead of whatever waits, at any hour and to whoever is there; a warning rests in the quiet hours. An
ordinary notice keeps within what NĐ 91/2020 lets be sent unasked (VN-6): from seven to ten at night, three in a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from core.contract.schema import Address, OutboundMessage, new_id
from core.intake.render import texts
from core.intake.signals.acts import Payload
from core.notify.quiet import Quiet
from core.notify.router import way_name
from core.privacy.errors import Erased
from core.service.envelope import sealed_entry
from core.service.notice_readers import CHATS, KeptAddress, NoticeReaders, place_of, wish_of
from core.service.notice_round import AT_ONCE, NoticeRound
from core.service.public_notices import NoticeKind
from core.service.safe import Safe
from core.service.work import Work
from core.storage import notice_readers, outbox, public_notices
from core.storage.database import Connection, Database
from core.storage.notice_readers import ReaderRow, ReaderTalk
from core.storage.outbox import NewEntry
from core.storage.public_notices import NoticeRow
from core.storage.types import from_microseconds

MOST_A_DAY = 3
"""Ordinary notices to one reader within 24 hours (NĐ 91/2020)."""
_DAY = timedelta(hours=24)
_AHEAD = timedelta(days=1)
"""How much earlier than anything else a disaster is due."""
ENDS, ENDS_HERE = "Không nhận nữa: {}", "Không nhận nữa: nhắn “từ chối”."
STOP = (texts()[f"buttons.{Payload.NOTICES_STOP}"], Payload.NOTICES_STOP.value)
_KINDS = {NoticeKind.DISASTER: "Thiên tai", NoticeKind.WARNING: "Cảnh báo", NoticeKind.NOTICE: "Thông báo"}
"""What a provider's template says it is."""

Reader = tuple[ReaderRow, ReaderTalk | None]
"""One reader, and the conversation in which they read."""


@dataclass(frozen=True)
class Office:
    """Who writes. `pages`: page that a reader's link is put behind; `notices`: where all notices stand."""

    name: str
    pages: str
    notices: str = ""


class NoticeLetters(NoticeRound[Reader]):
    """Writes letters to readers into the outbox, `at_once` a step. `now` is the deployment's clock."""

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        office: Office,
        now: Callable[[], datetime],
        quiet: Quiet | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        super().__init__(database, safe=safe, now=now, quiet=quiet, at_once=at_once)
        self._office = office
        self._readers = NoticeReaders(database, safe=safe, now=now)

    def _waiting(self, connection: Connection) -> Sequence[NoticeRow]:
        return public_notices.untold(connection, now=self._now())

    def _next(self, connection: Connection, *, notice: NoticeRow) -> Sequence[tuple[str, Reader]]:
        found = notice_readers.page(connection, after=notice.told_to, most=self._at_once)
        talks = notice_readers.talks(connection, [row for row in found if row.channel in CHATS])
        return [(row.id, (row, talks.get(row.address_blind))) for row in found]

    def _reached(self, connection: Connection, *, notice: NoticeRow, to: str, at: datetime | None) -> None:
        notice_readers.told(connection, notice.id, to=to or notice.told_to, at=at)

    async def _write(self, work: Work, notice: NoticeRow, one: Reader) -> bool:
        """One letter; False: not wanted, or no more, or it could only leave when the notice is over."""
        (row, talk), now = one, self._now()
        if not wish_of(row).meets(notice) or (talk is None and row.channel in CHATS):
            return False
        times = leaving(notice.kind, now, quiet=self._quiet, channel=row.channel, recent=_moments(row.recent))
        if times[-1] >= notice.valid_until:
            return False
        page = f"{self._office.pages}/{await self._readers.link_of(row.id)}"
        keys = (row.subject_id, *([talk.contact_id] if talk else []))
        for key in keys:
            await self._safe.bring(key, new=False)
        with suppress(Erased):  # ended meanwhile
            entry = await self._safe.aside(partial(self._entry, notice, one, page, times[-1]), *keys)
            work.put(outbox.ENTRIES, entry.__dict__)
            if notice.kind == NoticeKind.NOTICE:
                work.add(partial(notice_readers.leaves, reader_id=row.id, moments=times))
            return True
        return False

    def _entry(self, notice: NoticeRow, reader: Reader, page: str, leaves_at: datetime) -> NewEntry:
        (row, talk), now = reader, self._now()
        kept = self._safe.open_model(row.address_sealed, KeptAddress, subject_id=row.subject_id, place=place_of(row.id))
        message = self._message(notice, kept.address, page)
        if talk is not None:
            spoken = {"text": self._words(notice, ENDS_HERE), "buttons": (STOP,), "last_heard": talk.last_heard}
            message = message.model_copy(update=spoken)
        key, subject = notice_readers.letter_key(notice.id, row.id), talk.contact_id if talk else row.subject_id
        entry = sealed_entry(self._safe, message, subject_id=subject, dedupe_key=key, now=now)
        due = leaves_at - _AHEAD if notice.kind == NoticeKind.DISASTER else leaves_at
        root, way = (message.id, way_name(row.channel, "chat")) if talk else ("", "")
        return replace(entry, next_at=due, waits=leaves_at > now, root=root, way=way)

    def _message(self, notice: NoticeRow, to: Address, page: str) -> OutboundMessage:
        entry_id, office = new_id(), self._office
        told = {"title": notice.title, "kind": _KINDS[NoticeKind(notice.kind)]}
        return OutboundMessage(
            id=entry_id,
            channel=to.channel,
            account=to.account,
            recipient=to,
            text=self._words(notice, ENDS.format(page)),
            subject=notice.title,
            conversation_id=entry_id,  # nobody's: it waits behind nothing
            purpose="bulletin",
            fields=told | {"office": office.name, "link": office.notices, "unsubscribe": page},
            expires_at=notice.valid_until,
        )

    def _words(self, notice: NoticeRow, ends: str) -> str:
        return f"{self._office.name}: {notice.title}\n\n{notice.text}\n\n{ends}"


def leaving(
    kind: str, now: datetime, *, quiet: Quiet, channel: str, recent: Sequence[datetime]
) -> tuple[datetime, ...]:
    """When a notice leaves for a reader, last, after the others of the day before that; pure."""
    at = quiet.rings_at(kind, channel, now)
    if kind != NoticeKind.NOTICE:
        return (at,)
    counted = sorted(moment for moment in recent if moment > at - _DAY)[-MOST_A_DAY:]
    if len(counted) == MOST_A_DAY:
        at = quiet.rings_at(kind, channel, max(at, counted[0] + _DAY))
    return (*counted, at)[-MOST_A_DAY:]


def _moments(stamps: Sequence[int]) -> list[datetime]:
    return [from_microseconds(stamp) for stamp in stamps]
