"""
Records given to a state body that asks for them (TG-11.1, QB-IV.1.6a): a file with its minutes, and a line in the book.

The file holds every case of a period as staff read it: reporters masked, unless the centre says that the receiver is to
know them, which is logged for each case like any other reading (VN-4). A case in which a state secret is suspected
never leaves (VN-3): it is counted and left out.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from io import BufferedRandom
from typing import Any

from core.clock.zone import end_of, local, midnight
from core.contract.errors import CaseError, VersionConflict
from core.contract.schema import new_id
from core.identity.codes import format_code
from core.regulations.library import PackLibrary
from core.service.actors import Member
from core.service.csv_lines import MARK, csv_lines
from core.service.reading import CaseReader
from core.service.reading.base import Restricted
from core.service.reading.views import CaseView
from core.storage import handouts
from core.storage.database import Database
from core.storage.handouts import HandoutRow

MOST_CASES = 20_000
"""Of one file; a longer period is asked for in parts."""
COLUMNS = ("ma", "nhan_luc", "kenh", "kenh_ngoai_van_ban", "linh_vuc", "muc_do", "buoc", "co_quan", "tra_loi_luc")
_STEP = 100
_NOT_RECORDS = {"moves", "tasks", "acting_for", "may_reveal", "revealed"}
"""What a page shows to whoever works on the case, and is no record of it."""


class SamePerson(CaseError):
    """Whoever asked for it wants to give it as well: 409."""

    code = "same_person"
    vi = "Cần một người khác duyệt: người lập đề nghị không tự duyệt."


class Decided(CaseError):
    """It was given or refused before: 409."""

    code = "decided"
    vi = "Đề nghị này đã được quyết định."


class TooManyRecords(CaseError):
    """The period holds more cases than one file takes."""

    code = "too_many_records"
    vi = f"Khoảng thời gian này có hơn {MOST_CASES:,} hồ sơ. Vui lòng chọn khoảng ngắn hơn.".replace(",", ".")


@dataclass(frozen=True)
class Wish:
    """What is to be handed out: to whom, why, which days of receipt (both count), and with reporters or without."""

    recipient: str
    reason: str
    since: date
    until: date
    with_reporters: bool = False
    document: str = ""
    ground: str = ""

    @classmethod
    def of(cls, row: HandoutRow) -> Wish:
        """What stands in the book."""
        kept = (row.recipient, row.reason, row.received_from, row.received_until, row.with_reporters)
        return cls(*kept, document=row.document, ground=row.ground)


@dataclass
class _Tally:
    ids: list[str] = field(default_factory=list)
    withheld: int = 0
    listed: list[tuple[str, ...]] = field(default_factory=list)


class HandingOut:
    """Makes the files, and keeps the book of them."""

    def __init__(
        self, database: Database, reader: CaseReader, *, packs: PackLibrary, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._reader = reader
        self._packs = packs
        self._now = now

    async def ask(self, wish: Wish, member: Member) -> HandoutRow:
        """Enter it in the book; nothing leaves yet. TooManyRecords."""
        begin, end = midnight(wish.since), end_of(wish.until)
        if await self._database.read(partial(handouts.count_between, since=begin, until=end)) > MOST_CASES:
            raise TooManyRecords
        row = HandoutRow(
            id=new_id(),
            at=self._now(),
            user_id=member.id,
            recipient=wish.recipient,
            reason=wish.reason,
            received_from=wish.since,
            received_until=wish.until,
            with_reporters=wish.with_reporters,
            cases=0,
            withheld=0,
            digest="",
            document=wish.document,
            ground=wish.ground,
            state=handouts.ASKED,
        )
        await self._database.write(partial(handouts.note, row=row))
        return row

    async def give(self, handout_id: str, member: Member, *, into: BufferedRandom) -> HandoutRow:
        """
        Write the file into `into` (a zip of the records, a list of them and the minutes) and note which cases it holds.

        Raises: NotFound; Decided; SamePerson; RevealRefused: reporters were asked for, which this person may not see.
        """
        asked = await self._asked(handout_id, member)
        wish, tally = Wish.of(asked), _Tally()
        begin, end = midnight(wish.since), end_of(wish.until)
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("ho-so.ndjson", "w") as records:
                async for view in self._views(wish, member, tally, begin=begin, end=end):
                    await asyncio.to_thread(records.write, _line(view, self._is_beyond_text(view)))
            archive.writestr("danh-sach.csv", _listed(tally.listed))
            archive.writestr("bien-ban.json", self._minutes(asked, member, tally))
        into.seek(0)
        digest = (await asyncio.to_thread(hashlib.file_digest, into, "sha256")).hexdigest()
        row = self._decided(asked, member, handouts.GIVEN)
        row = replace(row, cases=len(tally.ids), withheld=tally.withheld, digest=digest)
        await self._decide(row, tally.ids)
        return row

    async def refuse(self, handout_id: str, member: Member) -> None:
        """It does not leave; whoever asked may take it back so as well. NotFound; Decided."""
        asked = await self._database.read(partial(handouts.find, handout_id=handout_id))
        await self._decide(self._decided(asked, member, handouts.REFUSED))

    async def _asked(self, handout_id: str, member: Member) -> HandoutRow:
        asked = await self._database.read(partial(handouts.find, handout_id=handout_id))
        if asked.state != handouts.ASKED:
            raise Decided(handout_id)
        if asked.user_id == member.id:
            raise SamePerson(handout_id)
        return asked

    def _decided(self, asked: HandoutRow, member: Member, state: str) -> HandoutRow:
        return replace(asked, state=state, decided_by=member.id, decided_at=self._now())

    async def _decide(self, row: HandoutRow, case_ids: Sequence[str] = ()) -> None:
        try:
            await self._database.write(partial(handouts.decide, row=row, case_ids=case_ids))
        except VersionConflict as error:
            raise Decided(row.id) from error

    async def book(self) -> list[HandoutRow]:
        """What was handed out, the newest first."""
        return await self._database.read(handouts.newest)

    async def cases(self, handout_id: str) -> str:
        """Which cases were in one of the book, as CSV (UTF-8 with its mark). NotFound."""
        await self._database.read(partial(handouts.find, handout_id=handout_id))
        found = await self._database.read(partial(handouts.cases_of, handout_id=handout_id))
        return MARK + csv_lines(
            [COLUMNS[:2], *((format_code(code), _local(at)) if at else (code, "") for code, at in found)]
        )

    async def _views(
        self, wish: Wish, member: Member, tally: _Tally, *, begin: datetime, end: datetime
    ) -> AsyncIterator[CaseView]:
        after: tuple[datetime, str] | None = None
        while found := await self._database.read(
            partial(handouts.cases_between, since=begin, until=end, after=after, most=_STEP)
        ):
            for after in found:
                case = await self._reader.case(after[1], member)
                if case.flags.secret:
                    tally.withheld += 1
                    continue
                view = await self._view(case.id, member, reveal=wish.with_reporters)
                tally.ids.append(case.id)
                tally.listed.append(_row_of(view, self._is_beyond_text(view)))
                yield view

    async def _view(self, case_id: str, member: Member, *, reveal: bool) -> CaseView:
        """Masked also where somebody behind it had the processing of their data restricted (VN-4)."""
        try:
            return await self._reader.case_page(case_id, member, reveal=reveal)
        except Restricted:
            return await self._reader.case_page(case_id, member)

    def _is_beyond_text(self, view: CaseView) -> bool:
        """Whether it came in by a channel that its regulation does not name (A-6)."""
        channel = self._packs.get(view.regulation).intake.channels.get(view.channel.id)
        return channel is None or channel.beyond_text

    def _minutes(self, asked: HandoutRow, member: Member, tally: _Tally) -> bytes:
        told = {
            "noi_nhan": asked.recipient,
            "so_van_ban": asked.document,
            "can_cu": asked.ground,
            "ly_do": asked.reason,
            "tu_ngay": asked.received_from.isoformat(),
            "den_ngay": asked.received_until.isoformat(),
            "co_thong_tin_nguoi_phan_anh": asked.with_reporters,
            "so_ho_so": len(tally.ids),
            "khong_cung_cap": tally.withheld,
            "nguoi_lap": asked.user_id,
            "lap_luc": asked.at.isoformat(),
            "nguoi_duyet": member.id,
            "duyet_luc": self._now().isoformat(),
        }
        return json.dumps(told, ensure_ascii=False, indent=2).encode()


def _line(view: CaseView, beyond_text: bool) -> bytes:
    record: dict[str, Any] = view.model_dump(mode="json", exclude=_NOT_RECORDS)
    record["channel"]["beyond_text"] = beyond_text
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _row_of(view: CaseView, beyond_text: bool) -> tuple[str, ...]:
    answered = max((answer.at for answer in view.answers), default=None)
    return (
        view.code,
        _local(view.received_at),
        view.channel.label,
        "x" if beyond_text else "",
        view.category.label if view.category else "",
        view.urgency.label,
        view.stage.label,
        "; ".join(dict.fromkeys(part.agency.label for part in view.dispatches)),
        _local(answered) if answered else "",
    )


def _local(instant: datetime) -> str:
    return local(instant).strftime("%d/%m/%Y %H:%M")


def _listed(rows: list[tuple[str, ...]]) -> bytes:
    return (MARK + csv_lines([COLUMNS, *rows])).encode()
