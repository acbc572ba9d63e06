"""
The queue for the national system, for whoever types it in over there (VN-7; QĐ 31/2021/QĐ-TTg Điều 43.2).

What the regulation asks for is in it already (`core.service.national_queue`); whoever sits at the desk may add others.
The number over there comes back by the command `register_external`, so that the case and this queue never disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from core.cases.decide import Refusal
from core.cases.model import Case
from core.contract.errors import NotFound
from core.identity.codes import format_code, parse_code
from core.service.actors import Member, actor_for
from core.service.clerk import Clerk
from core.service.reading import CaseReader
from core.service.reading.views import ReportView
from core.service.regulation import Regulation
from core.storage import cases, national, reports
from core.storage.database import Connection, Database
from core.storage.national import SET_ASIDE, WAITING, After, NationalItem

LONGEST_REASON = 200


@dataclass(frozen=True)
class Sheet:
    """What the national system asks for one report, in clear."""

    case_id: str
    code: str
    received_at: datetime
    channel: str
    category: str
    report: ReportView


class NationalBook:
    """Shows and changes the queue for members of the centre."""

    def __init__(
        self,
        database: Database,
        *,
        clerk: Clerk,
        reader: CaseReader,
        regulation: Regulation,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._clerk = clerk
        self._reader = reader
        self._regulation = regulation
        self._now = now

    async def waiting(self, *, after: After | None = None) -> list[NationalItem]:
        """What waits, the oldest first."""
        return await self._database.read(partial(national.waiting, after=after))

    async def ended(self, *, after: After | None = None) -> list[NationalItem]:
        """What was entered or set aside, the newest first."""
        return await self._database.read(partial(national.ended, after=after))

    async def put_in(self, code: str, *, by: str) -> str:
        """Have the case with this code entered as well; returns its id. NotFound."""
        known, now = parse_code(code) or "", self._now()

        def write(connection: Connection) -> str:
            case_id = reports.by_code(connection, known).case_id
            cases.load(connection, case_id)
            national.put_in(connection, NationalItem(case_id, WAITING, since=now, added_by=by))
            return case_id

        return await self._database.write(write)

    async def set_aside(self, case_id: str, reason: str, *, by: str) -> None:
        """
        It is none for the national system; `reason`: at most LONGEST_REASON letters.

        Raises VersionConflict: it does not wait (any more).
        """
        ended: dict[str, Any] = {"state": SET_ASIDE, "ended_at": self._now(), "ended_by": by, "reason": reason}
        await self._database.write(partial(national.change, case_id=case_id, was=WAITING, **ended))

    async def take_back(self, case_id: str) -> None:
        """It is one after all. VersionConflict: it was not set aside."""
        again: dict[str, Any] = {"state": WAITING, "ended_at": None, "ended_by": None, "reason": ""}
        await self._database.write(partial(national.change, case_id=case_id, was=SET_ASIDE, **again))

    async def enter(self, case_id: str, reference: str, *, member: Member) -> Refusal | None:
        """It stands over there under this number; None, or why the regulation does not allow it. NotFound."""
        row = await self._database.read(partial(cases.load, case_id=case_id))
        case = Case.model_validate(row.state)
        pack, agencies = self._regulation.packs.get(case.regulation), self._regulation.agencies
        actor = actor_for(member, case, pack=pack, agencies=agencies)
        answer = await self._clerk.execute(case_id, "register_external", {"reference": reference}, actor=actor)
        return answer if isinstance(answer, Refusal) else None

    async def sheets(self, case_ids: Sequence[str], *, member: Member) -> list[Sheet]:
        """
        What is typed in over there, in clear: each reading is logged, and when the form was taken along is kept.

        A case in which a state secret is suspected is left out (VN-3). RevealRefused.
        """
        found = []
        for case_id in case_ids:
            try:
                if (await self._reader.case(case_id, member)).flags.secret:
                    continue
                found.append(await self._sheet(case_id, member))
            except NotFound:  # erased, or diverted meanwhile
                continue
        note = partial(national.note_export, case_ids=[one.case_id for one in found], by=member.id, at=self._now())
        await self._database.write(note)
        return found

    async def _sheet(self, case_id: str, member: Member) -> Sheet:
        view = await self._reader.case_page(case_id, member, reveal=True)
        return Sheet(
            case_id=view.id,
            code=format_code(view.code.replace(" ", "")),
            received_at=view.received_at,
            channel=view.channel.label,
            category=view.category.label if view.category else "",
            report=view.reports[0],
        )
