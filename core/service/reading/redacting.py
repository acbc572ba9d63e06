"""Words meant for everybody, without what tells who reported: names, numbers and addresses of the case's reporters."""

from __future__ import annotations

import asyncio
from functools import partial

from core.service.actors import Member
from core.service.reading.casework import ReadsCases
from core.service.reading.curtain import Curtain
from core.storage import reports
from core.storage.reports import ReportRow


class ReadsRedacted(ReadsCases):
    """Takes personal data out of what somebody is about to publish."""

    async def redacted(self, case_id: str, member: Member, text: str) -> str:
        """The text with everything starred out that belongs to a reporter, or looks like a number of a person."""
        case = await self.case(case_id, member)
        ids = [one.report_id for one in case.reports]
        rows = await self._database.read(partial(reports.find, report_ids=ids))
        return await asyncio.to_thread(self._without, rows, text)

    def _without(self, rows: list[ReportRow], text: str) -> str:
        told = (self._opener.report(row) for row in rows)
        return Curtain().about([one.reporter for one in told if one is not None]).written(text)
