"""
A reminder when a request about somebody's data comes due, and when it is late (VN-4): once each, to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.clock import is_working_instant, local
from core.notify.letters import Letter
from core.service.committing import Committer
from core.service.officers import Officers, Saying
from core.service.regulation import Regulation
from core.service.work import Work
from core.storage import data_requests
from core.storage.database import Database
from core.subjects.request import Request, State
from core.subjects.rights import load_rights

REMINDER = "data_request_due"
AHEAD = timedelta(days=1)
"""So long before its time is over."""


@dataclass(frozen=True)
class DataReminding:
    """The worker. `page`: address of the list of requests."""

    database: Database
    officers: Officers
    regulation: Regulation
    page: str
    now: Callable[[], datetime]

    async def run_once(self) -> int:
        """Remind where it is time, in working time; of how many requests."""
        now = self.now()
        if not is_working_instant(now, self.regulation.calendar(now)):
            return 0
        open_ones = await self.database.read(data_requests.open_ones)
        sayings = [saying for kept in open_ones for saying in self._of(kept.request, now)]
        work = Work()
        said = await self.officers.say_once(work, sayings)
        if said:
            await Committer(self.database).commit(work)
        return said

    def _of(self, request: Request, now: datetime) -> Iterator[Saying]:
        """What is due next: the answer first, then the end; none of it names a person."""
        if now > request.due_at:
            yield self._saying(request, "late", "Quá hạn")
        elif now >= request.due_at - AHEAD:
            yield self._saying(request, "due", "Sắp đến hạn")

    def _saying(self, request: Request, kind: str, standing: str) -> Saying:
        what = "trả lời" if request.state is State.ASKED else "thực hiện"
        right = load_rights().rights[request.right].label.lower()
        subject = f"{standing} {what} một yêu cầu về dữ liệu cá nhân"
        text = f"Yêu cầu {right} nhận ngày {_day(request.received_at)}: hạn {what} {_day(request.due_at)}."
        letter = Letter(subject, f"{text}\n{self.page}/{request.id}")
        key = f"data/{request.id}/{request.due_at.isoformat()}/{kind}"
        return Saying(key, self._seats(), REMINDER, letter)

    def _seats(self) -> tuple[tuple[str, str], ...]:
        roles = self.regulation.current.roles
        return tuple((name, "") for name in sorted(roles) if roles[name].level == "centre")


def _day(moment: datetime) -> str:
    return f"{local(moment):%H:%M %d/%m/%Y}"
