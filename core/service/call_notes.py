"""
What agents note of a call while it goes on and after it, and what the caller sends for it meanwhile.

A link opens, once, a page on which the caller hands in photos and the place. What came lies under the contact to whom
the report will belong, apart from all reports, until the agent writes one, or for a day. Where what the caller tells
belongs elsewhere (VN-1, VN-2) it goes with the wrap-up, and in any case within the hour.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from core.contract.errors import CaseError
from core.contract.schema import Attachment, Model, OutboundMessage, Place, new_id
from core.privacy.media import FileMediaStore
from core.service.carrying import Carriers, Way
from core.service.envelope import sealed_entry
from core.service.kept_forms import KeptForms
from core.service.safe import Safe
from core.storage import call_notes, outbox, people, reports
from core.storage.call_notes import NoteRow
from core.storage.database import Connection, Database
from core.storage.outbox import NewEntry

log = structlog.get_logger()

PATTERN = "[A-Za-z0-9_-]{22}"
OPEN_FOR = timedelta(hours=2)
UNDECIDED = timedelta(hours=1)
"""How long an agent may still say that it does not belong elsewhere."""
SENT = "call_link"


class Unreachable(CaseError):
    """No channel writes to telephones here, or the number is none: 409."""

    code = "unreachable"
    vi = "Chưa gửi được liên kết: số này không nhận được tin nhắn, hoặc trung tâm chưa có kênh nhắn tin."


class Tray(Model):
    """What a caller has sent for one call so far. `elsewhere`: what they tell is not ours to keep."""

    files: tuple[Attachment, ...] = ()
    place: Place = Place()
    text: str = ""
    elsewhere: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing has come."""
        return not (self.files or self.place.known or self.text)

    def with_more(self, more: Tray) -> Tray:
        """Both; the later place counts, the same file is one."""
        files = {file.stored_key: file for file in (*self.files, *more.files)}
        texts = [text for text in dict.fromkeys((self.text, more.text)) if text]
        place = more.place if more.place.known else self.place
        elsewhere = self.elsewhere or more.elsewhere
        return Tray(files=tuple(files.values()), place=place, text="\n".join(texts), elsewhere=elsewhere)


@dataclass(frozen=True)
class Written:
    """A report that was written in a call, and its case."""

    code: str
    case_id: str


class CallNotes:
    """
    Notes of calls.

    Args:
        media: where the files lie.
        page: address under which links are opened, without a slash at its end. `office`: who asks, as callers read it.
        changed: wakes whoever sends.
    """

    def __init__(
        self,
        database: Database,
        *,
        safe: Safe,
        carriers: Carriers,
        kept: KeptForms,
        media: FileMediaStore,
        page: str,
        office: str,
        now: Callable[[], datetime],
        changed: Callable[[], None],
    ) -> None:
        self._database, self._safe, self._carriers, self._kept = database, safe, carriers, kept
        self._media = media
        self._page, self._office = page, office
        self._now, self._changed = now, changed

    async def begin(self, call_id: str, *, agent: str) -> NoteRow:
        """The note of a call; a new one where there is none."""
        row = NoteRow(call_id, new_id(), self._now(), agent)
        return await self._database.write(partial(call_notes.begin, row=row))

    async def find(self, call_id: str) -> NoteRow | None:
        """The note of a call, if there is one."""
        return await self._database.read(partial(call_notes.find, call_id=call_id))

    async def wrap_up(self, call_id: str, code: str, *, agent: str) -> None:
        """What came of the call, by a code of the province's list; the last choice counts."""
        note = await self.begin(call_id, agent=agent)
        await self._change(call_id, code=code, agent=agent)
        if not note.report and (await self.tray(note)).elsewhere:
            await self._let_go(note)
        log.info("call_wrapped_up", call=call_id, code=code)

    async def written(self, note: NoteRow, report: str) -> None:
        """This report was written in it; what the caller had sent went into the first."""

        def note_it(connection: Connection) -> None:
            call_notes.add_report(connection, note.id, report)
            if not note.report:
                call_notes.change(connection, note.id, values={"report": report})

        await self._database.write(note_it)
        if not note.report:
            await self._kept.drop(note.contact_id)

    async def belongs_elsewhere(self, note: NoteRow) -> None:
        """What the caller tells goes to somebody else: what they sent, or still send, will not stay."""
        await self._keep(note, Tray(elsewhere=True))

    async def _let_go(self, note: NoteRow) -> None:
        """Of what the caller sent nothing stays, and nothing more comes."""
        await self.use(note)
        await self._kept.drop(note.contact_id)
        await self._media.delete_subject(note.contact_id)
        log.info("call_tray_emptied", call=note.id)

    async def _keep(self, note: NoteRow, more: Tray) -> None:
        tray = (await self.tray(note)).with_more(more)
        await self._kept.keep(note.contact_id, tray, longest=UNDECIDED if tray.elsewhere else None)

    async def _change(self, call_id: str, **values: object) -> None:
        await self._database.write(partial(call_notes.change, call_id=call_id, values=values))

    # The link

    async def send_link(self, call_id: str, number: str, *, agent: str) -> Way:
        """
        Send the caller a link that opens once, by whatever reaches telephones. A link sent before opens nothing.

        `number`: E.164. Whom it went to stands in no log; that it was sent does. Raises: Unreachable.
        """
        way = self._carriers.way([number]) if number else None
        if way is None or way.kind != "phone":
            raise Unreachable(call_id)
        token, now = secrets.token_urlsafe(16), self._now()
        note = await self.begin(call_id, agent=agent)
        entry = await self._entry(way, token, now=now)

        def send(connection: Connection) -> None:
            values = {"link": _hash(token), "link_ends_at": now + OPEN_FOR, "agent": agent}
            call_notes.change(connection, note.id, values=values)
            people.log_access(connection, user_id=agent, what=SENT, ref=call_id, now=now)
            outbox.ENTRIES.store(connection, [entry.__dict__])

        await self._database.write(send)
        self._changed()
        return way

    async def _entry(self, way: Way, token: str, *, now: datetime) -> NewEntry:
        """The message: nothing of it stays once it was sent."""
        subject, ends = new_id(), now + OPEN_FOR
        address = f"{self._page}/{token}"
        message = OutboundMessage(
            id=new_id(),
            channel=way.to.channel,
            account=way.to.account,
            recipient=way.to,
            text=f"{self._office}: mời gửi ảnh, vị trí cho cuộc gọi tại {address} (dùng một lần, trong 2 giờ)",
            purpose="notice",
            fields={"office": self._office, "link": address, "code": "", "status": ""},
            expires_at=ends,
        )
        await self._safe.make([subject])
        key = f"call-link/{message.id}"
        return replace(sealed_entry(self._safe, message, subject_id=subject, dedupe_key=key, now=now), forget=True)

    async def opened(self, token: str) -> NoteRow | None:
        """The call that a link belongs to; None where it was never ours, was used, or has ended."""
        note = await self._database.read(partial(call_notes.by_link, link=_hash(token)))
        ended = note is None or note.link_ends_at is None or self._now() >= note.link_ends_at
        return None if ended else note

    async def hand_in(self, note: NoteRow, sent: Tray) -> None:
        """Keep what the caller sent, for the agent; the link is used by that."""
        await self._keep(note, sent)
        await self.use(note)
        log.info("call_tray_filled", call=note.id, files=len(sent.files), place=sent.place.known)

    async def use(self, note: NoteRow) -> None:
        """The link opens nothing any more."""
        await self._database.write(partial(call_notes.close_link, link=note.link))

    async def tray(self, note: NoteRow) -> Tray:
        """What has come for a call and is in no report yet."""
        return await self._kept.read(note.contact_id, Tray) or Tray()

    # Reading

    async def of_calls(self, call_ids: Collection[str]) -> Mapping[str, NoteRow]:
        """Notes by call, where there are any."""
        return await self._database.read(partial(call_notes.of_calls, call_ids=call_ids))

    async def reports_of(self, call_ids: Collection[str]) -> Mapping[str, Sequence[Written]]:
        """By call, the reports that were written in it; one is left out while it is being taken up."""
        return await self._database.read(partial(_written, call_ids=call_ids))

    async def calls_of(self, codes: Collection[str]) -> list[str]:
        """Ids of the calls in which these reports were written."""
        return await self._database.read(partial(call_notes.of_report, codes=codes))

    async def codes(self, *, since: datetime, until: datetime) -> Mapping[str, int]:
        """How often each wrap-up code was chosen in that time."""
        return await self._database.read(partial(call_notes.count_codes, since=since, until=until))


def _written(connection: Connection, call_ids: Collection[str]) -> Mapping[str, Sequence[Written]]:
    calls = {code: call for call, code in call_notes.reports_of(connection, call_ids)}
    found: dict[str, list[Written]] = {}
    for row in reports.of_codes(connection, calls):
        found.setdefault(calls[row.code], []).append(Written(row.code, row.case_id))
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
