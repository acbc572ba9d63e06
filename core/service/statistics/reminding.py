"""
Reminders of reports that are owed, and of explanations; each once, to everybody whose duty it is.

By the pack's `reports`: on the last working day before the limit, so before Tết and not in it (A-TG-11); again when it
is late (VN-9). Explanations are asked from the agency that was late, once the days of a report are over (LS-14.4).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from core.clock import Due, in_words, local
from core.clock.zone import midnight
from core.identity.codes import format_code
from core.notify.letters import Letter
from core.service.committing import Committer
from core.service.officers import Officers, Saying
from core.service.regulation import Regulation
from core.service.safe import Safe
from core.service.statistics.explanations import Explained, explained, explainers
from core.service.statistics.labels import Labels
from core.service.statistics.owed import OwedReport
from core.service.statistics.reporting import PeriodReports
from core.service.work import Work
from core.storage.database import Database
from core.storage.statistics import Period

FROM_HOUR = 8
REPORT, EXPLANATION = "period_report", "explanation_wanted"


@dataclass(frozen=True)
class Reminding:
    """The worker. `page`: address of the page of reports, `case_page`: that of a case by its id."""

    database: Database
    reports: PeriodReports
    officers: Officers
    safe: Safe
    regulation: Regulation
    page: str
    case_page: Callable[[str], str]
    now: Callable[[], datetime]
    _asked: set[str] = field(default_factory=set, init=False)

    async def run_once(self) -> int:
        """Say what is to be said and was not yet; how much that was."""
        shelf, work, said, over = await self.reports.shelf(), Work(), 0, list[str]()
        for one, row in shelf.owed if shelf.began else ():
            if row is None or row.sent_at is None:
                said += await self.officers.say_once(work, list(self._of_report(one)))
                if one.closes_at <= self.now() and one.key not in self._asked:
                    said += await self.officers.say_once(work, await self._of_explanations(one))
                    over.append(one.key)
        if said:
            await Committer(self.database).commit(work)
        self._asked.update(over)  # what was late when the days were over never changes
        return said

    def _of_report(self, one: OwedReport) -> Iterator[Saying]:
        now, days = self.now(), f"từ {one.first:%d/%m/%Y} đến {one.last:%d/%m/%Y}"
        by = f"Hạn gửi: {due_words(one.due)}."
        if now >= midnight(one.remind_on).replace(hour=FROM_HOUR):
            yield self._report(one, "due", f"Sắp đến hạn: {one.entry.label}", f"Kỳ {days} chưa gửi. {by}")
        if one.due.is_late(now):
            yield self._report(one, "late", f"Trễ hạn: {one.entry.label}", f"Kỳ {days} chưa gửi và đã trễ. {by}")

    def _report(self, one: OwedReport, kind: str, subject: str, text: str) -> Saying:
        letter = Letter(subject, f"{text}\n{self.page}")
        return Saying(f"report/{one.key}/{kind}", ((one.entry.role, ""),), REPORT, letter)

    async def _of_explanations(self, one: OwedReport) -> list[Saying]:
        """Only of what nobody has explained."""
        roles = explainers(self.regulation.current)
        if not roles:
            return []
        period = Period(midnight(one.first), one.closes_at, one.closes_at)
        found = await explained(self.database, self.safe, period)
        return [self._explanation(miss, roles) for miss in found if miss.late.fact.agency and not miss.at]

    def _explanation(self, miss: Explained, roles: tuple[str, ...]) -> Saying:
        late, labels = miss.late, Labels(self.regulation)
        limit = labels.name("limit", late.fact.name)
        text = f"Phản ánh {format_code(late.code)}: {limit[:1].lower()}{limit[1:]} đã trễ hạn. Đề nghị giải trình."
        subject = f"Đề nghị giải trình: phản ánh {format_code(late.code)}"
        letter = Letter(subject, f"{text}\n{self.case_page(late.case_id)}")
        seats = tuple((role, late.fact.agency) for role in roles)
        key = f"explain/{late.case_id}/{late.subject}"
        return Saying(key, seats, EXPLANATION, letter, case_id=late.case_id, code=late.code)


def due_words(due: Due) -> str:
    """The last moment that is in time, as it is said: the end of a day, or a time of it."""
    late = local(due.late_from)
    if late == midnight(late.date()):
        return f"hết ngày {due.good_until:%d/%m/%Y}"
    return in_words(late)
