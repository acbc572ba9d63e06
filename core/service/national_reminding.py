"""
A reminder when a report waits too long to be entered in the national system (VN-7): once a working day, to everybody
of the centre who may enter it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from core.clock import due, is_working_instant, local
from core.identity.codes import format_code
from core.notify.letters import Letter
from core.service.committing import Committer
from core.service.officers import Officers, Saying
from core.service.regulation import Regulation
from core.service.work import Work
from core.storage import cases, national
from core.storage.database import Database
from core.storage.national import NationalItem

REMINDER = "national_waiting"


@dataclass(frozen=True)
class NationalReminding:
    """The worker. `page`: address of the queue."""

    database: Database
    officers: Officers
    regulation: Regulation
    page: str
    now: Callable[[], datetime]

    async def run_once(self) -> int:
        """Remind where it is time; returns of how many reports."""
        rules, now = self.regulation.current.intake.national_system, self.now()
        calendar = self.regulation.calendar(now)
        if not rules.remind_after or not is_working_instant(now, calendar):
            return 0
        waiting = await self.database.read(national.waiting)
        late = [one for one in waiting if due(one.since, rules.remind_after, calendar).is_late(now)]
        return await self._say(late) if late else 0

    async def _say(self, late: list[NationalItem]) -> int:
        """The first says of how many; opened, it leads to the one that waits longest."""
        seats = tuple((role, "") for role in self._roles())
        if not seats:
            return 0
        first = await self.database.read(partial(cases.load, case_id=late[0].case_id))
        subject = f"{len(late)} phản ánh chờ nhập hệ thống quốc gia"
        text = f"{subject} đã quá lâu; lâu nhất: {format_code(first.code)}.\n{self.page}"
        key, letter = f"national/{local(self.now()).date().isoformat()}", Letter(subject, text)
        work, saying = Work(), Saying(key, seats, REMINDER, letter, case_id=first.id, code=first.code)
        if not await self.officers.say_once(work, [saying]):
            return 0
        await Committer(self.database).commit(work)
        return len(late)

    def _roles(self) -> list[str]:
        pack = self.regulation.current
        named = {role for move in pack.moves_for("register_external") for role in move.by}
        return sorted(name for name in named if name in pack.roles and pack.roles[name].level == "centre")
