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
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from io import BufferedRandom
from typing import Any

from core.clock.zone import end_of, local, midnight
from core.contract.errors import CaseError
from core.contract.schema import new_id
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


@dataclass
class _Tally:
    cases: int = 0
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

    async def make(self, wish: Wish, member: Member, *, into: BufferedRandom) -> HandoutRow:
        """
        Write the file into `into` (a zip of the records, a list of them and the minutes) and note it in the book.

        Raises: TooManyRecords; RevealRefused: reporters were asked for by somebody who may not see them.
        """
        begin, end = midnight(wish.since), end_of(wish.until)
        if await self._database.read(partial(handouts.count_between, since=begin, until=end)) > MOST_CASES:
            raise TooManyRecords
        tally = _Tally()
        with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("ho-so.ndjson", "w") as records:
                async for view in self._views(wish, member, tally, begin=begin, end=end):
                    await asyncio.to_thread(records.write, _line(view, self._is_beyond_text(view)))
            archive.writestr("danh-sach.csv", _listed(tally.listed))
            archive.writestr("bien-ban.json", self._minutes(wish, member, tally))
        row = await asyncio.to_thread(self._row, wish, member, tally, into)
        await self._database.write(partial(handouts.note, row=row))
        return row

    async def book(self) -> list[HandoutRow]:
        """What was handed out, the newest first."""
        return await self._database.read(handouts.newest)

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
                tally.cases += 1
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

    def _minutes(self, wish: Wish, member: Member, tally: _Tally) -> bytes:
        told = {
            "noi_nhan": wish.recipient,
            "ly_do": wish.reason,
            "tu_ngay": wish.since.isoformat(),
            "den_ngay": wish.until.isoformat(),
            "co_thong_tin_nguoi_phan_anh": wish.with_reporters,
            "so_ho_so": tally.cases,
            "khong_cung_cap": tally.withheld,
            "nguoi_lap": member.id,
            "lap_luc": self._now().isoformat(),
        }
        return json.dumps(told, ensure_ascii=False, indent=2).encode()

    def _row(self, wish: Wish, member: Member, tally: _Tally, file: BufferedRandom) -> HandoutRow:
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return HandoutRow(
            id=new_id(),
            at=self._now(),
            user_id=member.id,
            recipient=wish.recipient,
            reason=wish.reason,
            received_from=wish.since,
            received_until=wish.until,
            with_reporters=wish.with_reporters,
            cases=tally.cases,
            withheld=tally.withheld,
            digest=digest,
        )


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
