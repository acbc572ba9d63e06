"""
Holding back an answer that would tell everybody who reported, until somebody says why it shall (LS-3.2, VN-4).

Asked where `wording` is asked, of what everybody would read: an answer that goes to its reporter alone may call them by
their name. What they gave as their address is left out, since it is often the place itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Any

from core.cases.decide import Refusal
from core.cases.model import Case
from core.contract.schema import Report, Reporter
from core.privacy.redact import mentions
from core.service.casefile import CaseFile
from core.service.publishing import Publishing
from core.service.safe import Safe
from core.service.wording import ANSWERS, OVERRIDE
from core.service.work import Work
from core.storage import reports
from core.storage.database import Database
from core.storage.reports import ReportRow

CODE = "answer_names_reporter"
HELP = "Nội dung sẽ công khai có tên, số điện thoại hoặc thư điện tử của người phản ánh. Hãy bỏ các thông tin này."
REASON = "Ghi lý do nếu vẫn công khai."


class NamingNobody:
    """Knows what the reporters of a case are called."""

    def __init__(self, database: Database, *, safe: Safe, publishing: Publishing) -> None:
        self._database = database
        self._safe = safe
        self._publishing = publishing

    async def held_back(self, work: Work, file: CaseFile, name: str, payload: Mapping[str, Any]) -> Refusal | None:
        """Why this command must not publish its answer; None where it may. Call as `wording.held_back`."""
        if name not in ANSWERS or str(payload.get(OVERRIDE) or "").strip():
            return None
        _, shown = await self._publishing.shown(work, file)
        if not shown.answer or not await self._is_told(file.now, shown.answer):
            return None
        fields = ({ANSWERS[name]: HELP} if ANSWERS[name] else {}) | {OVERRIDE: REASON}
        return Refusal(CODE, 422, f"{HELP} {REASON}", ("LS-3.2", "VN-4"), {"fields": fields, "objections": [CODE]})

    async def _is_told(self, case: Case, text: str) -> bool:
        """Does the text tell who reported the case?"""
        ids = [one.report_id for one in case.reports]
        rows = await self._database.read(partial(reports.find, report_ids=ids))
        return await asyncio.to_thread(self._tells, rows, text)

    def _tells(self, rows: list[ReportRow], text: str) -> bool:
        return mentions(text, [term for row in rows for term in _terms(self._opened(row))])

    def _opened(self, row: ReportRow) -> Reporter:
        told = self._safe.open_or_none(row.content_sealed, Report, subject_id=row.contact_id, place=f"report:{row.id}")
        return told.reporter if told is not None else Reporter()


def _terms(who: Reporter) -> tuple[str, ...]:
    """A name of one word is a word of many sentences and tells nobody."""
    name = who.name if " " in who.name.strip() else ""
    return tuple(filter(None, (name, *who.phones, *who.emails, who.identity_number)))
